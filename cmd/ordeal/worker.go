package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/spf13/cobra"

	"ordeal"
)

// memoryMax is how much memory a worker may hold: a trial takes a twentieth of it.
const memoryMax = 4 << 30

func workerCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "worker",
		Short:  "plays the trials that come in on standard input; the other commands start it",
		Hidden: true,
		Args:   exactArgs(0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			debug.SetMemoryLimit(memoryMax * 3 / 4)
			go watchMemory()
			return ordeal.ServeWorker(os.Stdin, os.Stdout, folder)
		},
	}
}

// watchMemory ends the process before it can take the machine with it.
func watchMemory() {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(50 * time.Millisecond) {
		metrics.Read(sample)
		if held := sample[0].Value.Uint64() - sample[1].Value.Uint64(); held > memoryMax {
			fmt.Fprintf(os.Stderr, "the trial held %d MiB of memory, more than the %d MiB that a worker may\n", held>>20, memoryMax>>20)
			os.Exit(ordeal.ExitMemory)
		}
	}
}

// newWorker starts this program again as a worker.
func newWorker() (ordeal.Worker, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("can't find this program to start workers from: %w", err)
	}
	return ordeal.StartWorker(self, "worker")
}
