package cluster

import "slices"

// ensemble holds: the members are those of the state, and a server that is none of them has no clients.
func (a *audit) ensemble() {
	n := a.n
	a.note(!slices.Equal(n.members, n.membersOfState()), "the members are taken for %v, and the state says %v",
		n.members.ids(), n.membersOfState().ids())
	foreign := 0
	for _, id := range n.state.conf.GetLearners() {
		if _, stays := n.members.find(id); !stays {
			foreign++
		}
	}
	settled := n.ticks - max(n.changing.since, n.termSince)
	a.note(foreign > 0 && n.isLeader() && n.state.next == nil && settled > learnersTicks,
		"%d servers that are not in the ensemble are sent the log", foreign)
	clients := n.Clients()
	a.note(clients > 0 && !n.member(), "%d clients are at a server that was taken out of the ensemble", clients)
}

// learnersTicks is how long servers that were taken out, or came to nothing, may be sent the log, however slow disks
// are.
const learnersTicks = forgetTicks + 20*raftTicksPerTick

// late holds: what has a bound in this node's ticks does not go on for longer.
func (a *audit) late() {
	n := a.n
	strangers, upgraded, reads, rounds, readers, kept, heard := 0, 0, 0, 0, 0, 0, 0
	for _, c := range n.conns.list {
		if c.readOnly && n.role.leader != 0 {
			readers++
		}
		if c.phase == phaseNew && n.ticks-c.sinceTick > strangerTicks+raftTicksPerTick {
			strangers++
		}
		if c.phase == phaseAttached && c.heard && n.ticks-c.heardAt > touchTicks {
			heard++
		}
	}
	a.note(heard > 0, "%d connections count as heard of, and nothing came from them for %d ticks", heard, touchTicks)
	a.note(readers > 0, "%d clients make do with reads, and there is a leader", readers)
	a.note(strangers > 0, "%d connections have sent no handshake for too long", strangers)
	for _, s := range n.locals { //house:unordered counted only
		if _, global := n.state.tree.Session(s.id); global {
			upgraded++
		}
		if s.readOnly && n.role.leader != 0 {
			kept++
		}
	}
	a.note(kept > 0, "%d sessions of who made do with reads are kept, and there is a leader", kept)
	a.locals()
	a.note(upgraded > 0, "%d sessions are the ensemble's, and kept as this server's alone", upgraded)
	for _, r := range n.awaiting.reads {
		if !r.over() && n.ticks > r.due {
			reads++
		}
	}
	a.note(reads > 0, "%d reads wait for the disk for too long", reads)
	for _, r := range n.rounds.waiting {
		if n.ticks-r.at > syncRetryTicks+1 {
			rounds++
		}
	}
	a.note(rounds > 0, "%d questions of how far to read are kept that are asked again by now", rounds)
	a.note(len(n.rounds.waiting) > 0 && !n.isLeader(), "questions of how far to read wait, and this server does not lead")
}

// savingTicks is how long a piece of a snapshot may be on its way to the disk, however slow that is.
const savingTicks = 20 * raftTicksPerTick

// saved holds: a snapshot is begun when enough was applied, and goes on. What became enough while the one before was
// being saved waits for the next entry.
func (a *audit) saved() {
	n := a.n
	since := n.state.index - n.snapshots.index
	a.note(n.snapshots.making == nil && since > n.config.SnapshotEvery && n.state.index > n.snapshots.doneAt,
		"%d entries were applied since the newest snapshot, and none is being saved", since)
	if m := n.snapshots.making; m != nil {
		a.note(n.ticks-m.movedAt > savingTicks, "a snapshot is being saved, and gets nowhere")
	}
}

// locals holds: what a connection has heard counts for its local session, unless it has yet to be looked at.
func (a *audit) locals() {
	unheard := 0
	for _, s := range a.n.locals { //house:unordered counted only
		if c := a.n.conns.attached(s.id); c != nil && !s.upgrading && !c.heard && c.heardAt > s.heardAt {
			unheard++
		}
	}
	a.note(unheard > 0, "%d sessions that only this server knows count as silent, and were heard of", unheard)
}
