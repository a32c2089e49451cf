package wal

import (
	"slices"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/host"
)

// segmentBytesDefault is the size at which a segment is followed by the next.
const segmentBytesDefault = 64 << 20

// Options say how a log is kept. The zero value is useful.
type Options struct {
	SegmentBytes int64     // a new segment is begun when one has this many bytes; 0: 64 MiB
	ReadBytes    int       // how much of a snapshot is read at a time; 0: 128 KiB
	Self         host.Addr // the node, for failpoints
}

// Log is one node's log, hard state, snapshots and boot count. It is a raft.Storage.
//
// The node calls it from one event at a time. A done function may call it.
type Log struct {
	memory memory
	// commitBehind says that the disk is not told of the commit index yet; see Advance.
	commitBehind bool
	planted      planted
	incarnation  uint64
	recovery     Recovery

	queue        queue
	rooms        rooms
	frames       []byte // the memory of what a task appends: one is at the disk at a time
	pieces       []byte // that of a snapshot's piece, while none is on its way
	segmentBytes int64
	readBytes    int
	written      state     // what the frames that were handed to the disk add up to
	segments     []segment // on disk, oldest first; the last is written to
	begun        uint64    // segments, since Open
	snapshots    []uint64  // indexes of the snapshots on disk, oldest first; the last is the durable one
	// snapshotBytes is how large the durable one's file is.
	snapshotBytes int64
	// held is the index of the oldest snapshot that is being sent, 0 for none; see Hold.
	held uint64
	// swept is the snapshot for which all older ones were last removed, and left how many segments the last Compact should
	// have removed and did not.
	swept uint64
	// dropping is how many files of snapshots that were given up the disk has yet to remove.
	dropping int
	left     int
	// keep is how many entries behind the snapshot the last Compact was to keep.
	keep uint64
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
	Leftovers int // files of snapshots that a crash kept from being finished
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
	meta := &raftpb.SnapshotMetadata{
		Index: new(uint64(1)), Term: new(uint64(1)),
		ConfState: &raftpb.ConfState{Voters: slices.Clone(voters), Learners: slices.Clone(learners)},
	}
	l.adopt(meta)
	l.queue.add(&task{stages: func() []stage {
		l.written.last, l.written.lastTerm = 1, 1
		return l.wholeStages(&raftpb.Snapshot{Metadata: meta})
	}})
}

// wholeStages write a snapshot that is there as a whole.
func (l *Log) wholeStages(snapshot *raftpb.Snapshot) []stage {
	meta := snapshot.GetMetadata()
	h := half{log: l, index: meta.GetIndex(), name: fileName(meta.GetIndex(), halfSuffix)}
	job, size := host.Job{host.Remove(h.name)}, 0
	for _, frame := range encodeSnapshot(snapshot) {
		job, size = append(job, host.Append(h.name, frame)), size+len(frame)
	}
	return append([]stage{{job: append(job, host.Sync(h.name))}}, h.place(meta, int64(size))...)
}

// adopt makes a snapshot from elsewhere the beginning of the log in memory.
func (l *Log) adopt(meta *raftpb.SnapshotMetadata) {
	index, term := meta.GetIndex(), meta.GetTerm()
	l.memory.reset(index, term)
	l.memory.snapshot = &raftpb.Snapshot{Metadata: meta}
	l.memory.hard = l.memory.hard.raised(index, term)
}

// Incarnation is how often the node has booted, as of the last call of Begin.
func (l *Log) Incarnation() uint64 { return l.incarnation }

// Begin counts a boot. The node must not use the new incarnation before done.
func (l *Log) Begin(done func(error)) {
	l.incarnation++
	r := bootRecord(l.incarnation)
	l.write(done, &r)
}

// Append takes the entries and hard state of raft's append message, entries over what the log had at their indexes
// and behind. A nil hs is unchanged. done is called when all is durable, but for the commit index (see Advance); with
// nothing to write it is still called, as an event, in its turn. The log keeps the entries and does not change them.
func (l *Log) Append(hs *raftpb.HardState, entries []*raftpb.Entry, done func(error)) {
	if r, ok := l.change(hs, entries); ok {
		l.write(done, &r)
		return
	}
	l.write(done, nil)
}

