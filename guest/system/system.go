// Package system puts ordinary Go programs on trial: a server that runs on each of some machines, and a client. It
// makes a testbed.Service of them, so that all that the testbed has works on programs that know nothing of it but
// package say.
package system

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ordeal/guest"
	"ordeal/guest/build"
	"ordeal/host"
	"ordeal/testbed"
)

// System is a server and a client, as main packages. Name, Server, Client and Workloads have to be there.
//
// Both find the names of all servers in the variable SERVERS of their environment, separated by commas, and their own
// by os.Hostname. Ports are theirs to choose, as each machine has its own.
type System struct {
	Name, What string
	// Version is that of the trial lines; 1 if it is 0.
	Version int
	// Server and Client are the paths of main packages, such as "./server".
	Server, Client string
	Options        build.Options
	// Args, unless it is nil, are the arguments of the program on a machine.
	Args func(t testbed.Trial, machine host.Addr) []string
	// Variants are words that the program is told in VARIANT, such as one that says that a bug is mended. A trial that
	// has none of them in its settings is of the program as it is.
	Variants []string
	// Refuses, unless it is nil, says by which lines a server that ends refuses a damaged disk.
	Refuses func(line string) bool

	// These are as testbed.Service has them.
	Workloads  []testbed.Workload
	Nodes      []int
	Length     time.Duration
	Faults     []string
	Program    string
	Regression string
}

// Main is the whole of a program that puts the system on trial. It ends the process.
func (s System) Main(more ...*cobra.Command) {
	service, err := s.Service()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	testbed.Main(service, more...)
}

// MustService is Service for a variable of a test: it panics if the programs can't be compiled.
func (s System) MustService() *testbed.Service {
	service, err := s.Service()
	if err != nil {
		panic(err)
	}
	return service
}

// Service compiles the programs and makes a service of them. In the workers of a campaign, and of a test, nothing is
// compiled: they have in their environment where the programs are.
func (s System) Service() (*testbed.Service, error) {
	server, err := s.compile(s.Server)
	client, errClient := s.compile(s.Client)
	if err := errors.Join(err, errClient); err != nil {
		return nil, err
	}
	program := s.Program
	if program == "" {
		program = "go run ."
	}
	return &testbed.Service{
		Name: s.Name, Version: max(1, s.Version), What: s.What, Program: program, Regression: s.Regression,
		Workloads: s.Workloads, Nodes: s.Nodes, Length: s.Length, Faults: s.Faults,
		DrawSettings: drawSettings, CheckSettings: func(text string) error { _, err := s.settings(text); return err },
		SimplerSettings: s.simpler,
		Begin: func(stage *testbed.Stage) testbed.Instance {
			return s.begin(stage, server, client)
		},
	}, nil
}

// compile compiles a package unless a process above this one has.
func (s System) compile(pkg string) (file string, err error) {
	sum := sha256.Sum256([]byte(fmt.Sprint(s.Name, pkg, s.Options)))
	key := "ORDEAL_GUEST_" + hex.EncodeToString(sum[:8])
	if file = os.Getenv(key); file != "" {
		return file, nil
	}
	if file, err = build.Compile(pkg, s.Options); err != nil {
		return "", err
	}
	return file, os.Setenv(key, file)
}

// settings are what a word of a trial line says, such as "careful,priorities-3".
type settings struct {
	variant  string
	schedule guest.Schedule
}

func (s System) settings(text string) (set settings, err error) {
	for word := range strings.SplitSeq(text, ",") {
		if slices.Contains(s.Variants, word) {
			set.variant = word
		} else if set.schedule, err = guest.ParseSchedule(word); err != nil {
			if len(s.Variants) > 0 {
				err = fmt.Errorf("%w; and the variants %s", err, strings.Join(s.Variants, ", "))
			}
			return set, err
		}
	}
	return set, nil
}

// drawSettings has goroutines run by chance in most trials, and by priorities in others.
func drawSettings(rng *rand.Rand) string {
	if rng.IntN(3) > 0 {
		return "by-chance"
	}
	return string(guest.ByPriority(rng.IntN(6)))
}

// simpler has goroutines run in turn.
func (s System) simpler(text string) []string {
	set, err := s.settings(text)
	if err != nil || set.schedule == guest.InTurn {
		return nil
	}
	if set.variant != "" {
		return []string{set.variant + "," + string(guest.InTurn)}
	}
	return []string{string(guest.InTurn)}
}
