package cluster

import (
	"fmt"
	"slices"

	"ordeal/cluster/tree"
	"ordeal/cluster/wal"
	"ordeal/host"
)

// Much of what a node knows it knows twice: beside the state it keeps lists, counts and tables that follow from it, and
// an entry that is left behind in one of them is a leak at best. Audit compares them.

// Audit lists contradictions between what this node keeps, for operators who have a doubt, and for trials. synced is a
// copy of the node's disk as a power loss would leave it, nil for none. Some of it may be so for a moment, while
// something is under way: what is there twice, a second apart, is wrong. It is to be called between two calls of the
// node, and changes nothing. It takes as long as a snapshot does.
func (n *Node) Audit(synced host.Disk) []string {
	a := &audit{n: n, lines: n.AuditLists()}
	a.watches()
	a.tree()
	a.state()
	if synced != nil {
		a.lines = append(a.lines, n.log.Audit(synced)...)
	}
	return a.lines
}

// AuditLists is that part of Audit which takes little time: the lists, counts and tables that have few entries.
func (n *Node) AuditLists() []string {
	a := &audit{n: n}
	a.connections()
	a.sessions()
	a.outbox()
	a.leader()
	a.snapshots()
	a.saved()
	a.ensemble()
	a.late()
	return a.lines
}

// SendsGone is a snapshot that this node sends, as leader, and has no file of any more; 0 if there is none. It may not
// be so for a moment.
func (n *Node) SendsGone() uint64 {
	if len(n.transfers) == 0 || !n.isLeader() || !n.log.HeldIsGone() {
		return 0
	}
	return n.log.Held()
}

// SnapshotOn says what the newest snapshot on a copy of this node's disk holds: the hash of the state at an entry, as
// Status has it. The entry is 0 if there is no snapshot.
func (n *Node) SnapshotOn(synced host.Disk) (index, hash uint64, err error) {
	log, err := wal.Open(synced, wal.Options{})
	if err != nil {
		return 0, 0, err
	}
	snap, err := log.Snapshot()
	if err != nil {
		return 0, 0, err
	}
	var l stateLoader
	if err := log.LoadSnapshot(l.add); err != nil {
		return 0, 0, err
	}
	s, err := l.end(snap.GetMetadata())
	if err != nil || s.index == 0 {
		return 0, 0, err
	}
	return s.index, s.hash(), nil
}

// audit is one under way.
type audit struct {
	n     *Node
	lines []string
}

func (a *audit) note(wrong bool, format string, args ...any) {
	if wrong {
		a.lines = append(a.lines, fmt.Sprintf(format, args...))
	}
}

// connections holds: each is found under all its names, has the session that it says it has, and counts what is there.
func (a *audit) connections() {
	cs := &a.n.conns
	attached, outstanding, paused := 0, 0, 0
	for _, c := range cs.list {
		holding := 0
		for _, cl := range c.calls {
			if cl.holds() {
				holding++
			}
		}
		outstanding += len(c.calls)
		a.note(holding != c.holding, "connection %d counts %d requests that hold others back, and has %d", c.id,
			c.holding, holding)
		a.note(cs.byHost[c.host] != c || c.phase == phaseGone, "connection %d is gone, and still listed", c.id)
		if c.paused {
			paused++
			a.note(!slices.Contains(cs.paused, c), "connection %d is not read from, and not on the list of those", c.id)
		}
		if c.phase == phaseAttached {
			attached++
			a.note(cs.bySession[c.session] != c, "connection %d has session %#x, which has another", c.id, uint64(c.session))
			a.note(!a.owns(c), "connection %d has session %#x, which is over or has moved", c.id, uint64(c.session))
		}
	}
	a.note(len(cs.byHost) != len(cs.list), "%d connections are listed, and %d by their numbers", len(cs.byHost),
		len(cs.list))
	a.note(len(cs.bySession) != attached, "%d sessions are listed, and %d connections have one", len(cs.bySession),
		attached)
	a.note(outstanding != cs.outstanding, "%d requests have no answer, and %d are counted", outstanding, cs.outstanding)
	a.note(paused != len(cs.paused) && !slices.ContainsFunc(cs.paused, func(c *conn) bool { return c.phase == phaseGone }),
		"%d connections are not read from, and %d are listed as such", paused, len(cs.paused))
	a.note(paused > 0 && cs.outstanding <= max(0, a.n.config.OutstandingMax),
		"%d connections are not read from, and %d requests have no answer", paused, cs.outstanding)
}

// owns says whether a connection's session is its own.
func (a *audit) owns(c *conn) bool {
	if c.readOnly || a.n.locals[c.session] != nil {
		return true
	}
	s, ok := a.n.state.tree.Session(c.session)
	return ok && s.Owner == a.n.ownerOf(c)
}

// sessions holds: the leader counts for the sessions that there are, and for none longer than its timeout; and no
// session that only this node knows outlives its own.
func (a *audit) sessions() {
	n := a.n
	ids := make(map[int64]int32)
	for _, s := range n.state.tree.Sessions() {
		ids[s.ID] = s.TimeoutMs
	}
	e := &n.expirer
	a.note(e.running && (!n.isLeader() || e.term != n.role.term), "sessions are counted for term %d, in term %d", e.term,
		n.role.term)
	gone, long := 0, 0
	for id, deadline := range e.deadlines { //house:unordered counted only
		timeoutMs, lives := ids[id]
		if !lives {
			gone++
		} else if deadline > n.sessionTicks()+n.ticksOf(timeoutMs) {
			long++
		}
	}
	a.note(gone > 0, "%d sessions are counted for that are over", gone)
	a.note(long > 0, "%d sessions are given longer than their timeouts", long)
	over := 0
	for _, s := range n.locals { //house:unordered counted only
		if !s.upgrading && n.ticks-s.heardAt > n.ticksOf(s.timeoutMs)+touchTicks {
			over++
		}
	}
	a.note(over > 0, "%d local sessions were not heard of for longer than their timeouts", over)
}

