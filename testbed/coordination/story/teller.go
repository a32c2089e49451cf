// Package story tells the story of a trial of the coordination service to whoever asks why it failed: votes and
// leaders, what was applied where and when, and what was on which disk. It observes, and changes nothing.
package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/account"
	"ordeal/testbed/trial"
)

// Teller tells the story. It is a trial.Teller.
type Teller struct {
	*account.Story
	stage *trial.Stage
	// leaders are who led when.
	leaders func() []trial.LeaderSpan
	nodes   map[host.Addr]*sighted
	disks   disks
	// votes are those that were heard on the network, by term and voter.
	votes map[[2]uint64]uint64
	heard []vote
	// transactions are in the order in which the first server applied them, and zxid is the newest.
	transactions []transaction
	zxid         int64
	// entries are the same of the keys.
	entries []keyEntry
	// progress is how far each server was, from when on.
	progress []progress
	// states are the states as text, by the index at which they were first seen.
	states   map[uint64]state
	diverged bool
	unsafe   int // entries that were applied before they were on enough disks
	unsynced int // acknowledgements that left before what they are of was on the disk
	// reads are what servers told each other of how far reads must see, in order.
	reads []readTold
}

// readTold is a message about how far a read must see; told says that it is in the story.
type readTold struct {
	at       time.Duration
	from, to host.Addr
	text     string
	told     bool
}

var _ trial.Teller = (*Teller)(nil)

// state is a server's state as text.
type state struct {
	machine host.Addr
	lines   []string
}

type vote struct{ term, from, to uint64 }

// transaction is one that was applied: by whom first, and when.
type transaction struct {
	cluster.Applied
	by host.Addr
	at time.Duration
}

type progress struct {
	at          time.Duration
	machine     host.Addr
	up, leading bool
	term, index uint64
	revision    int64 // of the keys
}

// sighted is what a server said of itself at its last event.
type sighted struct {
	cluster.Status
	up, was bool   // now, and ever
	members string // the ensemble that it goes by
	// revision is that of its keys.
	revision int64
}

// New begins to write a trial's story down; leaders are who led when.
func New(stage *trial.Stage, s *account.Story, leaders func() []trial.LeaderSpan) *Teller {
	c := &Teller{
		Story: s, stage: stage, leaders: leaders, nodes: make(map[host.Addr]*sighted),
		votes: make(map[[2]uint64]uint64), states: make(map[uint64]state),
		disks: disks{world: stage.World, servers: stage.Machines.Servers(), pictures: make(map[host.Addr][]picture)},
	}
	stage.World.Overhear(c.hear)
	return c
}

// Event looks at a server after an event of its own. program is nil if it is down.
func (c *Teller) Event(machine host.Addr, program host.Program) {
	n, _ := program.(*cluster.Node)
	s := c.sighted(machine)
	c.gone()
	c.disks.look()
	if n == nil {
		return
	}
	was := s.Status
	s.Status = n.Status()
	if c.ofKeys() {
		s.revision = n.KeyRevision()
		c.appliesKeys(machine, n)
	}
	if !s.up {
		c.back(machine, s, was)
		s.up, s.was = true, true
		was = cluster.Status{}
	}
	if was.Applied != s.Applied || was.Leading != s.Leading || was.Term != s.Term {
		c.note(machine, s)
	}
	c.leads(machine, s, was)
	c.applies(machine, n, s, was)
	c.ensemble(machine, n, s)
}

// ensemble tells of changes of the ensemble, as each server applies them: who is in it, and by which entry.
func (c *Teller) ensemble(machine host.Addr, n *cluster.Node, s *sighted) {
	var names []string
	for _, m := range n.Members() {
		name := string(m.Addr)
		if m.Observer {
			name += " (observes)"
		}
		names = append(names, name)
	}
	now := strings.Join(names, ", ")
	if s.members != "" && s.members != now && s.up {
		c.Tell("%s goes by another ensemble behind entry %d: %s; before it was %s", machine, s.Applied, now, s.members)
	}
	s.members = now
}

