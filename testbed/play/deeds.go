package play

import (
	"slices"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/nemesis/scenario"
	"ordeal/testbed/coverage"
	"ordeal/testbed/trial"
)

// deeds tells what servers do, and what befalls them, to whoever follows scenarios: what the testbed sees itself. The
// service tells the rest.
type deeds struct {
	play    *play
	tracker *scenario.Tracker
	// watches follow the service's scenarios, in their order.
	watches   []*scenario.Watch
	scenarios []scenario.Scenario
	leading   map[host.Addr]bool
}

func (p *play) newDeeds() *deeds {
	d := &deeds{play: p, leading: make(map[host.Addr]bool),
		scenarios: p.trial.Service.AllScenarios()}
	leads := func(server string) bool {
		leader, ok := p.service.Operator.Leader()
		return ok && string(leader) == server
	}
	d.tracker = scenario.NewTracker(p.world.Now, p.world.Events, leads, p.world.At)
	for _, s := range d.scenarios {
		d.watches = append(d.watches, d.tracker.Follow(s.Pattern, nil))
	}
	p.machines.SetDeeds(d.tracker)
	p.world.ObserveDown(d.down)
	p.world.ObserveLoss(func(_, to host.Addr) { d.did(to, trial.DeedLost) })
	return d
}

// did notes a deed of a server; those of clients count for nothing.
func (d *deeds) did(server host.Addr, deed string) {
	if slices.Contains(d.play.machines.Servers(), server) {
		d.tracker.Did(string(server), deed)
	}
}

// event looks at a server after an event, which may have booted it.
func (d *deeds) event(server host.Addr, program host.Program, booted bool) {
	if program == nil {
		return
	}
	if booted {
		d.did(server, trial.DeedBoot)
	}
	if d.play.service.Status == nil {
		return
	}
	if leads := d.play.status(program).Leads; leads != d.leading[server] {
		d.leading[server] = leads
		d.did(server, map[bool]string{true: trial.DeedLeads, false: trial.DeedLedOut}[leads])
	}
}

// down is called when a machine goes down.
func (d *deeds) down(machine host.Addr, power bool) {
	d.leading[machine] = false
	if power {
		d.did(machine, trial.DeedPower)
	}
	d.did(machine, trial.DeedDown)
}

// fault notes whom a fault hits, and whom it lets go.
func (d *deeds) fault(e nemesis.Event) {
	var deed string
	switch e.Type {
	case nemesis.Fired:
		deed = trial.FaultDeed(e.Kind)
	case nemesis.Ended:
		deed = trial.FaultEndsDeed(e.Kind)
	default:
		return
	}
	for _, m := range hitBy(e) {
		d.did(m, deed)
	}
}

// hitBy are the machines that a fault hits: those that it aims at, or else those whose links it is about.
func hitBy(e nemesis.Event) []host.Addr {
	hit := slices.Clone(e.Machines)
	if len(hit) == 0 {
		for _, w := range e.Ways {
			hit = append(hit, w.From, w.To)
		}
		slices.Sort(hit)
	}
	return slices.Compact(hit)
}

// end notes which scenarios came about.
func (d *deeds) end() {
	for i, s := range d.scenarios {
		d.tracker.End(d.watches[i])
		if d.watches[i].Times > 0 {
			d.play.covered.Saw(coverage.ScenarioItem(s.Name))
		}
	}
}

// reached says how far each scenario got that began.
func (d *deeds) reached() map[string]Reached {
	far := make(map[string]Reached)
	for i, s := range d.scenarios {
		if w := d.watches[i]; w.Reached > 0 {
			far[s.Name] = Reached{Steps: w.Reached, Times: w.Times}
		}
	}
	return far
}
