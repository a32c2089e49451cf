package cluster

import (
	"slices"

	"go.etcd.io/raft/v3/raftpb"
)

// An observer is a learner of raft's: it gets the log as the others do, forwards its clients' writes, and asks the
// leader about syncs. What raft does not do for it is to notice that its leader is gone: a learner never stands for
// election, so raft lets it believe in the last leader for ever. Its clients would hang on a server that learns nothing
// new. So an observer counts itself, as a follower would, and has no leader while that one is silent.

// silentMax is for how many ticks a leader may be silent.
const silentMax = 2 * raftTicksPerTick

// observing reports whether this node does not vote: it is an observer, or has not caught up yet, or was taken out.
func (n *Node) observing() bool {
	if conf := n.state.conf; conf != nil {
		return !slices.Contains(conf.GetVoters(), n.config.ID) && !slices.Contains(conf.GetVotersOutgoing(), n.config.ID)
	}
	// Not by n.members: who is to become what they are not yet is among those while a change is under way.
	m, _ := members(n.config.Members).find(n.config.ID)
	return m.Observer
}

// hear notes that a message of the leader's came in.
func (n *Node) hear(m *raftpb.Message) {
	n.neighbours.heard(m.GetFrom(), n.ticks)
	if m.GetFrom() != n.role.named || m.GetTerm() != n.role.term {
		return
	}
	n.role.heardAt = n.ticks
	if n.role.leader == 0 {
		n.role.leader = n.role.named
		n.endReadOnly()
	}
}

// tickObserver gives up a leader that is silent.
func (n *Node) tickObserver() {
	if n.role.leader == 0 || !n.observing() || n.ticks-n.role.heardAt < silentMax {
		return
	}
	n.did(LostLeader)
	n.role.leader, n.role.leaderlessSince = 0, n.ticks
	n.host.Log().Info("the leader is silent", "leader", n.role.named)
}
