package main

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

func TestSnapshotsAreSeenInTheirFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, size int) {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("0001.log", 10)
	write("0001.snap", 10)
	none := snapshotSizes(dir)
	if len(none) != 0 {
		t.Errorf("there is no snapshot under way, and it sees %v", none)
	}
	write("0002.tmp", 10)
	begun := snapshotSizes(dir)
	write("0002.tmp", 20)
	more := snapshotSizes(dir)
	write("snapshot.77", 5)
	theirs := snapshotSizes(dir)
	for i, c := range []struct {
		before, now map[string]int64
		want        bool
	}{{none, begun, true}, {begun, begun, false}, {begun, more, true}, {more, none, false}, {more, theirs, true}} {
		if got := grew(c.before, c.now); got != c.want {
			t.Errorf("case %d: %v", i, got)
		}
	}
}

func TestGrowthMakesSpans(t *testing.T) {
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	var spans []span
	for _, ms := range []int{100, 150, 400, 1000, 1010} {
		spans = noteGrowth(spans, at(ms))
	}
	if want := []span{{at(95), at(400)}, {at(995), at(1010)}}; !reflect.DeepEqual(spans, want) {
		t.Errorf("%v", spans)
	}
	for _, c := range []struct {
		from, to int
		want     bool
	}{{0, 94, false}, {0, 95, true}, {200, 300, true}, {0, 2000, true}, {401, 994, false}, {1010, 1011, true}} {
		one := span{at(c.from), at(c.to)}
		if got := one.meets(spans[0]) || one.meets(spans[1]); got != c.want {
			t.Errorf("%d to %d: %v", c.from, c.to, got)
		}
	}
}

func TestDescribe(t *testing.T) {
	if got := describe(nil); got != "none" {
		t.Error(got)
	}
	var took []time.Duration
	for i := range 200 {
		took = append(took, time.Duration(200-i)*time.Millisecond)
	}
	if got := describe(took); got != "p50 101.00 ms, p99 199.00 ms, max 200.00 ms (200 writes)" {
		t.Error(got)
	}
}
