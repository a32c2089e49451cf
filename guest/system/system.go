// Package system puts ordinary Go programs on trial: a server that runs on each of some machines, and a client. It
// makes a testbed.Service of them, so that all that the testbed has works on programs that know nothing of it but
// package say.
package system

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"ordeal/guest"
	"ordeal/guest/build"
	"ordeal/host"
	"ordeal/testbed"
)

// System is a server and a client, as main packages. Name, Server or Servers, Client and Workloads have to be there.
//
// Both find the names of all servers in the variable SERVERS of their environment, separated by commas, and their own
// by os.Hostname. Ports are theirs to choose, as each machine has its own.
type System struct {
	Name, What string
	// Version is that of the trial lines; 1 if it is 0.
	Version int
	// Server and Client are the paths of main packages, such as "./server".
	Server, Client string
	// Servers, unless it is nil, are what the client is on trial with in place of a Server.
	Servers *Servers
	Options build.Options
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
	var files [2]string
	var asserted []build.Assertion
	for i, pkg := range []string{s.Server, s.Client} {
		if i == 0 && s.Servers != nil {
			continue
		}
		var err error
		if files[i], err = s.compile(pkg); err != nil {
			return nil, err
		}
		b, err := os.ReadFile(files[i] + assertionsEnd)
		if err != nil {
			return nil, err
		}
		var list []build.Assertion
		if err := json.Unmarshal(b, &list); err != nil {
			return nil, fmt.Errorf("%s: %w", files[i]+assertionsEnd, err)
		}
		asserted = append(asserted, list...)
	}
	service := &testbed.Service{
		Name: s.Name, Version: max(1, s.Version), What: s.What, Program: cmp.Or(s.Program, "go run ."),
		Regression: s.Regression, Workloads: s.Workloads, Nodes: s.Nodes, Length: s.Length, Faults: s.Faults,
		DrawSettings: s.draw, CheckSettings: func(text string) error { _, err := s.settings(text); return err },
		SimplerSettings: s.simpler, Busy: guest.Busy,
		Begin: func(stage *testbed.Stage) testbed.Instance {
			return s.begin(stage, files[0], files[1])
		},
	}
	service.Items, service.Wanted = items(asserted)
	if s.Servers == nil {
		for _, lie := range guest.Lies() {
			service.Lies = append(service.Lies, string(lie))
		}
		service.Lying = func(_, lie string) string { return lie }
	}
	if o := s.Servers; o != nil {
		service.Asks, service.Tells, service.Items = o.Asks, o.Tells, append(o.Items, service.Items...)
		service.ElectionTime, service.MemoryTime = o.ElectionTime, o.MemoryTime
	}
	return service, nil
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
	asserted, err := build.Assertions(pkg, s.Options)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(asserted)
	if err != nil {
		return "", err
	}
	return file, errors.Join(os.WriteFile(file+assertionsEnd, b, 0o600), os.Setenv(key, file))
}

// assertionsEnd is behind the name of a program's file in that of the file which has what its source asserts.
const assertionsEnd = ".assertions"
