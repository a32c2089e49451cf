package wal

import (
	"strings"
	"testing"

	"go.etcd.io/raft/v3/raftpb"
)

// TestAudit: a log whose jobs are done has on its disk what it has in memory; and one that was told that something is
// durable which is not, or keeps what it does not need, has a line of it.
func TestAudit(t *testing.T) {
	d := testDisk()
	l := mustOpen(t, d, 300)
	l.Bootstrap([]uint64{1, 2, 3}, nil)
	l.Begin(ignore(t))
	for i := uint64(2); i <= 21; i++ {
		l.Append(hard(1, 1, i-1), []*raftpb.Entry{entry(i, 1, "some data")}, ignore(t))
	}
	if lines := l.Audit(d.clone()); len(lines) > 0 {
		t.Errorf("while it is at work: %q", lines)
	}
	d.settle()
	save(l, snapshotAt(18, 1, "eighteen"), ignore(t))
	d.settle()
	l.Compact(1, 0)
	d.settle()
	if lines := l.Audit(d.clone()); len(lines) > 0 {
		t.Errorf("of a sound log: %q", lines)
	}
	before := d.clone()
	l.Append(hard(2, 3, 20), []*raftpb.Entry{entry(22, 2, "more")}, ignore(t))
	d.settle()
	for _, want := range []string{
		"term, vote and commit are {2 3 ", "the log ends at entry 22, and after a power loss it would at 21",
	} {
		if lines := strings.Join(l.Audit(before), "\n"); !strings.Contains(lines, want) {
			t.Errorf("of a disk without the last append it says %q, and not %q", lines, want)
		}
	}
	l.left = 1
	if lines := l.Audit(d.clone()); len(lines) != 1 || !strings.Contains(lines[0], "files that hold nothing it needs") {
		t.Errorf("of a file too many: %q", lines)
	}
}