// outbox holds: what waits is what comes next of this server's requests, up to the last.
func (a *audit) outbox() {
	o, at := &a.n.outbox, a.n.state.cursorOf(a.n.config.ID)
	next := uint64(1)
	if at.incarnation == o.incarnation {
		next = at.seq + 1
	}
	for _, r := range o.waiting {
		a.note(r.seq != next, "request %d waits in the place of request %d", r.seq, next)
		next = r.seq + 1
	}
	a.note(a.n.serving && next != o.last+1, "%d requests were numbered, and %d are applied or wait", o.last, next-1)
	ago := a.n.host.Clock().Now() - 4*raftTicksPerTick*a.n.tick
	left := 0
	for _, w := range a.n.syncs.waiting {
		if w.gone() && w.conn != nil && w.call.since < ago && w.call.confirmed && w.call.index < a.n.state.index {
			left++
		}
	}
	a.note(left > 0, "%d syncs wait for clients that are gone", left)
	waits := a.n.changing.waiting
	a.note(waits != nil && (a.n.state.next == nil || waits.seq != a.n.state.next.seq),
		"a request waits for a change of the ensemble that is not under way")
}

// leader holds: what only a leader has, only a leader has; it holds on to the oldest snapshot that it sends; and
// what has no answer is sent again.
func (a *audit) leader() {
	n := a.n
	a.note(n.intake.open && !n.isLeader(), "requests are taken, and this server does not lead")
	var oldest uint64
	for i, t := range n.transfers {
		if oldest == 0 || t.index < oldest {
			oldest = t.index
		}
		again := slices.IndexFunc(n.transfers, func(o *transfer) bool { return o.to == t.to }) < i
		a.note(again, "two snapshots are being sent to server %d", t.to)
		a.note(!t.reading && t.offset < t.size && n.ticks-t.sentAt > transferRetryTicks+1,
			"a piece of snapshot %d has no answer from server %d, and is not sent again", t.index, t.to)
	}
	a.note(n.log.Held() != oldest, "snapshot %d is held, and %d is the oldest that is being sent", n.log.Held(), oldest)
}

// snapshots holds: no file of a snapshot lies about that is neither being saved nor being received.
func (a *audit) snapshots() {
	saved, sent := a.n.log.Unfinished(a.n.host.Disk())
	for _, index := range saved {
		a.note(a.n.snapshots.making == nil, "there is half of snapshot %d, and none is being saved", index)
	}
	r := a.n.receiving
	a.note(r != nil && r.state == nil && a.n.ticks-r.cameAt > 3*transferTicks,
		"a snapshot is waited for of which no more pieces come")
	a.note(r != nil && r.state != nil, "a snapshot has come whole, and is kept though it was taken, or is of no use")
	for _, index := range sent {
		a.note(a.n.receiving == nil || a.n.receiving.index != index, "there is a part of snapshot %d, which is not coming",
			index)
	}
}

// state holds: a snapshot of the state is the state, in its head too.
func (a *audit) state() {
	head := a.n.state.appendHead(nil)
	again, _, err := decodeHead(head)
	switch {
	case err != nil:
		a.note(true, "%v", err)
	case again.index != a.n.state.index || again.term != a.n.state.term || again.chain != a.n.state.chain ||
		again.epoch != a.n.state.epoch || again.counter != a.n.state.counter || again.confIndex != a.n.state.confIndex:
		a.note(true, "the head of a snapshot at entry %d would say entry %d", a.n.state.index, again.index)
	case !slices.Equal(again.cursors, a.n.state.cursors):
		a.note(true, "a snapshot would know of requests up to %v, and they are applied up to %v", again.cursors,
			a.n.state.cursors)
	}
}

// watches holds: each is of a connection that is there.
func (a *audit) watches() {
	astray := 0
	a.n.watches.Each(func(_ tree.Watch, watcher uint64) {
		if a.n.conns.byID(watcher) == nil {
			astray++
		}
	})
	a.note(astray > 0, "%d of %d watches are of connections that are gone", astray, a.n.watches.Count())
}

// tree holds: the tree is what its snapshot says, where all is counted and listed anew.
func (a *audit) tree() {
	t, l := a.n.state.tree, tree.NewLoader()
	err := l.Add(t.AppendSnapshot(nil))
	if err != nil {
		a.note(true, "%v", err)
		return
	}
	again, err := l.Tree()
	if err != nil {
		a.note(true, "%v", err)
		return
	}
	a.note(t.Hash() != again.Hash(), "the tree's hash is %x, and counted anew %x", t.Hash(), again.Hash())
	a.note(t.Figures() != again.Figures(), "the tree has %+v, and counted anew %+v", t.Figures(), again.Figures())
	for _, s := range again.Sessions() {
		mine, anew := t.Ephemerals(s.ID), again.Ephemerals(s.ID)
		a.note(!slices.Equal(mine, anew), "session %#x has %d ephemerals, and counted anew %d", uint64(s.ID), len(mine),
			len(anew))
	}
	now := a.n.wallMs()
	due, anew := t.Reapable(now, 0, t.Len()), again.Reapable(now, 0, t.Len())
	a.note(!slices.Equal(due, anew), "%d znodes are due to be removed, and counted anew %d", len(due), len(anew))
}
