package wal

import (
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

var _ raft.Storage = (*Log)(nil)

// InitialState is part of raft.Storage. The configuration is the newest snapshot's: changes of it that are in the log
// are applied again. What a snapshot holds counts as committed, even when the hard state on disk is older.
func (l *Log) InitialState() (*raftpb.HardState, *raftpb.ConfState, error) {
	return l.memory.hard.message(), l.memory.confState(), nil
}

// ConfState is the configuration that InitialState has, to be read only; nil for none.
func (l *Log) ConfState() *raftpb.ConfState { return l.memory.snapshot.GetMetadata().GetConfState() }

// Entries is part of raft.Storage. The entries are shared, the slice is the caller's.
func (l *Log) Entries(low, high, bytesMax uint64) ([]*raftpb.Entry, error) {
	return l.memory.slice(low, high, bytesMax)
}

// Term is part of raft.Storage.
func (l *Log) Term(index uint64) (uint64, error) { return l.memory.term(index) }

// FirstIndex is part of raft.Storage.
func (l *Log) FirstIndex() (uint64, error) { return l.memory.base + 1, nil }

// LastIndex is part of raft.Storage.
func (l *Log) LastIndex() (uint64, error) { return l.memory.last(), nil }

// Snapshot is part of raft.Storage. It has no data: that is on the disk, see ReadSnapshot.
func (l *Log) Snapshot() (*raftpb.Snapshot, error) {
	s := l.memory.snapshot
	if s == nil {
		return &raftpb.Snapshot{Metadata: &raftpb.SnapshotMetadata{ConfState: &raftpb.ConfState{}}}, nil
	}
	return &raftpb.Snapshot{Metadata: proto.Clone(s.Metadata).(*raftpb.SnapshotMetadata)}, nil
}
