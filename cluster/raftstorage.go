package cluster

import (
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/wal"
)

// raftStorage is the log as raft reads it. A server that joins must learn who is in the ensemble, and what a snapshot
// from before the last change says of that would not name it.
type raftStorage struct {
	*wal.Log
	n *Node
}

// Snapshot is part of raft.Storage.
func (s raftStorage) Snapshot() (*raftpb.Snapshot, error) {
	snap, err := s.Log.Snapshot()
	if err == nil && snap.GetMetadata().GetIndex() < s.n.state.confIndex {
		return nil, raft.ErrSnapshotTemporarilyUnavailable
	}
	return snap, err
}

// founders reports whether a message to a server would go on from the founding of the ensemble, although the ensemble
// was changed since. A server that joined has a founding of its own on its disk, with other members than this one's,
// and must not go on from it: a snapshot has to replace it.
func (n *Node) founders(m *raftpb.Message) bool {
	return n.state.conf != nil && m.GetType() == raftpb.MsgApp && m.GetIndex() == 1
}

// refuseForIt answers such a message in its receiver's name: it has nothing at all.
func (n *Node) refuseForIt(m *raftpb.Message) {
	kind, reject, none := raftpb.MsgAppResp, true, uint64(0)
	n.step(&raftpb.Message{
		Type: &kind, From: m.To, To: m.From, Term: m.Term, Index: m.Index, Reject: &reject, RejectHint: &none,
	})
}
