package system

import (
	"math/rand/v2"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed"
)

// Servers are servers that are no guests, but programs of the simulator's own kind, and reached by the guests' sockets.
// All but Begin and the settings may be left out.
type Servers struct {
	// Begin makes the service of one trial. Its Clients are not asked for anything: those of the system take their place.
	Begin func(stage *testbed.Stage) testbed.Instance
	// Settings are those of a trial that does not say how the servers are set up; the others are as testbed.Service has
	// them.
	Settings        string
	DrawSettings    func(rng *rand.Rand) string
	CheckSettings   func(settings string) error
	SimplerSettings func(settings string) []string

	// These are as testbed.Service has them.
	Asks                     []nemesis.Kind
	Tells                    []string
	Items                    []testbed.Item
	ElectionTime, MemoryTime time.Duration
}
