package main

import (
	"strings"
	"testing"

	"ordeal"
)

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
			panic("nobody stops this")
		}
	}
}

func TestWorkerThatEatsMemoryEndsItself(t *testing.T) {
	c := ordealCommand(t)
	c.Env = append(c.Env, asCommand+"=glutton")
	var said strings.Builder
	c.Stderr = &said
	_ = c.Run()
	if c.ProcessState.ExitCode() != ordeal.ExitMemory || !strings.Contains(said.String(), "more than the 128 MiB that a worker may") {
		t.Errorf("%v, and it said %s", c.ProcessState, said.String())
	}
}
