package wal

import "go.etcd.io/raft/v3/raftpb"

// Restore begins a log with a snapshot from a backup, and with a number of boots behind it: the next is incarnation +
// 1. It panics unless the log is empty. done is called when all is durable.
func (l *Log) Restore(snapshot *raftpb.Snapshot, incarnation uint64, done func(error)) {
	if !l.Empty() || l.incarnation > 0 {
		panic("wal: only an empty log can be restored into")
	}
	index, term := snapshot.GetMetadata().GetIndex(), snapshot.GetMetadata().GetTerm()
	l.adopt(snapshot.GetMetadata())
	l.incarnation = incarnation
	l.queue.add(&task{dones: []func(error){done}, stages: func() []stage {
		stages := l.wholeStages(snapshot)
		l.written.last, l.written.lastTerm, l.written.incarnation = index, term, incarnation
		l.written.hard = l.written.hard.raised(index, term)
		return append(stages, l.appendStages(nil, true, new(room))...)
	}})
}
