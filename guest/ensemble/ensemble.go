// Package ensemble is ordeal's own coordination service as what a client among the guests is on trial with: its servers
// speak ZooKeeper's protocol on port 2181, and whatever the testbed holds them to it holds them to here.
package ensemble

import (
	"math/rand/v2"

	"ordeal/guest/frames"
	"ordeal/guest/system"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed"
	"ordeal/testbed/coordination"
	"ordeal/testbed/coordination/setup"
)

const (
	// Port is where the servers are found.
	Port = 2181
	// frameMax is what a client may send at once, as ZooKeeper has it unless it is told otherwise.
	frameMax = 1 << 20
)

// Servers are those of the service. The workloads of the system have to be its own by their names, as "lock", whose
// models know when sessions end.
func Servers() *system.Servers {
	own := coordination.Service()
	return &system.Servers{
		Begin: func(stage *testbed.Stage) testbed.Instance {
			i := own.Begin(stage)
			boot := i.Boot
			i.Boot = func(server host.Addr) host.Boot { return frames.Serve(boot(server), Port, frameMax) }
			// They go by what clients of the service's own library tell of their requests.
			i.Truth, i.Waited, i.Load = nil, nil, nil
			return i
		},
		DrawSettings: func(rng *rand.Rand) string { return setup.Draw(rng).String() },
		CheckSettings: func(text string) error {
			_, err := setup.Parse(text)
			return err
		},
		Settings:        "1000/200/65536/3000",
		SimplerSettings: own.SimplerSettings,
		// Servers that join would be found by clients of its own only.
		Asks: []nemesis.Kind{nemesis.Snapshot, nemesis.Transfer}, Tells: own.Tells, Items: own.Items,
		ElectionTime: own.ElectionTime, MemoryTime: own.MemoryTime,
	}
}
