package wal

import (
	"github.com/pingcap/failpoint"

	"ordeal/host"
)

// What only the planted bugs of the disk need stands here, apart from what serves. As in package cluster, functions
// whose names begin with bend change nothing in a plain build and while their bug is not switched on.

// planted is the state of the planted bugs. In a plain build it stays zero.
type planted struct {
	ackEarly bool // bugAckBeforeSync was switched on when the log was opened
}

// begin is called when a log is opened.
func (p *planted) begin() {
	failpoint.Inject("bugAckBeforeSync", func(_ failpoint.Value) { p.ackEarly = true })
}

// bendStages are the stages of a write and its sync for bugAckBeforeSync: what is written is acknowledged, and synced
// then.
func (l *Log) bendStages(write, sync host.Job) []stage {
	return []stage{
		{mark: beforeWrite, job: write, then: func() { l.queue.running.acknowledge(nil) }},
		{mark: beforeSync, job: sync},
		{mark: afterSync},
	}
}

// bendBegun is called when a snapshot begins: bugSnapshotInPlace writes it where it will be looked for, whole or not;
// bugLogRemovedFirst removes the segments that it replaces before it is there.
func (s *Saving) bendBegun() {
	failpoint.Inject("bugSnapshotInPlace", func(_ failpoint.Value) { s.name = fileName(s.index, snapshotSuffix) })
	failpoint.Inject("bugLogRemovedFirst", func(_ failpoint.Value) {
		l, index := s.log, s.index
		l.queue.add(&task{stages: func() []stage { return []stage{l.removeStage(l.below(index), 0)} }})
	})
}

// below is how many of the oldest segments hold nothing behind index.
func (l *Log) below(index uint64) (n int) {
	for n < len(l.segments)-1 && l.segments[n].top <= index {
		n++
	}
	return n
}