// change applies to memory, and returns the record that says so if there is anything to say.
func (l *Log) change(hs *raftpb.HardState, entries []*raftpb.Entry) (record, bool) {
	mustSync := len(entries) > 0
	var hard *hardState
	if hs != nil {
		before, after := l.memory.hard, fromHardState(hs)
		l.memory.hard, hard = after, &after
		mustSync = mustSync || !after.votesAs(before)
		if mustSync && len(entries) == 0 {
			failpoint.Inject("bugVoteUnsynced", func(_ failpoint.Value) { mustSync = false })
		}
		if after.votesAs(before) {
			hard, l.commitBehind = nil, l.commitBehind || before.commit != after.commit
		}
		if before.commit == after.commit {
			failpoint.Inject("bugVoteNotPersisted", func(_ failpoint.Value) { hard = nil })
		}
	}
	if err := l.memory.append(entries); err != nil {
		panic("wal: " + err.Error())
	}
	if hard == nil && len(entries) == 0 {
		return record{}, false
	}
	if hard == nil && l.commitBehind {
		hard = &l.memory.hard
	}
	if hard != nil {
		l.commitBehind = false
	}
	return appendRecord(l.rooms.take(), hard, entries, mustSync), true
}

// write queues a record, or nothing if that is nil. It joins what is waiting already.
func (l *Log) write(done func(error), r *record) {
	t := l.queue.tail()
	joined := t != nil
	if !joined {
		t = l.appendTask()
	}
	if r != nil {
		t.records = append(t.records, *r)
	}
	t.dones = append(t.dones, done)
	if !joined {
		l.queue.add(t)
	}
}

// appendTask is a task that appends nothing yet: the last one that is done with, if there is one.
func (l *Log) appendTask() *task {
	t := l.queue.spare
	if l.queue.spare = nil; t == nil {
		t = &task{joins: true}
		t.stages = func() []stage { return l.appendStages(t.records, false, &t.room) }
	}
	t.records, t.dones = t.room.records[:0], t.room.dones[:0]
	return t
}

// durable is the index of the newest snapshot on disk, 0 for none.
func (l *Log) durable() uint64 {
	if len(l.snapshots) == 0 {
		return 0
	}
	return l.snapshots[len(l.snapshots)-1]
}

// Hold keeps Compact from what a node needs that is being sent a snapshot: the file of that, and the entries behind it.
// index is that of the oldest that is being sent, 0 for none.
func (l *Log) Hold(index uint64) { l.held = index }

// Held is what Hold was last told.
func (l *Log) Held() uint64 { return l.held }

// HeldIsGone says that the file of the snapshot that is to stay has been given up.
func (l *Log) HeldIsGone() bool { return l.held > 0 && !slices.Contains(l.snapshots, l.held) }

// Compact forgets the entries that the durable snapshot holds, but for the last keep of them, which spare a follower
// that is a little behind a whole snapshot; and for as few as keep no more than keepBytes of data, 0 for any number.
// Segments that hold nothing else, and older snapshots, go from the disk.
func (l *Log) Compact(keep uint64, keepBytes int64) {
	durable := l.durable()
	l.keep = keep
	if l.held == 0 {
		l.swept = durable
	}
	top := min(durable, l.memory.last())
	low := min(durable-min(keep, durable), top)
	if keepBytes > 0 {
		low = l.memory.behind(low, top, keepBytes)
	}
	l.memory.compact(l.unheld(low))
	l.queue.add(&task{stages: func() []stage {
		n := l.dead()
		failpoint.Inject("bugSegmentsStay", func(_ failpoint.Value) { n = 0 })
		stages := []stage{{job: host.Job{}}}
		if n > 0 || len(l.snapshots) > 1 {
			stages[0] = l.removeStage(n, l.unheld(l.durable()))
		}
		l.left = l.dead()
		return stages
	}})
}

// unheld is index, or what is held if that is lower.
func (l *Log) unheld(index uint64) uint64 {
	failpoint.Inject("bugHeldRemoved", func(_ failpoint.Value) { failpoint.Return(index) })
	if l.held > 0 {
		return min(index, l.held)
	}
	return index
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