// voters are the servers that vote, in the ensemble that a server goes by.
func voters(n *cluster.Node) (names []host.Addr) {
	for _, m := range n.Members() {
		if !m.Observer {
			names = append(names, m.Addr)
		}
	}
	return names
}

// sighted is how a server was seen last: one that joins was not seen before.
func (c *Teller) sighted(machine host.Addr) *sighted {
	s := c.nodes[machine]
	if s == nil {
		s = new(sighted)
		c.nodes[machine] = s
		c.disks.servers = c.stage.Machines.Servers()
	}
	return s
}

// gone tells which servers went down since it looked last: a machine that loses power has no last event.
func (c *Teller) gone() {
	for _, machine := range c.stage.Machines.Servers() {
		s := c.sighted(machine)
		if !s.up || c.stage.World.Up(machine) {
			continue
		}
		s.up = false
		role := ""
		if s.Leading {
			role = fmt.Sprintf(", the leader of term %d,", s.Term)
		}
		c.Tell("%s%s goes down. Its log in memory went to entry %d; on its disk is %s", machine, role, s.LastIndex,
			c.disks.now(machine))
		c.note(machine, s)
	}
}

// note keeps how far a server is.
func (c *Teller) note(machine host.Addr, s *sighted) {
	c.progress = append(c.progress, progress{c.stage.World.Now(), machine, s.up, s.Leading, s.Term, s.Applied,
		s.revision})
}

// back says what a server found on its disk.
func (c *Teller) back(machine host.Addr, s *sighted, was cluster.Status) {
	if !s.was {
		return // the beginning
	}
	c.Tell("%s is up again; it found %s", machine, c.disks.now(machine))
	if s.LastIndex < was.Applied {
		c.Odd("%s had applied entry %d before it went down, and came back with a log that ends at entry %d", machine,
			was.Applied, s.LastIndex)
	}
}

func (c *Teller) leads(machine host.Addr, s *sighted, was cluster.Status) {
	switch {
	case s.Leading && !(was.Leading && was.Term == s.Term):
		c.ownVote(s)
		c.Tell("%s leads term %d, with %s", machine, s.Term, c.votesFor(s.Term, s.ID))
		for _, other := range c.stage.Machines.Servers() {
			if o := c.sighted(other); other != machine && o.up && o.Leading {
				c.Tell("%s still believes that it leads term %d", other, o.Term)
			}
		}
	case was.Leading && !s.Leading && s.Term == was.Term:
		c.Tell("%s no longer leads term %d: it has not heard from a majority", machine, was.Term)
	case was.Leading && !s.Leading:
		c.Tell("%s no longer leads term %d: it hears of term %d", machine, was.Term, s.Term)
	}
}

// ownVote notes a leader's vote for itself, which is in no message, if it could not lead without. One that others have
// elected may lead before its own vote is on its disk.
func (c *Teller) ownVote(s *sighted) {
	others := 0
	for _, v := range c.heard {
		if v.term == s.Term && v.to == s.ID && v.from != s.ID {
			others++
		}
	}
	if others <= len(c.stage.Machines.Servers())/2 {
		c.hearVote(vote{s.Term, s.ID, s.ID})
	}
}

func (c *Teller) votesFor(term, leader uint64) string {
	voters := []string{fmt.Sprintf("n%d", leader)}
	for _, v := range c.heard {
		if name := fmt.Sprintf("n%d", v.from); v.term == term && v.to == leader && !slices.Contains(voters, name) {
			voters = append(voters, name)
		}
	}
	if len(voters) == 1 {
		return "its own vote"
	}
	return "the votes of " + strings.Join(voters, " and ")
}

// hear looks at a message between servers.
func (c *Teller) hear(from, to host.Addr, payload []byte) {
	o, ok := cluster.Overhear(payload)
	switch {
	case !ok:
	case o.Vote:
		c.hearVote(vote{o.Term, o.From, o.To})
	case o.Read != "":
		c.reads = append(c.reads, readTold{at: c.stage.World.Now(), from: from, to: to, text: o.Read})
	case o.Acked > 0:
		c.hearAck(from, to, o)
	default:
		c.Tell("%s hands %s a snapshot up to entry %d in place of the log", from, to, o.Snapshot)
	}
}

