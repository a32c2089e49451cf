package cluster

import (
	"go.etcd.io/raft/v3"

	"ordeal/cluster/tree"
)

// Status is what a node says of itself: for operators, and for whoever wants to know whether the ensemble is sound.
type Status struct {
	ID      uint64
	Serving bool
	// Observing says that this node never votes.
	Observing bool
	// Leading says that this node believes itself the leader of Term; Leader is whom it believes, 0 for none.
	Leading      bool
	Term, Leader uint64
	// LastIndex is the newest entry in the log, Applied and AppliedTerm the newest that was applied.
	LastIndex, Applied, AppliedTerm uint64
	// Zxid is the newest transaction, and StateHash a hash over everything that the log decided: equal on two nodes
	// with equal Applied.
	Zxid      int64
	StateHash uint64
	// LogHash is a hash over every entry up to Applied: equal on two nodes exactly if their logs are equal so far.
	LogHash uint64
	// SessionsEnded counts the sessions that ended, closed or expired. ExpiryTerm and ExpiredInTerm belong to the last
	// one that expired in this boot: the term of the leader that decided it, and the term of its entry.
	SessionsEnded             uint64
	ExpiryTerm, ExpiredInTerm uint64
	// Sessions counts the sessions there are.
	Sessions int
	// Connections counts the clients here, Waiting the requests that have not been applied.
	Connections, Waiting int
	// Doing is what this node is in the midst of, Deeds what it has done in this boot that it does not do every day.
	Doing Doing
	Deeds Deeds
	// DeedsDone is how many of these there were, what was done twice counted twice; see Node.DeedCount. Segments is how
	// many files of its log it has begun in this boot.
	DeedsDone, Segments uint64
}

// Status is the node's present state. It is cheap: numbers are copied, nothing is computed anew.
func (n *Node) Status() Status {
	last, _ := n.log.LastIndex()
	return Status{
		ID: n.config.ID, Serving: n.serving, Observing: n.observing(),
		Leading: n.isLeader(), Term: n.role.term, Leader: n.role.leader,
		LastIndex: last, Applied: n.state.index, AppliedTerm: n.state.term,
		Zxid: n.state.tree.Zxid(), StateHash: n.state.hash(), LogHash: n.state.chain,
		SessionsEnded: n.state.tree.SessionsEnded(), Sessions: n.state.tree.SessionCount(),
		ExpiryTerm: n.lastExpiry.decidedIn, ExpiredInTerm: n.lastExpiry.appliedIn,
		Connections: len(n.conns.list), Waiting: len(n.outbox.waiting),
		Doing: n.doing(), Deeds: n.deeds, DeedsDone: n.deedsDone, Segments: n.log.SegmentsBegun(),
	}
}

// Post is what a node is to its ensemble.
type Post uint8

// The posts.
const (
	Follows Post = iota
	Leads
	Stands // for leader, or asks whether it would be elected
	Observes
)

// Post is the node's present one, by its own belief: that part of its status which a picture of the ensemble wants
// after every event.
func (n *Node) Post() Post {
	switch n.role.state {
	case raft.StateLeader:
		return Leads
	case raft.StatePreCandidate, raft.StateCandidate:
		return Stands
	}
	if n.observing() {
		return Observes
	}
	return Follows
}

// Says reports whether Status would still be s. It is for whoever asks after every event: most change nothing of it.
func (n *Node) Says(s *Status) bool {
	last, _ := n.log.LastIndex()
	t := n.state.tree
	return s.Applied == n.state.index && s.LastIndex == last && s.Waiting == len(n.outbox.waiting) &&
		s.Connections == len(n.conns.list) && s.Zxid == t.Zxid() && s.Term == n.role.term && s.Leader == n.role.leader &&
		s.Doing == n.doing() && s.DeedsDone == n.deedsDone && s.Deeds == n.deeds && s.Segments == n.log.SegmentsBegun() &&
		s.Serving == n.serving && s.Leading == n.isLeader() && s.AppliedTerm == n.state.term &&
		s.LogHash == n.state.chain && s.StateHash == n.state.hash() && s.Sessions == t.SessionCount() &&
		s.SessionsEnded == t.SessionsEnded() && s.ExpiryTerm == n.lastExpiry.decidedIn &&
		s.ExpiredInTerm == n.lastExpiry.appliedIn && s.Observing == n.observing() && s.ID == n.config.ID
}

// Tree is the node's tree, to be read only, and only between two calls of the node.
func (n *Node) Tree() *tree.Tree { return n.state.tree }

// TermAt is the term of an entry in the node's log, if the log still has it.
func (n *Node) TermAt(index uint64) (uint64, bool) {
	term, err := n.log.Term(index)
	return term, err == nil
}
