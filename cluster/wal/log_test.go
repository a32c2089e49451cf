package wal

import (
	"errors"
	"math/rand/v2"
	"testing"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

func testDisk() *crashDisk { return newCrashDisk(rand.New(rand.NewPCG(1, 2))) }

func mustOpen(t *testing.T, d *crashDisk, segmentBytes int64) *Log {
	t.Helper()
	l, err := Open(d, Options{SegmentBytes: segmentBytes, Self: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func entry(index, term uint64, data string) *raftpb.Entry {
	return &raftpb.Entry{Index: &index, Term: &term, Type: raftpb.EntryNormal.Enum(), Data: []byte(data)}
}

func hard(term, vote, commit uint64) *raftpb.HardState {
	return hardState{term, vote, commit}.message()
}

func snapshotAt(index, term uint64, data string) *raftpb.Snapshot {
	return &raftpb.Snapshot{Data: []byte(data), Metadata: &raftpb.SnapshotMetadata{
		Index: &index, Term: &term, ConfState: &raftpb.ConfState{Voters: []uint64{1, 2, 3}},
	}}
}

// ignore is a done function that fails the test on an error.
func ignore(t *testing.T) func(error) {
	return func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestWhatWasWrittenIsReadBack(t *testing.T) {
	d := testDisk()
	l := mustOpen(t, d, 0)
	if !l.Empty() {
		t.Fatal("a log on an empty disk is not empty")
	}
	l.Bootstrap([]uint64{1, 2, 3}, nil)
	l.Begin(ignore(t))
	l.Append(hard(2, 3, 1), []*raftpb.Entry{entry(2, 2, "a"), entry(3, 2, "b")}, ignore(t))
	l.Append(nil, []*raftpb.Entry{entry(3, 3, "c"), entry(4, 3, "d")}, ignore(t))
	l.Append(hard(3, 3, 3), nil, ignore(t))
	d.settle()

	l = mustOpen(t, d, 0)
	hs, cs, err := l.InitialState()
	if err != nil || hs.GetTerm() != 3 || hs.GetVote() != 3 || hs.GetCommit() != 3 || len(cs.GetVoters()) != 3 {
		t.Errorf("InitialState() = %v, %v, %v", hs, cs, err)
	}
	entries, err := l.Entries(2, 5, 1<<20)
	if err != nil || len(entries) != 3 || string(entries[1].GetData()) != "c" || entries[1].GetTerm() != 3 {
		t.Errorf("Entries(2, 5) = %v, %v", entries, err)
	}
	if l.Incarnation() != 1 {
		t.Errorf("Incarnation() = %d after one boot", l.Incarnation())
	}
	if got := l.Recovery(); got != (Recovery{Segments: 1, Entries: 3, Boots: 1, Snapshot: 1}) {
		t.Errorf("Recovery() = %+v", got)
	}
}

func TestDoneIsAnEventInOrder(t *testing.T) {
	d := testDisk()
	l := mustOpen(t, d, 0)
	var order []int
	note := func(n int) func(error) { return func(error) { order = append(order, n) } }
	l.Append(nil, nil, note(1))
	l.Append(nil, []*raftpb.Entry{entry(1, 1, "a")}, note(2))
	l.Append(nil, nil, note(3))
	l.Begin(func(error) { order = append(order, 4); l.Append(nil, nil, note(6)) })
	l.Append(nil, []*raftpb.Entry{entry(2, 1, "b")}, note(5))
	if len(order) > 0 {
		t.Fatalf("done %v within the call", order)
	}
	d.settle()
	for i, n := range order {
		if n != i+1 {
			t.Fatalf("done in the order %v", order)
		}
	}
	if len(order) != 6 {
		t.Fatalf("%d of 6 were done", len(order))
	}
}

func TestNothingIsAcknowledgedAfterAFailedSync(t *testing.T) {
	d := testDisk()
	l := mustOpen(t, d, 0)
	broken := errors.New("the sync failed")
	var errs []error
	note := func(err error) { errs = append(errs, err) }
	d.failing = broken
	l.Append(nil, []*raftpb.Entry{entry(1, 1, "a")}, note)
	l.Append(nil, []*raftpb.Entry{entry(2, 1, "b")}, note)
	l.Append(nil, nil, note)
	d.settle()
	d.failing = nil
	save(l, snapshotAt(1, 1, ""), note)
	d.settle()
	if len(errs) != 4 {
		t.Fatalf("%d of 4 were done", len(errs))
	}
	for _, err := range errs {
		if !errors.Is(err, broken) {
			t.Errorf("done said %v", err)
		}
	}
}

func TestSaveCompactAndInstall(t *testing.T) {
	d := testDisk()
	l := mustOpen(t, d, 256)
	l.Bootstrap([]uint64{1, 2, 3}, nil)
	for i := uint64(2); i <= 40; i++ {
		l.Append(hard(1, 1, i-1), []*raftpb.Entry{entry(i, 1, "some data")}, ignore(t))
		d.settle()
	}
	before, _ := d.ReadDir()
	saved := false
	save(l, snapshotAt(30, 1, "thirty"), func(error) { saved = true })
	if s, _ := l.Snapshot(); s.GetMetadata().GetIndex() != 1 {
		t.Error("the snapshot is shown before it is durable")
	}
	d.settle()
	if s, _ := l.Snapshot(); !saved || s.GetMetadata().GetIndex() != 30 {
		t.Error("the snapshot is not shown when it is durable")
	}
	l.Compact(5, 0)
	d.settle()
	if first, _ := l.FirstIndex(); first != 26 {
		t.Errorf("FirstIndex() = %d, want 26", first)
	}
	if _, err := l.Term(24); !errors.Is(err, raft.ErrCompacted) {
		t.Errorf("Term(24): %v", err)
	}
	if after, _ := d.ReadDir(); len(after) >= len(before) {
		t.Errorf("there are %d files after compaction, %d before", len(after), len(before))
	}
	l = mustOpen(t, d, 256)
	if last, _ := l.LastIndex(); last != 40 {
		t.Errorf("LastIndex() = %d, want 40", last)
	}

	l.Install(receive(l, snapshotAt(60, 2, "sixty")), hard(3, 2, 60), []*raftpb.Entry{entry(61, 3, "x")}, ignore(t))
	d.settle()
	l = mustOpen(t, d, 256)
	hs, _, _ := l.InitialState()
	if last, _ := l.LastIndex(); last != 61 || hs.GetTerm() != 3 || hs.GetCommit() != 60 {
		t.Errorf("after the snapshot the log ends at %d with hard state %v", last, hs)
	}
	if names, _ := d.ReadDir(); len(names) != 2 {
		t.Errorf("what the snapshot replaced is still there: %v", names)
	}
}
