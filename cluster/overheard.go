package cluster

import (
	"fmt"

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
	// Acked is the entry up to which From tells To that it has the log; 0 for none.
	Acked uint64
	// Read is what the message says of how far a read must see, in words; "" for nothing.
	Read string
}

// Overhear reads a message between nodes as far as it is of interest to a listener; ok is false for all others. What
// was heard is what was sent: whether the node takes it is another matter.
func Overhear(payload []byte) (o Overheard, ok bool) {
	payload, ok = sound(payload)
	if ok && peerKind(payload[0]) != peerRaft {
		o.Read = overhearRead(payload)
		return o, o.Read != ""
	}
	if !ok {
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
	if m.GetType() == raftpb.MsgAppResp && !m.GetReject() {
		o.Acked = m.GetIndex()
	}
	return o, o.Vote || o.Snapshot > 0 || o.Acked > 0
}

// overhearRead is what a message about how far reads must see says; see reads.go.
func overhearRead(payload []byte) string {
	r := reader{b: payload[1:]}
	switch peerKind(payload[0]) {
	case peerQuestion:
		server, _, term, number := r.uvarint(), r.uvarint(), r.uvarint(), r.uvarint()
		return fmt.Sprintf("asks the leader of term %d how far question %d of n%d must see", term, number, server)
	case peerAskTerm:
		_, term, round := r.uvarint(), r.uvarint(), r.uvarint()
		return fmt.Sprintf("asks for round %d whether a term later than %d is known", round, term)
	case peerTerm:
		_, term, round := r.uvarint(), r.uvarint(), r.uvarint()
		return fmt.Sprintf("confirms for round %d that it knows of no term later than %d", round, term)
	case peerReadAt:
		_, number, index := r.uvarint(), r.uvarint(), r.uvarint()
		return fmt.Sprintf("answers that question %d must see entry %d", number, index)
	}
	return ""
}