// hearAck holds an acknowledgement against the disk of its sender.
func (c *Teller) hearAck(from, to host.Addr, o cluster.Overheard) {
	if list := c.disks.pictures[from]; c.disks.spent() || len(list) > 0 && list[len(list)-1].last >= o.Acked {
		return
	}
	p := c.disks.open(from)
	if p.err != nil || p.last >= o.Acked || p.snapshot >= o.Acked || p.term > o.Term {
		return // in a later term it may have given up the end of its log
	}
	if c.unsynced++; c.unsynced > unsafeMax {
		return
	}
	c.Tell("%s tells %s that it has the log up to entry %d, and its disk has %s", from, to, o.Acked, p.text())
	c.Odd("%s acknowledged entry %d to %s when its disk had a log to entry %d: what it had written was not synced", from,
		o.Acked, to, p.last)
}

func (c *Teller) hearVote(v vote) {
	key := [2]uint64{v.term, v.from}
	before, voted := c.votes[key]
	if voted && before != v.to {
		c.Tell("n%d votes for n%d in term %d, having voted for n%d in that term before", v.from, v.to, v.term, before)
		c.Odd("n%d gave its vote of term %d twice: to n%d, and to n%d", v.from, v.term, before, v.to)
	}
	c.votes[key] = v.to
	if slices.Contains(c.heard, v) {
		return
	}
	c.heard = append(c.heard, v)
	if voter := host.Addr(fmt.Sprintf("n%d", v.from)); !c.disks.spent() && !c.disks.open(voter).knows(v) {
		c.Odd("%s gave n%d its vote of term %d, and its disk knows nothing of that", voter, v.to, v.term)
	}
}

// applies tells what a server has applied since it was looked at last.
func (c *Teller) applies(machine host.Addr, n *cluster.Node, s *sighted, was cluster.Status) {
	list, _ := n.AppliedSince(c.zxid)
	for _, a := range list {
		c.zxid = max(c.zxid, a.Zxid)
		c.transactions = append(c.transactions, transaction{a, machine, c.stage.World.Now()})
	}
	if s.Applied == was.Applied {
		return
	}
	if s.SessionsEnded > was.SessionsEnded && s.ExpiryTerm != 0 && s.ExpiryTerm != s.ExpiredInTerm && was.ID != 0 {
		c.Tell("%s lets a session expire in entry %d of term %d, which the leader of term %d had asked for", machine,
			s.Applied, s.ExpiredInTerm, s.ExpiryTerm)
		c.Odd("%s let a session expire in term %d because the leader of term %d, which was over, had said so", machine,
			s.ExpiredInTerm, s.ExpiryTerm)
	}
	c.disks.applied(c, machine, s, voters(n))
	c.remember(machine, n, s)
}

// Bounds of what a chronicle remembers of states: those of a trial that was cut down are far below.
const (
	statesMax     = 500
	stateNodesMax = 300
)

// remember compares a state with the first that was seen at its index, until two differ: all that comes after is their
// consequence.
func (c *Teller) remember(machine host.Addr, n *cluster.Node, s *sighted) {
	if n.Tree().Len() > stateNodesMax || c.diverged {
		return
	}
	first, ok := c.states[s.Applied]
	if !ok && len(c.states) >= statesMax {
		return
	}
	lines := n.Tree().Lines()
	if !ok {
		c.states[s.Applied] = state{machine, lines}
		return
	}
	for _, d := range differences(first.lines, lines) {
		c.diverged = true
		whose := fmt.Sprintf("what %s had there", first.machine)
		if first.machine == machine {
			whose = "what it had there before"
		}
		c.Odd("%s has another state after entry %d than %s: %s", machine, s.Applied, whose, d)
	}
}

// Fault tells what the nemesis does.
func (c *Teller) Fault(e nemesis.Event) {
	c.gone()
	c.Story.Fault(e)
}

// End does nothing.
func (c *Teller) End() {}
