package ordeal

import (
	"errors"
	"slices"

	"ordeal/cluster"
	"ordeal/cluster/wal"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// coverage looks on at a trial and notes which of the CoverageItems happened in it. It changes nothing: the trial is the same
// with it and without. Most events of a server are nothing new, and cost a few comparisons.
type coverage struct {
	p     *play
	seen  map[string]bool
	deeds cluster.Deeds
	// machines are the servers as they were at their last event.
	machines map[host.Addr]*covered
	elections
	// faults are those that fired, by step: of a trap it shows in the end whether it sprang.
	faults map[int]nemesis.Kind
}

// covered is a server at its last event.
type covered struct {
	node    *cluster.Node
	term    uint64
	leading bool
	// tail says that it had entries which it had not applied.
	tail  bool
	doing cluster.Doing
}

func newCoverage(p *play) *coverage {
	return &coverage{
		p: p, seen: make(map[string]bool), machines: make(map[host.Addr]*covered), faults: make(map[int]nemesis.Kind),
		elections: newElections(),
	}
}

func (c *coverage) saw(item string) { c.seen[item] = true }

// look takes in a server after an event that left it up, and what it says of itself then.
func (c *coverage) look(machine host.Addr, n *cluster.Node, st *cluster.Status) {
	c.deeds |= st.Deeds
	m := c.machines[machine]
	if m == nil {
		m = &covered{node: n}
		c.machines[machine] = m
	}
	if m.node != n {
		c.booted(machine, m, n)
	}
	if m.doing != st.Doing || m.leading != st.Leading || m.term != st.Term {
		c.moved(machine, m, st)
		m.doing, m.leading, m.term = st.Doing, st.Leading, st.Term
	}
	m.tail = st.LastIndex > st.Applied
}

// booted takes in that a server runs again.
func (c *coverage) booted(machine host.Addr, m *covered, n *cluster.Node) {
	c.died(m)
	*m = covered{node: n}
	others := func(s host.Addr) bool { return s != machine && c.p.world.Up(s) }
	if !slices.ContainsFunc(c.p.ground.servers, others) {
		c.saw("all-down")
	}
}

// died takes in in the midst of what a server went down.
func (c *coverage) died(m *covered) {
	for _, d := range downWhile {
		if m.doing.Has(d.doing) {
			c.saw(d.item)
		}
	}
	if m.leading && m.doing.Has(cluster.Sending) {
		c.saw("leader-down-sending")
	}
	if m.leading && m.tail {
		c.saw("leader-down-with-tail")
	}
}

var downWhile = []struct {
	doing cluster.Doing
	item  string
}{
	{cluster.Receiving, "down-receiving"},
	{cluster.Saving, "down-saving"},
	{cluster.Asking | cluster.Standing, "candidate-down"},
	{cluster.Changing, "down-in-change"},
	{cluster.Joint, "down-in-joint"},
}

// fault takes in what the nemesis does, before the world feels it.
func (c *coverage) fault(e nemesis.Event) {
	if e.Type != nemesis.Fired {
		return
	}
	c.faults[e.Step] = e.Kind
	hit := e.Machines
	if len(hit) == 0 {
		for _, w := range e.Ways {
			hit = append(hit, w.From, w.To)
		}
	}
	for _, m := range hit {
		c.saw(e.Family() + ":" + c.roleOf(m))
	}
	if e.Kind == nemesis.Transfer && len(e.Machines) > 0 {
		c.beginHandover(e.Machines[0])
	}
}

// The roles of a machine that a fault hits.
const (
	roleLeads     = "leader"
	roleFollows   = "follower"
	roleStands    = "candidate"
	roleObserves  = "observer"
	roleDown      = "down"
	roleIsClient  = "client"
	roleSeparator = ":"
)

func (c *coverage) roleOf(machine host.Addr) string {
	if slices.Contains(c.p.ground.clients, machine) {
		return roleIsClient
	}
	n := c.p.ground.node(machine)
	if n == nil {
		return roleDown
	}
	switch st := n.Status(); {
	case st.Leading:
		return roleLeads
	case st.Doing.Has(cluster.Asking | cluster.Standing):
		return roleStands
	case st.Observing:
		return roleObserves
	}
	return roleFollows
}

// finish lists what was covered, in the order of CoverageItems.
func (c *coverage) finish() (names []string) {
	for _, s := range c.p.ground.servers {
		if m := c.machines[s]; m != nil && c.p.ground.node(s) == nil {
			c.died(m)
		}
	}
	for _, s := range c.p.world.Stops() {
		c.stopped(s)
	}
	for _, e := range c.p.runner.Unfired() {
		delete(c.faults, e.Step)
	}
	for _, kind := range c.faults { //house:unordered a set is filled
		c.saw(faultItem(kind))
	}
	for _, i := range items {
		if i.deed != 0 && c.deeds.Has(i.deed) || c.seen[i.Name] {
			names = append(names, i.Name)
		}
	}
	return names
}

// stopped takes in that a server ended itself.
func (c *coverage) stopped(s sim.Stop) {
	var damage *wal.Damage
	switch {
	case s.Boot && errors.As(s.Reason, &damage):
		c.saw("refused-damage")
	case s.Boot && errors.Is(s.Reason, sim.ErrDisk):
		c.saw("refused-unreadable")
	case errors.Is(s.Reason, sim.ErrFull):
		c.saw("stopped-disk-full")
	case errors.Is(s.Reason, sim.ErrDisk):
		c.saw("stopped-sync-failed")
	}
}

// noted is who hears of the faults.
func (p *play) noted() func(nemesis.Event) {
	return func(e nemesis.Event) {
		p.coverage.fault(e)
		if p.states != nil {
			p.states.fault(e)
		}
		if p.chronicle != nil {
			p.chronicle.fault(e)
		}
	}
}

// elections is what coverage knows of who led when.
type elections struct {
	// led are the terms that had a leader, and stood how many servers stood for each.
	led      map[uint64]bool
	stood    map[uint64]int
	handover handover
}

// handover is the newest wish of an operator that a server leads, and the term in which he had it.
type handover struct {
	to   host.Addr
	term uint64
}

func newElections() elections {
	return elections{led: make(map[uint64]bool), stood: make(map[uint64]int)}
}

// moved takes in that a server's role, term or occupation has changed; m is what it was.
func (c *coverage) moved(machine host.Addr, m *covered, st *cluster.Status) {
	if m.leading && !st.Leading && m.term == st.Term {
		c.saw("leader-stepped-down")
	}
	if st.Doing.Has(cluster.Standing) && !(m.doing.Has(cluster.Standing) && m.term == st.Term) {
		if c.stood[st.Term]++; c.stood[st.Term] == 2 {
			c.saw("split-vote")
		}
		if c.stood[st.Term-1] > 0 && !c.led[st.Term-1] {
			c.saw("election-without-winner")
		}
	}
	if st.Leading && !(m.leading && m.term == st.Term) {
		c.leads(machine, st)
	}
}

// leads takes in that a server has begun to lead.
func (c *coverage) leads(machine host.Addr, st *cluster.Status) {
	if len(c.led) > 0 {
		c.saw("leader-replaced")
	}
	c.led[st.Term] = true
	for _, s := range c.p.ground.servers {
		if other := c.machines[s]; other != nil && s != machine && other.leading && c.p.world.Up(s) {
			c.saw("two-leaders")
		}
	}
	if st.Doing.Has(cluster.Changing) {
		c.saw("leader-replaced-in-change")
	}
	if h := c.handover; h.to == machine && h.term+1 == st.Term {
		c.saw("handover-done")
	}
}

func (c *coverage) beginHandover(to host.Addr) {
	if leader, ok := c.p.ground.Leader(); ok && leader != to {
		c.handover = handover{to: to, term: c.machines[leader].term}
	}
}
