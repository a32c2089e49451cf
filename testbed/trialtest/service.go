// Package trialtest is a small service for the tests of the testbed: a register on a few servers, of which one is the
// primary of a view. It is sound, unless it is asked to be wrong, and says as little of itself as a service can.
package trialtest

import (
	"fmt"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/host"
	"ordeal/testbed/load"
	"ordeal/testbed/monitor"
	"ordeal/testbed/trial"
)

// Options make the service another one. The zero value is sound, and tells its status.
type Options struct {
	// StaleReads makes the primary answer reads from its own memory, deposed or not.
	StaleReads bool
	// Bare makes the service say nothing of itself: its instances have a Boot and Clients, and nothing else.
	Bare bool
}

// Service is the register as a service on trial. It has one workload, "register", and no failpoints.
func Service(o Options) *trial.Service {
	return &trial.Service{
		Name: "toy", Version: 1, What: "a register with a primary and its backups",
		Workloads: []trial.Workload{{Name: "register", Judge: judge}},
		Drills: []trial.Drill{{Name: "write", What: "one client writes, and reads it",
			Line: `seed=1 workload=register nodes=3 rate=5 length=2s plan="" ops="c1 1@1s 2@1.2s"`}},
		Import: "example.org/toy", Regression: "toy.Regression",
		Begin: func(s *trial.Stage) trial.Instance { return begin(s, o) },
		Bench: &trial.Bench{Kinds: []load.Kind{load.Read, load.Write}},
	}
}

// judge judges histories by the model of a register.
func judge(h history.History) []checker.Verdict {
	c, err := checker.ForModel("register")
	if err != nil {
		panic("trialtest: there is a model of registers: " + err.Error())
	}
	return c.Check(h).Parts
}

func begin(s *trial.Stage, o Options) trial.Instance {
	servers := s.Trial.Servers()
	i := trial.Instance{
		Boot:    func(host.Addr) host.Boot { return boot(servers, o.StaleReads) },
		Clients: newCrowd(s),
		Load:    func(p host.Process, at load.Place) load.Client { return newLoader(s, p, at) },
	}
	if o.Bare {
		return i
	}
	i.Status = func(p host.Program) trial.Status { return p.(*server).status() }
	i.Monitors = []trial.Monitor{monitor.Invariants(s, i.Status, OnePrimary())}
	return i
}

// OnePrimary holds that a view has one primary.
func OnePrimary() monitor.Invariant[trial.Status] {
	primaries := make(map[uint64]host.Addr)
	return monitor.Invariant[trial.Status]{
		Rule: "one primary a view",
		Broken: func(servers []monitor.Server[trial.Status], changed int) string {
			s := servers[changed]
			if !s.Status.Leads {
				return ""
			}
			if other, ok := primaries[s.Status.Epoch]; ok && other != s.Name {
				return fmt.Sprintf("%s and %s are both primary of view %d", other, s.Name, s.Status.Epoch)
			}
			primaries[s.Status.Epoch] = s.Name
			return ""
		},
	}
}
