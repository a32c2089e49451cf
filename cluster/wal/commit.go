package wal

import "go.etcd.io/raft/v3/raftpb"

// How far the log is committed need not be durable: raft finds it out again, and so it is not synced. Nor is it worth a
// write of its own: the disk learns of it with the next record, which a log that is in use writes soon. One that is not
// is told to write it, since a node that boots alone can go by nothing else.

// Advance takes over a hard state that raises the commit index at most (nil: not even that), if everything that the log
// was asked for is durable. It reports false if it has not done so: Append is to have it, in its turn.
func (l *Log) Advance(hs *raftpb.HardState) bool {
	if !l.queue.idle() {
		return false
	}
	if hs == nil {
		return true
	}
	before, after := l.memory.hard, fromHardState(hs)
	if !after.votesAs(before) {
		return false
	}
	l.memory.hard, l.commitBehind = after, l.commitBehind || before.commit != after.commit
	return true
}

// WriteCommit tells the disk of the commit index, if it is behind. done is called when it is written, not when it is
// durable; at once if it was written before.
func (l *Log) WriteCommit(done func(error)) {
	if !l.commitBehind {
		done(nil)
		return
	}
	l.commitBehind = false
	r := appendRecord(l.rooms.take(), &l.memory.hard, nil, false)
	l.write(done, &r)
}
