package wal

import (
	"errors"
	"slices"
	"testing"

	"go.etcd.io/raft/v3/raftpb"
)

// writtenDisk is a disk with a few segments and a snapshot, all durable. The last thing written is entry 21.
func writtenDisk(t *testing.T) *crashDisk {
	d := testDisk()
	l := mustOpen(t, d, 300)
	l.Bootstrap([]uint64{1, 2, 3}, nil)
	l.Begin(ignore(t))
	for i := uint64(2); i <= 21; i++ {
		if i == 10 {
			save(l, snapshotAt(8, 1, "eight"), ignore(t))
		}
		l.Append(hard(1, 1, i-1), []*raftpb.Entry{entry(i, 1, "some data")}, ignore(t))
		d.settle()
	}
	return d
}

func (d *crashDisk) clone() *crashDisk {
	c := newCrashDisk(d.rng)
	for name, f := range d.names {
		c.names[name] = &inode{bytes: slices.Clone(f.bytes), durable: slices.Clone(f.bytes)}
	}
	return c
}

// Whichever byte goes bad, Open says so, or it is in what was written last, and Open takes that for torn.
func TestEveryDamagedByteIsFound(t *testing.T) {
	d := writtenDisk(t)
	names, _ := d.ReadDir()
	found, torn := 0, 0
	for _, name := range names {
		if name == "0000000000000001.snap" {
			continue // replaced: not read
		}
		for at := range d.names[name].bytes {
			c := d.clone()
			c.names[name].bytes[at] ^= 0x10
			l, err := Open(c, Options{SegmentBytes: 300})
			var damage *Damage
			if errors.As(err, &damage) {
				found++
				if damage.File != name || damage.Offset > int64(at) {
					t.Fatalf("byte %d of %s is bad, and Open says %v", at, name, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			torn++
			if last, _ := l.LastIndex(); last != 20 {
				t.Fatalf("byte %d of %s is bad, and the log ends at %d", at, name, last)
			}
		}
	}
	if found == 0 || torn == 0 {
		t.Fatalf("%d found, %d taken for torn", found, torn)
	}
}

func TestATornTailIsCutOnce(t *testing.T) {
	d := writtenDisk(t)
	names, _ := d.ReadDir()
	name := ""
	for _, n := range names {
		if _, ok := fileNumber(n, segmentSuffix); ok {
			name = n
		}
	}
	size := int64(len(d.names[name].bytes))
	d.names[name].edit(edit{data: []byte("half a frame")})
	l := mustOpen(t, d, 300)
	r := l.Recovery()
	if r.CutFile != name || r.CutOffset != size || r.BytesCut != 12 {
		t.Errorf("Recovery() = %+v, and 12 bytes at %d of %s were torn", r, size, name)
	}
	l.Append(nil, []*raftpb.Entry{entry(22, 1, "behind it")}, ignore(t))
	d.settle()
	l = mustOpen(t, d, 300)
	if last, _ := l.LastIndex(); last != 22 || l.Recovery().BytesCut != 0 {
		t.Errorf("after the cut the log ends at %d, and %d bytes were cut", last, l.Recovery().BytesCut)
	}
}

// Without the last segment a log is as it was before that segment, and its absence can't be seen. Any other one is
// missed, if there is anything in it that the snapshot does not hold.
func TestAMissingSegmentIsFound(t *testing.T) {
	d := writtenDisk(t)
	found := 0
	for sequence := uint64(1); d.names[fileName(sequence+1, segmentSuffix)] != nil; sequence++ {
		c := d.clone()
		delete(c.names, fileName(sequence, segmentSuffix))
		l, err := Open(c, Options{})
		if err != nil {
			found++
			continue
		}
		if entries, err := l.Entries(9, 22, 1<<20); err != nil || len(entries) != 13 {
			t.Errorf("without segment %d there are %d entries behind the snapshot, and %v", sequence, len(entries), err)
		}
	}
	if found == 0 {
		t.Error("no missing segment was found")
	}
}
