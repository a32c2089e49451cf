package ordeal

import (
	"slices"
	"strings"

	"ordeal/nemesis"
	"ordeal/testbed/clients"
)

// Explicit is a trial that is over, as data: what its line left to the seed is said. It is what shrinking begins with.
type Explicit struct {
	// Plan are the faults that happened, and Aimed the same with the machines that they hit named in place of roles.
	Plan  string `json:"plan"`
	Aimed string `json:"aimed"`
	// Ops is what the clients did, as a script; Calls says which operation of it each event of the history began.
	Ops     string         `json:"ops"`
	Calls   []clients.Call `json:"calls,omitempty"`
	Storage string         `json:"storage"`
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
			step.Fault.Target = nemesis.Named(e.Machines)
			step.At, step.For = e.Time, step.For-(e.Time-step.At) // it may have waited for its moment
		}
		aimed = append(aimed, step)
	}
	return &Explicit{
		Plan: plan.Line(), Aimed: aimed.Line(), Ops: p.env.Script().String(), Calls: slices.Clone(p.env.Calls()),
		Storage: p.storage.String(),
	}
}

// script is Ops as data.
func (e *Explicit) script() (clients.Script, error) {
	return clients.ParseScript(e.Ops, scriptClientsMax)
}

// faults counts the faults that happened.
func (e *Explicit) faults() int {
	if e.Plan == "" {
		return 0
	}
	return strings.Count(e.Plan, "; ") + 1
}

// planOf is the plan of a trial that was not played, as the swarm draws it.
func planOf(t Trial) nemesis.Plan {
	if t.Plan != nil {
		return t.Plan
	}
	p := newPlay(t)
	defer p.world.Close()
	return p.plan
}

// panicLine is the line of a panic's report that says why.
func panicLine(detail string) string {
	for line := range strings.Lines(detail) {
		if why, ok := strings.CutPrefix(line, "panic: "); ok {
			return why
		}
		if why, ok := strings.CutPrefix(line, "fatal error: "); ok {
			return why
		}
	}
	return firstLine(detail)
}
