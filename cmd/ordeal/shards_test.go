package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEightShardsAreOneCampaign: what eight machines play and the command merge puts together is, byte for byte, what
// one machine says.
func TestEightShardsAreOneCampaign(t *testing.T) {
	dir := t.TempDir()
	args := []string{"run", "--seeds", "1-19", "--length", "3s", "--nodes", "3", "--jobs", "2", "--require", "fault:crash"}
	one := ordealIn(t, dir, append(args, "--out", "one", "--summary", "one/summary.md")...)
	merge := []string{"merge", "--out", "all", "--summary", "all/summary.md", "--junit", "all/junit.xml"}
	for i := 1; i <= 8; i++ {
		out := fmt.Sprintf("shard-%d", i)
		if r := ordealIn(t, dir, append(args, "--shard", fmt.Sprintf("%d/8", i), "--out", out)...); r.code == exitTool ||
			r.code == exitUsage {
			t.Fatalf("%+v", r)
		}
		merge = append(merge, out)
	}
	all := ordealIn(t, dir, merge...)
	if all.code != one.code || !strings.Contains(all.out, "19 trials: ") {
		t.Errorf("one: %+v\nmerged: %+v", one, all)
	}
	for _, name := range []string{"summary.json", "summary.md"} {
		want, err := os.ReadFile(filepath.Join(dir, "one", name))
		got, err2 := os.ReadFile(filepath.Join(dir, "all", name))
		if err != nil || err2 != nil || string(got) != string(want) {
			t.Errorf("%s: %v %v\n%s\nand merged\n%s", name, err, err2, want, got)
		}
	}
	ordealIn(t, dir, merge[:len(merge)-1]...).refusedMerge(t, "shard 8 of 8 is missing")
	ordealIn(t, dir, append(merge, "shard-3")...).refusedMerge(t, "shard-3 and shard-3 overlap: both are shard 3 of 8")
	other := append(args, "--shard", "3/8", "--out", "other", "--rate", "50")
	ordealIn(t, dir, other...)
	ordealIn(t, dir, "merge", "shard-1", "other").refusedMerge(t, "they were told different things")
}

func (r ran) refusedMerge(t *testing.T, want string) {
	t.Helper()
	if r.code != exitUsage || !strings.Contains(r.err, want) || strings.Count(r.err, "\n") != 1 {
		t.Errorf("%+v, and not %q", r, want)
	}
}
