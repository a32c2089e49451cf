package ordeal

import (
	"slices"

	"ordeal/nemesis"
	"ordeal/workloads"
)

// Explicit is a trial that is over, as data: what its line left to the seed is said. It is what shrinking begins with.
type Explicit struct {
	// Plan are the faults that happened, and Aimed the same with the machines that they hit named in place of roles.
	Plan  string `json:"plan"`
	Aimed string `json:"aimed"`
	// Ops is what the clients did, as a script; Calls says which operation of it each event of the history began.
	Ops     string           `json:"ops"`
	Calls   []workloads.Call `json:"calls,omitempty"`
	Storage string           `json:"storage"`
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
		if len(e.Machines) > 0 {
			step.Fault.Target = nemesis.Named(e.Machines)
		}
		aimed = append(aimed, step)
	}
	return &Explicit{
		Plan: plan.Line(), Aimed: aimed.Line(), Ops: p.env.Script().String(), Calls: slices.Clone(p.env.Calls()),
		Storage: p.storage.String(),
	}
}
