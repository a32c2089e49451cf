package cluster

import "go.etcd.io/raft/v3/raftpb"

// told is what this node last told a leader of its log: that it has what the leader has, up to an entry.
type told struct {
	to, term, index uint64
	at              uint64 // tick
}

// toldBefore reports whether an answer to an append says what the answer before it said. Every other append of a leader
// that is asked for one thing at a time has nothing but the commit index, and the leader learns nothing from the
// answer. It is held back as if it had been lost, for a tick at most: what the leader asks after a heartbeat that
// showed it that an answer was lost is answered.
func (n *Node) toldBefore(m *raftpb.Message) bool {
	if m.GetType() != raftpb.MsgAppResp {
		return false
	}
	if m.GetReject() {
		n.told = told{} // the leader goes back, and wants to hear how far it is to
		return false
	}
	now := told{to: m.GetTo(), term: m.GetTerm(), index: m.GetIndex(), at: n.ticks}
	if now == n.told {
		return true
	}
	n.told = now
	return false
}
