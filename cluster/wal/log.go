package wal

import (
	"fmt"
	"slices"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/host"
)

// SegmentBytesDefault is the size at which a segment is followed by the next.
const SegmentBytesDefault = 64 << 20

// Options say how a log is kept. The zero value is useful.
type Options struct {
	SegmentBytes int64     // a new segment is begun when one has this many bytes; 0: SegmentBytesDefault
	Self         host.Addr // the node, for failpoints
}

// Log is one node's log, hard state, snapshots and boot count. It is a raft.Storage.
//
// The node calls it from one event at a time. A done function may call it.
type Log struct {
	memory      memory
	incarnation uint64
	recovery    Recovery

	queue        queue
	segmentBytes int64
	written      state     // what the frames that were handed to the disk add up to
	segments     []segment // on disk, oldest first; the last is written to
	snapshots    []uint64  // indexes of the snapshots on disk, oldest first; the last is the durable one
}

// Recovery says what Open found.
type Recovery struct {
	Segments  int    // that were read
	Entries   int    // in the log
	Boots     uint64 // the incarnation
	Snapshot  uint64 // the newest snapshot's index, 0 for none
	BytesCut  int64  // torn bytes that were cut from the end of the last segment
	CutFile   string // where
	CutOffset int64
	Discarded int // entries that gave way to a snapshot that a crash kept from replacing them
}

// Recovery says what Open found.
func (l *Log) Recovery() Recovery { return l.recovery }

// Empty reports whether the node has nothing: no snapshot, no entry, no vote.
func (l *Log) Empty() bool {
	return l.memory.snapshot == nil && l.memory.last() == 0 && l.memory.hard == (hardState{})
}

// Bootstrap begins the log of a new cluster: a snapshot at index 1 and term 1 without data, whose configuration is the
// voters and the learners, who do not vote. Every node of a new cluster calls it with the same ones, before anything
// else; it panics unless the log is empty. What is called later becomes durable after it.
func (l *Log) Bootstrap(voters, learners []uint64) {
	if !l.Empty() {
		panic("wal: only an empty log can be bootstrapped")
	}
	snapshot := &raftpb.Snapshot{Metadata: &raftpb.SnapshotMetadata{
		Index: new(uint64(1)), Term: new(uint64(1)),
		ConfState: &raftpb.ConfState{Voters: slices.Clone(voters), Learners: slices.Clone(learners)},
	}}
	l.adopt(snapshot)
	l.queue.add(&task{stages: func() []stage {
		l.written.last, l.written.lastTerm = 1, 1
		return l.snapshotStages(snapshot)
	}})
}

// adopt makes a snapshot from elsewhere the beginning of the log in memory.
func (l *Log) adopt(snapshot *raftpb.Snapshot) {
	index, term := snapshot.GetMetadata().GetIndex(), snapshot.GetMetadata().GetTerm()
	l.memory.reset(index, term)
	l.memory.snapshot = snapshot
	l.memory.hard = l.memory.hard.raised(index, term)
}

// Incarnation is how often the node has booted, as of the last call of Begin.
func (l *Log) Incarnation() uint64 { return l.incarnation }

// Begin counts a boot. The node must not use the new incarnation before done.
func (l *Log) Begin(done func(error)) {
	l.incarnation++
	l.write(done, bootRecord(l.incarnation))
}

// Append takes the entries and hard state of raft's append message, entries over what the log had at their indexes
// and behind. A nil hs is unchanged. done is called when all is durable; with nothing to write it is still called, as
// an event, in its turn. The log keeps the entries and does not change them.
func (l *Log) Append(hs *raftpb.HardState, entries []*raftpb.Entry, done func(error)) {
	if r, ok := l.change(hs, entries); ok {
		l.write(done, r)
		return
	}
	l.write(done)
}

