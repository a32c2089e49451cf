package play

import (
	"cmp"
	"slices"
	"strings"

	"ordeal/nemesis"
	"ordeal/workloads/clients"
)

// Explicit is a trial that is over, as data: what its line left to the seed is said. It is what shrinking begins with.
type Explicit struct {
	// Plan are the faults that happened, and Aimed the same with the machines that they hit named in place of roles.
	Plan  string `json:"plan"`
	Aimed string `json:"aimed"`
	// Ops is what the clients did, as a script; Calls says which operation of it each event of the history began.
	Ops      string         `json:"ops"`
	Calls    []clients.Call `json:"calls,omitempty"`
	Settings string         `json:"settings"`
}

// explicit says what a trial did.
func (p *play) explicit() *Explicit {
	var plan, aimed nemesis.Plan
	for _, e := range p.runner.Results() {
		if e.Type != nemesis.Fired {
			continue
		}
		step := p.plan[e.Step]
		plan = append(plan, step)
		if len(e.Machines) > 0 && !e.Pinned() {
			if !step.Fault.AwaitsDeeds() {
				step.For -= e.Time - step.At // it may have waited for its moment
			}
			step.At, step.Fault.Target = e.Time, nemesis.Named(e.Machines)
		}
		aimed = append(aimed, step)
	}
	return &Explicit{
		Plan: plan.Line(), Aimed: aimed.Line(), Ops: p.service.Clients.Script().String(),
		Calls: slices.Clone(p.service.Clients.Calls()), Settings: cmp.Or(p.service.Settings, p.settings),
	}
}

// Faults counts the faults that happened.
func (e *Explicit) Faults() int {
	if e.Plan == "" {
		return 0
	}
	return strings.Count(e.Plan, "; ") + 1
}
