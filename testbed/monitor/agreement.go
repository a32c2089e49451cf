package monitor

import (
	"fmt"

	"ordeal/host"
	"ordeal/testbed/trial"
)

// Step is how far a program is with what its service has decided: how much of that it has applied, and a hash that says
// what that was and in which order. A service whose log never changes once it is decided has one hash to each number.
type Step struct{ Applied, Hash uint64 }

// Agreement is a monitor that holds that servers which have applied as much have applied the same. rule names it in a
// verdict; of reads a step off a running program. A program that has applied nothing is passed over.
func Agreement(stage *trial.Stage, rule string, of func(host.Program) Step) trial.Monitor {
	type sighting struct {
		hash   uint64
		server host.Addr
	}
	first := make(map[uint64]sighting)
	return Invariants(stage, of, Invariant[Step]{Rule: rule, Broken: func(servers []Server[Step], changed int) string {
		s := servers[changed]
		was, known := first[s.Status.Applied]
		switch {
		case s.Status.Applied == 0:
		case !known:
			first[s.Status.Applied] = sighting{s.Status.Hash, s.Name}
		case was.hash != s.Status.Hash:
			if was.server == s.Name {
				return fmt.Sprintf("%s has applied other things up to %d than it had before", s.Name, s.Status.Applied)
			}
			return fmt.Sprintf("%s and %s have applied different things up to %d", was.server, s.Name, s.Status.Applied)
		}
		return ""
	}})
}
