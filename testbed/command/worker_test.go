package command

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trialtest"
)

// asGlutton is set in the environment of a test binary that is to be a worker whose trial eats memory.
const asGlutton = "ORDEAL_TEST_AS_GLUTTON"

// asToy is set in the environment of a test binary that is to be the program of a small service: "sound" or "wrong".
const asToy = "ORDEAL_TEST_AS_TOY"

func TestMain(m *testing.M) {
	if os.Getenv(asGlutton) != "" {
		eatMemory()
	}
	if kind := os.Getenv(asToy); kind != "" {
		Main(trialtest.Service(trialtest.Options{StaleReads: kind == "wrong"}), Extras{})
	}
	os.Exit(m.Run())
}

// eatMemory is the life of a worker whose trial eats memory.
func eatMemory() {
	go watchMemory(128 << 20)
	var eaten [][]byte
	for {
		piece := make([]byte, 1<<20)
		for i := range piece {
			piece[i] = byte(i) // what is not touched takes no memory
		}
		eaten = append(eaten, piece)
		if len(eaten) > 8<<10 {
			panic("nothing stops this")
		}
	}
}

func TestWorkerThatEatsMemoryEndsItself(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Env = append(os.Environ(), asGlutton+"=1")
	var said strings.Builder
	c.Stderr = &said
	_ = c.Run()
	if c.ProcessState.ExitCode() != campaign.ExitMemory || !strings.Contains(said.String(), "more than the 128 MiB that "+
		"a worker may") {
		t.Errorf("%v, and it said %s", c.ProcessState, said.String())
	}
}