// change applies to memory, and returns the record that says so if there is anything to say.
func (l *Log) change(hs *raftpb.HardState, entries []*raftpb.Entry) (record, bool) {
	mustSync := len(entries) > 0
	var hard *hardState
	if hs != nil {
		before, after := l.memory.hard, fromHardState(hs)
		l.memory.hard, hard = after, &after
		mustSync = mustSync || before.term != after.term || before.vote != after.vote
		if before == after {
			hard = nil
		}
		failpoint.Inject("bugVoteNotPersisted", func(_ failpoint.Value) {
			if before.commit == after.commit {
				hard = nil
			}
		})
	}
	if err := l.memory.append(entries); err != nil {
		panic("wal: " + err.Error())
	}
	if hard == nil && len(entries) == 0 {
		return record{}, false
	}
	return appendRecord(hard, entries, mustSync), true
}

// write queues records. They join what is waiting already.
func (l *Log) write(done func(error), records ...record) {
	if t := l.queue.tail(); t != nil {
		t.records = append(t.records, records...)
		t.dones = append(t.dones, done)
		return
	}
	t := &task{joins: true, records: records, dones: []func(error){done}}
	t.stages = func() []stage { return l.appendStages(t.records, false) }
	l.queue.add(t)
}

// Install takes a snapshot from the leader, in place of the whole log, and what its append message has besides. The
// log on disk is given up only once the snapshot is durable. done is called when all is durable. The caller gives
// the snapshot away.
func (l *Log) Install(snapshot *raftpb.Snapshot, hs *raftpb.HardState, entries []*raftpb.Entry, done func(error)) {
	index, term := snapshot.GetMetadata().GetIndex(), snapshot.GetMetadata().GetTerm()
	if index <= l.memory.snapshot.GetMetadata().GetIndex() {
		panic(fmt.Sprintf("wal: snapshot %d is not newer than the one at %d", index,
			l.memory.snapshot.GetMetadata().GetIndex()))
	}
	l.adopt(snapshot)
	var records []record
	if r, ok := l.change(hs, entries); ok {
		records = append(records, r)
	}
	l.queue.add(&task{dones: []func(error){done}, stages: func() []stage {
		stages := l.snapshotStages(snapshot)
		l.written.last, l.written.lastTerm = index, term
		l.written.hard = l.written.hard.raised(index, term)
		old := len(l.segments)
		stages = append(stages, l.appendStages(records, true)...)
		return append(stages, l.removeStage(old, index))
	}})
}

// Save keeps a snapshot that the node took itself. It becomes Snapshot() when it is durable, and then done is called;
// the log stays as it is until Compact. The caller gives the snapshot away.
func (l *Log) Save(snapshot *raftpb.Snapshot, done func(error)) {
	index := snapshot.GetMetadata().GetIndex()
	if index > l.memory.last() {
		panic(fmt.Sprintf("wal: snapshot %d is ahead of the log, which ends at %d", index, l.memory.last()))
	}
	l.queue.add(&task{dones: []func(error){done}, stages: func() []stage {
		if index <= l.durable() {
			return []stage{{job: host.Job{}}}
		}
		return l.snapshotStages(snapshot)
	}})
}

// durable is the index of the newest snapshot on disk, 0 for none.
func (l *Log) durable() uint64 {
	if len(l.snapshots) == 0 {
		return 0
	}
	return l.snapshots[len(l.snapshots)-1]
}

// Compact forgets the entries that the durable snapshot holds, but for the last keep of them, which spare a follower
// that is a little behind a whole snapshot. Segments that hold nothing else, and older snapshots, go from the disk.
func (l *Log) Compact(keep uint64) {
	durable := l.durable()
	if durable > keep {
		l.memory.compact(min(durable-keep, l.memory.last()))
	}
	l.queue.add(&task{stages: func() []stage {
		n := l.dead()
		if n == 0 && len(l.snapshots) <= 1 {
			return []stage{{job: host.Job{}}}
		}
		return []stage{l.removeStage(n, l.durable())}
	}})
}

// dead is how many of the oldest segments hold nothing that is needed.
func (l *Log) dead() int {
	n := 0
	for n < len(l.segments)-1 && l.segments[n].top <= min(l.memory.base, l.durable()) {
		n++
	}
	for n > 0 && !mayBegin(l.segments[n:]) {
		n--
	}
	return n
}
