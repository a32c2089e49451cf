package wal

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"go.etcd.io/raft/v3/raftpb"
)

// save keeps a snapshot whose data comes in small pieces.
func save(l *Log, s *raftpb.Snapshot, done func(error)) *Saving {
	saving := l.Save(s.GetMetadata())
	for rest := s.GetData(); len(rest) > 0; {
		n := min(len(rest), 4)
		saving.Add(rest[:n], func(error) {})
		rest = rest[n:]
	}
	saving.Finish(done)
	return saving
}

// receive reads a snapshot's file in pieces that divide its frames.
func receive(l *Log, s *raftpb.Snapshot) *Incoming {
	in := l.Receive(s.GetMetadata().GetIndex())
	for rest := bytes.Join(encodeSnapshot(s), nil); len(rest) > 0; {
		n := min(len(rest), 37)
		if err := in.Add(rest[:n], func([]byte) error { return nil }, func(error) {}); err != nil {
			panic(err)
		}
		rest = rest[n:]
	}
	return in
}

// dataOf is the data of the newest snapshot on the disk.
func dataOf(l *Log) (string, error) {
	var data []byte
	err := l.LoadSnapshot(func(piece []byte) error {
		data = append(data, piece...)
		return nil
	})
	return string(data), err
}

func TestASnapshotIsSentAsItsFile(t *testing.T) {
	d := testDisk()
	l := mustOpen(t, d, 0)
	l.Bootstrap([]uint64{1, 2, 3}, nil)
	l.Append(hard(1, 1, 1), []*raftpb.Entry{entry(2, 1, "a")}, ignore(t))
	save(l, snapshotAt(2, 1, "a snapshot of more than one piece"), ignore(t))
	d.settle()
	size, ok := l.SnapshotBytes(2)
	if _, other := l.SnapshotBytes(1); !ok || other || size != int64(len(d.names[fileName(2, snapshotSuffix)].bytes)) {
		t.Fatalf("snapshot 2 has %d bytes, %v", size, ok)
	}
	if _, bytes := l.Sizes(); bytes != size {
		t.Errorf("Sizes() says %d", bytes)
	}

	d2 := testDisk()
	l2 := mustOpen(t, d2, 0)
	l2.Begin(ignore(t))
	in := l2.Receive(2)
	var data []byte
	for at := int64(0); at < size; at += 50 {
		b := make([]byte, min(50, size-at))
		l.ReadSnapshot(2, b, at, ignore(t))
		d.settle()
		if in.Whole() {
			t.Fatal("whole too early")
		}
		if err := in.Add(b, func(piece []byte) error { data = append(data, piece...); return nil }, ignore(t)); err != nil {
			t.Fatal(err)
		}
		d2.settle()
	}
	if !in.Whole() || in.Metadata().GetIndex() != 2 || string(data) != "a snapshot of more than one piece" {
		t.Fatalf("whole %v, %q", in.Whole(), data)
	}
	l2.Install(in, hard(1, 0, 2), nil, ignore(t))
	d2.settle()
	if got, err := dataOf(mustOpen(t, d2, 0)); got != string(data) || err != nil {
		t.Errorf("on the other disk there is %q, %v", got, err)
	}
	failed := false
	l.ReadSnapshot(3, make([]byte, 1), 0, func(err error) { failed = err != nil })
	d.settle()
	if !failed {
		t.Error("a snapshot is read that is not there")
	}
}

