package wal

import (
	"testing"

	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// TestTheLogKeepsSoManyBytes compacts logs of entries of 10 bytes each, of which the newest snapshot holds 30.
func TestTheLogKeepsSoManyBytes(t *testing.T) {
	for _, c := range []struct {
		keep  uint64
		bytes int64
		first uint64
	}{
		{keep: 5, bytes: 0, first: 26},
		{keep: 5, bytes: 1000, first: 26},
		{keep: 5, bytes: 130, first: 28},   // 28 to 40
		{keep: 100, bytes: 250, first: 16}, // 16 to 40
		{keep: 100, bytes: 255, first: 16},
		{keep: 100, bytes: 1, first: 31}, // what the snapshot does not hold stays
		{keep: 0, bytes: 1000, first: 31},
	} {
		l := &Log{snapshots: []uint64{30}}
		l.queue.running = &task{} // nothing gets to the disk
		var entries []*raftpb.Entry
		for i := uint64(1); i <= 40; i++ {
			entries = append(entries, &raftpb.Entry{Index: proto.Uint64(i), Term: proto.Uint64(1), Data: make([]byte, 10)})
		}
		if err := l.memory.append(entries); err != nil {
			t.Fatal(err)
		}
		l.Compact(c.keep, c.bytes)
		first, err := l.FirstIndex()
		if want := 10 * int64(40-c.first+1); err != nil || first != c.first || l.memory.bytes != want {
			t.Errorf("Compact(%d, %d): the first is %d, with %d bytes, and should be %d with %d (%v)",
				c.keep, c.bytes, first, l.memory.bytes, c.first, want, err)
		}
	}
}

// TestTheLogKnowsItsBytes overwrites the end of a log, as a new leader does.
func TestTheLogKnowsItsBytes(t *testing.T) {
	var m memory
	put := func(index, term uint64, bytes ...int) {
		var entries []*raftpb.Entry
		for i, n := range bytes {
			entries = append(entries, &raftpb.Entry{
				Index: proto.Uint64(index + uint64(i)), Term: proto.Uint64(term), Data: make([]byte, n),
			})
		}
		if err := m.append(entries); err != nil {
			t.Fatal(err)
		}
		if want := sizeOf(m.entries); m.bytes != want {
			t.Errorf("behind entries from %d on: %d bytes, not %d", index, m.bytes, want)
		}
	}
	put(1, 1, 5, 7, 11)
	put(2, 2, 100)
	put(3, 2, 0, 1)
	m.compact(2)
	if m.bytes != 1 {
		t.Errorf("%d bytes are left of entries 3 and 4, not 1", m.bytes)
	}
	m.reset(9, 3)
	put(10, 3, 4)
}
