package cluster

import (
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/raftwire"
)

// Overheard is what a message between nodes says to one who listens on the network.
type Overheard struct {
	// From and To are the numbers of the nodes, Term the sender's.
	From, To, Term uint64
	// Vote says that From gives To its vote for Term.
	Vote bool
	// Snapshot is the index of the snapshot that From sends To in place of the log; 0 for none.
	Snapshot uint64
}

// Overhear reads a message between nodes as far as it is of interest to a listener; ok is false for all others. What
// was heard is what was sent: whether the node takes it is another matter.
func Overhear(payload []byte) (o Overheard, ok bool) {
	payload, ok = sound(payload)
	if !ok || peerKind(payload[0]) != peerRaft {
		return Overheard{}, false
	}
	m, err := raftwire.DecodeMessage(payload[1:])
	if err != nil {
		return Overheard{}, false
	}
	o = Overheard{From: m.GetFrom(), To: m.GetTo(), Term: m.GetTerm()}
	o.Vote = m.GetType() == raftpb.MsgVoteResp && !m.GetReject()
	if m.GetType() == raftpb.MsgSnap {
		o.Snapshot = m.GetSnapshot().GetMetadata().GetIndex()
	}
	return o, o.Vote || o.Snapshot > 0
}
