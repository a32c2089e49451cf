package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"runtime/pprof"
	"time"

	"github.com/spf13/cobra"

	"ordeal/testbed/campaign"
	"ordeal/testbed/kept"
	"ordeal/testbed/trial"
)

// memoryMax is how much memory a worker may hold: a trial takes a twentieth of it.
const memoryMax = 4 << 30

// A trial has a few megabytes alive and makes a hundred megabytes of garbage: with the usual rule the collector would
// run every few milliseconds. A worker counts slackBytes as alive that are not, and lets garbage lie for gcPercent of
// all that: half of the slack, and half of what a trial has alive.
const (
	slackBytes = 50 << 20
	gcPercent  = 50
)

func (a *app) workerCommand() *cobra.Command {
	var profile string
	c := &cobra.Command{
		Use:    "worker",
		Short:  "plays the trials that come in on standard input; the other commands start it",
		Hidden: true,
		Args:   ExactArgs(0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			return profiled(profile, func() error { return ServeWorker(a.service, os.Stdin, os.Stdout) })
		},
	}
	c.Flags().StringVar(&profile, "profile", "", "a file for a CPU profile of all trials")
	return c
}

// ServeWorker is the life of a worker process: it plays the trials that it reads, and has the process's memory for
// that.
func ServeWorker(s *trial.Service, in io.Reader, out io.Writer) error {
	runtime.MemProfileRate = 0 // its samples have the stack walked, and are not shown
	debug.SetMemoryLimit(memoryMax * 3 / 4)
	go watchMemory(memoryMax)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	// The collector counts this as alive. It is never touched, so it takes no memory. GOGC still means what it does,
	// which GOGC=off with a memory limit would not.
	slack := make([]byte, slackBytes)
	defer runtime.KeepAlive(&slack)
	return campaign.ServeWorker(s, in, out, kept.Folder)
}

// profiled calls f, and writes where its CPU time went to a file, unless name is "".
func profiled(name string, f func() error) (err error) {
	if name == "" {
		return f()
	}
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("the profile can't be written: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := pprof.StartCPUProfile(file); err != nil {
		return fmt.Errorf("the profile can't be written: %w", err)
	}
	defer pprof.StopCPUProfile()
	return f()
}

// watchMemory ends the process before it can take the machine with it: when it holds more than so many bytes.
func watchMemory(limit uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(50 * time.Millisecond) {
		metrics.Read(sample)
		if held := sample[0].Value.Uint64() - sample[1].Value.Uint64(); held > limit {
			fmt.Fprintf(os.Stderr, "the trial held %d MiB of memory, more than the %d MiB that a worker may\n", held>>20,
				limit>>20)
			os.Exit(campaign.ExitMemory)
		}
	}
}

// NewWorker starts this program again as a worker for the trials of a service.
func NewWorker(s *trial.Service) (campaign.Worker, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("can't find this program to start workers from: %w", err)
	}
	return campaign.StartWorker(s, self, "worker")
}

func (a *app) newWorker() (campaign.Worker, error) { return NewWorker(a.service) }
