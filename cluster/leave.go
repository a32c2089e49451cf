package cluster

import (
	"slices"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/tracker"
)

// leaving is what a node knows of its own end, when that is in good order.
type leaving struct {
	// done is called when another leads, or when it is too late for that; nil for a node that stays.
	done       func()
	until      uint64 // tick
	transferee uint64 // the voter that is to lead; 0 while no other has all that this node has
}

// leaveTicks is how long the end waits for another leader. Raft gives a transfer up after a TickTime.
const leaveTicks = raftTicksPerTick

// Leave implements host.Leaver. A leader hands over to a server that has all that it has, so the others need not find
// out by silence that it is gone.
func (n *Node) Leave(done func()) {
	done = n.afterCommit(done)
	if !n.serving || !n.isLeader() || !n.accompanied() {
		done()
		return
	}
	n.leaving = leaving{done: done, until: n.ticks + leaveTicks}
	n.tickLeaving()
	n.pump()
}

// afterCommit calls done when the disk knows how far the log is committed: who starts this server alone sees all of
// that.
func (n *Node) afterCommit(done func()) func() {
	return func() {
		n.log.WriteCommit(func(err error) {
			n.mustPersist(err)
			done()
		})
	}
}

// accompanied reports whether another voter was heard from lately: it can lead, or will when it has caught up.
func (n *Node) accompanied() bool {
	return slices.ContainsFunc(n.members, func(m Member) bool {
		return !m.Observer && m.ID != n.config.ID && n.heardOf(m.ID)
	})
}

// handOver begins to hand over, when there is a voter to hand over to.
func (n *Node) handOver() {
	if n.leaving.transferee = n.transferee(func(uint64) bool { return true }); n.leaving.transferee != 0 {
		n.host.Log().Info("leadership is handed over", "to", n.leaving.transferee)
		n.raft.TransferLeader(n.leaving.transferee)
	}
}

// transferee is the voter that is furthest with the log among those that answer and may lead; 0 if there is none, or if
// this node does not lead.
func (n *Node) transferee(may func(id uint64) bool) uint64 {
	if !n.serving || !n.isLeader() {
		return 0
	}
	var transferee, match uint64
	n.raft.WithProgress(func(id uint64, kind raft.ProgressType, p tracker.Progress) {
		able := kind == raft.ProgressTypePeer && n.heardOf(id) && p.State == tracker.StateReplicate
		if able && id != n.config.ID && p.Match > match && may(id) {
			transferee, match = id, p.Match
		}
	})
	return transferee
}

// tickLeaving waits for another leader, and not for ever.
func (n *Node) tickLeaving() {
	done := n.leaving.done
	if done == nil {
		return
	}
	another := n.role.leader != 0 && n.role.leader != n.config.ID
	switch {
	case another || n.ticks >= n.leaving.until:
		n.leaving = leaving{}
		done()
	case n.leaving.transferee == 0:
		n.handOver()
	}
}
