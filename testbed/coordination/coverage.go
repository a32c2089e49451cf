package coordination

import (
	"errors"
	"slices"

	"ordeal/cluster"
	"ordeal/cluster/wal"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/trial"
)

// paths notes which of the service's ways to recover a trial went. Most events of a server are nothing new, and cost a
// few comparisons.
type paths struct {
	stage *trial.Stage
	// operator knows who leads.
	operator *operator
	deeds    cluster.Deeds
	// machines are the servers as they were at their last event.
	machines map[host.Addr]*covered
	elections
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

func newPaths(stage *trial.Stage, o *operator) *paths {
	return &paths{stage: stage, operator: o, machines: make(map[host.Addr]*covered), elections: newElections()}
}

func (c *paths) saw(item string) { c.stage.Covered(item) }

// look looks at a server after an event that left it up, and at what it says of itself then.
func (c *paths) look(machine host.Addr, n *cluster.Node, st *cluster.Status) {
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
	if uint64(st.Zxid)>>32 > max(lateEpoch, st.Term) {
		c.saw("zxid-rolled-over")
	}
	m.tail = st.LastIndex > st.Applied
}

// booted notes that a server runs again.
func (c *paths) booted(machine host.Addr, m *covered, n *cluster.Node) {
	c.died(m)
	*m = covered{node: n}
	others := func(s host.Addr) bool { return s != machine && c.stage.World.Up(s) }
	if !slices.ContainsFunc(c.stage.Machines.Servers(), others) {
		c.saw("all-down")
	}
}

// died notes in the midst of what a server went down.
func (c *paths) died(m *covered) {
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

// fault notes what the nemesis does, before the world feels it.
func (c *paths) fault(e nemesis.Event) {
	if e.Type == nemesis.Fired && e.Kind == nemesis.Transfer && len(e.Machines) > 0 {
		c.beginHandover(e.Machines[0])
	}
}

// The roles of a server that a fault hits.
const (
	roleLeads    = "leader"
	roleFollows  = "follower"
	roleStands   = "candidate"
	roleObserves = "observer"
)

// role is what a program is to the service at present.
func role(program host.Program) string { return roles[program.(*cluster.Node).Post()] }

var roles = [...]string{
	cluster.Follows: roleFollows, cluster.Leads: roleLeads, cluster.Stands: roleStands, cluster.Observes: roleObserves,
}

// end notes what shows only when the trial is over.
func (c *paths) end() {
	for _, s := range c.stage.Machines.Servers() {
		if m := c.machines[s]; m != nil && c.operator.node(s) == nil {
			c.died(m)
		}
	}
	for _, s := range c.stage.World.Stops() {
		c.stopped(s)
	}
	for _, p := range recoveryPaths {
		if p.deed != 0 && c.deeds.Has(p.deed) {
			c.saw(p.Name)
		}
	}
}

// stopped notes that a server ended itself.
func (c *paths) stopped(s sim.Stop) {
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

// moved notes that a server's role, term or occupation has changed; m is what it was.
func (c *paths) moved(machine host.Addr, m *covered, st *cluster.Status) {
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

// leads notes that a server has begun to lead.
func (c *paths) leads(machine host.Addr, st *cluster.Status) {
	if len(c.led) > 0 {
		c.saw("leader-replaced")
	}
	c.led[st.Term] = true
	for _, s := range c.stage.Machines.Servers() {
		if other := c.machines[s]; other != nil && s != machine && other.leading && c.stage.World.Up(s) {
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

func (c *paths) beginHandover(to host.Addr) {
	if leader, ok := c.operator.Leader(); ok && leader != to {
		c.handover = handover{to: to, term: c.machines[leader].term}
	}
}