// A file that came damaged is not installed, and nothing of it is written from there on.
func TestADamagedFileIsNotTaken(t *testing.T) {
	whole := bytes.Join(encodeSnapshot(snapshotAt(2, 1, "a snapshot")), nil)
	for at := range whole {
		bad := bytes.Clone(whole)
		bad[at] ^= 0x10
		l := mustOpen(t, testDisk(), 0)
		in := l.Receive(2)
		err := in.Add(bad, func([]byte) error { return nil }, ignore(t))
		var damage *Damage
		if in.Whole() || err != nil && (!errors.As(err, &damage) || damage.Offset > int64(at)) {
			t.Fatalf("byte %d is bad: whole %v, %v", at, in.Whole(), err)
		}
	}
	in := mustOpen(t, testDisk(), 0).Receive(2)
	if err := in.Add(append(whole, 0), func([]byte) error { return nil }, ignore(t)); err == nil {
		t.Error("a byte too many is taken")
	}
	broken := errors.New("not to be had")
	in = mustOpen(t, testDisk(), 0).Receive(2)
	if err := in.Add(whole, func([]byte) error { return broken }, ignore(t)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// What is not whole counts for nothing at the next start, whoever wrote it.
func TestHalfASnapshotIsRemoved(t *testing.T) {
	d := writtenDisk(t)
	l := mustOpen(t, d, 300)
	l.Save(snapshotAt(20, 1, "").GetMetadata()).Add([]byte("half of it"), ignore(t))
	l.Receive(30).add([]byte("half of it"), false, ignore(t))
	d.settle()
	if d.names[fileName(20, halfSuffix)] == nil || d.names[fileName(30, incomingSuffix)] == nil {
		t.Fatal("there is nothing to remove")
	}
	l = mustOpen(t, d, 300)
	l.Begin(ignore(t))
	d.settle()
	if got, err := dataOf(l); got != "eight" || err != nil {
		t.Errorf("the snapshot holds %q, %v", got, err)
	}
	if d.names[fileName(20, halfSuffix)] != nil || d.names[fileName(30, incomingSuffix)] != nil {
		t.Error("halves are still there")
	}
}

// A snapshot that is dropped, or that another one has overtaken, takes no place, and its done is called all the same.
func TestSnapshotsThatAreGivenUp(t *testing.T) {
	d := writtenDisk(t)
	l := mustOpen(t, d, 300)
	done := 0
	count := func(err error) {
		if err != nil {
			t.Error(err)
		}
		done++
	}
	dropped := save(l, snapshotAt(18, 1, "eighteen"), count)
	dropped.Drop()
	dropped.Drop()
	d.settle()
	slow := l.Save(snapshotAt(16, 1, "").GetMetadata())
	slow.Add([]byte("sixteen"), ignore(t))
	save(l, snapshotAt(17, 1, "seventeen"), count)
	d.settle()
	slow.Finish(count)
	d.settle()
	if got, err := dataOf(l); got != "seventeen" || err != nil || done != 3 {
		t.Errorf("the snapshot holds %q, %v; %d of 3 were done", got, err, done)
	}
	for name := range d.names {
		if _, half := fileNumber(name, halfSuffix); half {
			t.Errorf("%s is left", name)
		}
	}
}

// A write of a snapshot that fails stops the log: the disk is not to be trusted any more.
func TestAFailedPieceIsTheLogsFailure(t *testing.T) {
	d := writtenDisk(t)
	l := mustOpen(t, d, 300)
	d.settle()
	s := l.Save(snapshotAt(18, 1, "").GetMetadata())
	broken := errors.New("no space left")
	d.failing = broken
	var first, second, third error
	for range syncPieces {
		s.Add([]byte("a piece"), func(err error) { first = err })
	}
	d.settle()
	d.failing = nil
	s.Finish(func(err error) { second = err })
	l.Append(nil, []*raftpb.Entry{entry(22, 1, "x")}, func(err error) { third = err })
	d.settle()
	for _, err := range []error{first, second, third} {
		if !errors.Is(err, broken) {
			t.Errorf("done said %v", err)
		}
	}
}

// A large snapshot is synced while it is written, not at its end.
func TestALargeSnapshotIsSyncedInParts(t *testing.T) {
	d := writtenDisk(t)
	l := mustOpen(t, d, 300)
	s := l.Save(snapshotAt(18, 1, "").GetMetadata())
	for i := range 20 {
		s.Add([]byte("a piece"), ignore(t))
		d.settle()
		if f := d.names[fileName(18, halfSuffix)]; len(f.edits) != (i+1)%syncPieces {
			t.Fatalf("behind piece %d, %d are not synced", i+1, len(f.edits))
		}
	}
}

// What a node needs that is being sent a snapshot stays until it is released.
func TestHoldKeepsWhatIsSent(t *testing.T) {
	d := testDisk()
	l := mustOpen(t, d, 256)
	l.Bootstrap([]uint64{1, 2, 3}, nil)
	for i := uint64(2); i <= 60; i++ {
		l.Append(hard(1, 1, i-1), []*raftpb.Entry{entry(i, 1, "some data")}, ignore(t))
		if i%20 == 0 {
			save(l, snapshotAt(i, 1, fmt.Sprint(i)), ignore(t))
		}
		d.settle()
		if i == 20 {
			l.Hold(20)
		}
	}
	l.Compact(5, 0)
	d.settle()
	if first, _ := l.FirstIndex(); first != 21 || d.names[fileName(20, snapshotSuffix)] == nil {
		t.Errorf("the log begins at %d", first)
	}
	l.Hold(0)
	l.Compact(5, 0)
	d.settle()
	if first, _ := l.FirstIndex(); first != 56 || d.names[fileName(20, snapshotSuffix)] != nil {
		t.Errorf("the log begins at %d, and the old snapshot may be there", first)
	}
}
