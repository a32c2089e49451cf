package wal

import (
	"errors"
	"testing"

	"go.etcd.io/raft/v3/raftpb"
)

// committedOnDisk is the commit index that the next boot goes by.
func committedOnDisk(t *testing.T, d *crashDisk) uint64 {
	t.Helper()
	hs, _, err := mustOpen(t, d, 0).InitialState()
	if err != nil {
		t.Fatal(err)
	}
	return hs.GetCommit()
}

func withOneEntry(t *testing.T) (*crashDisk, *Log) {
	t.Helper()
	d := testDisk()
	l := mustOpen(t, d, 0)
	l.Append(hard(1, 1, 0), []*raftpb.Entry{entry(1, 1, "a")}, ignore(t))
	d.settle()
	return d, l
}

func TestCommitAloneIsNotWrittenBeforeSomethingElseIs(t *testing.T) {
	for name, commit := range map[string]func(*Log){
		"Append":  func(l *Log) { l.Append(hard(1, 1, 1), nil, ignore(t)) },
		"Advance": func(l *Log) { l.Advance(hard(1, 1, 1)) },
	} {
		d, l := withOneEntry(t)
		commit(l)
		d.settle()
		if f := d.names["0000000000000001.log"]; len(f.edits) != 0 {
			t.Errorf("%s: %d writes, and there should be none", name, len(f.edits))
		}
		if hs, _, _ := l.InitialState(); hs.GetCommit() != 1 {
			t.Errorf("%s: the log itself says that %d are committed", name, hs.GetCommit())
		}
		l.Append(nil, []*raftpb.Entry{entry(2, 1, "b")}, ignore(t))
		d.settle()
		if got := committedOnDisk(t, d); got != 1 {
			t.Errorf("%s: behind the next entry, %d are committed", name, got)
		}
	}
}

func TestCommitIsWrittenWhenAskedForAndNotSynced(t *testing.T) {
	d, l := withOneEntry(t)
	written := 0
	note := func(err error) {
		if err != nil {
			t.Error(err)
		}
		written++
	}
	l.WriteCommit(note) // nothing to write: at once
	if written != 1 || len(d.jobs) != 0 {
		t.Fatalf("%d calls and %d jobs for nothing", written, len(d.jobs))
	}
	l.Advance(hard(1, 1, 1))
	l.WriteCommit(note)
	if written != 1 {
		t.Error("done was called before the write")
	}
	d.settle()
	if f := d.names["0000000000000001.log"]; written != 2 || len(f.edits) != 1 {
		t.Errorf("%d calls, and %d writes are not synced: 2 and 1 should be", written, len(f.edits))
	}
	if got := committedOnDisk(t, d); got != 1 {
		t.Errorf("%d are committed", got)
	}
}

// What has to wait for the disk is not Advance's to take: an answer would leave before what it speaks of is durable.
func TestAdvanceTakesNothingThatHasToWait(t *testing.T) {
	d, l := withOneEntry(t)
	if l.Advance(hard(2, 1, 1)) || l.Advance(hard(1, 2, 1)) {
		t.Error("a new term or vote was taken without a write")
	}
	l.Append(nil, []*raftpb.Entry{entry(2, 1, "b")}, ignore(t))
	if l.Advance(nil) || l.Advance(hard(1, 1, 1)) {
		t.Error("something was taken while an append was under way")
	}
	d.settle()
	if !l.Advance(nil) || !l.Advance(hard(1, 1, 2)) {
		t.Error("nothing is under way, and a commit index was not taken")
	}
	d.failing = errors.New("the sync failed")
	l.Append(nil, []*raftpb.Entry{entry(3, 1, "c")}, func(error) {})
	d.settle()
	if l.Advance(nil) {
		t.Error("something was taken after a failure")
	}
}

// A done function is called when what it was asked for is durable, so whatever else it has to say needs no further
// wait.
func TestAdvanceWithinDone(t *testing.T) {
	d, l := withOneEntry(t)
	taken := false
	l.Append(nil, []*raftpb.Entry{entry(2, 1, "b")}, func(error) { taken = l.Advance(hard(1, 1, 2)) })
	d.settle()
	if !taken {
		t.Error("the commit index had to wait")
	}
}
