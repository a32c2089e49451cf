package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// cpuText is CPU time in a price list, which differs from run to run.
var cpuText = regexp.MustCompile(` +[0-9]+\.[0-9]\b`)

// TestPricesOfShards: what two machines find planted bugs to cost is what one does, CPU time aside.
func TestPricesOfShards(t *testing.T) {
	needMarks(t)
	dir, environment := t.TempDir(), withBucket(t)
	run := strings.Fields("bugs run bugLocalClockInApply bugReconfigBeforeCommit --seeds 1")
	withIt := func(args ...string) ran {
		c := ordealCommand(t, args...)
		c.Dir, c.Env = dir, append(c.Env, environment...)
		return outcome(t, c)
	}
	one := ordealIn(t, dir, run...)
	merge := []string{"merge"}
	for _, shard := range []string{"1", "2"} {
		if r := withIt(append(run, "--shard", shard+"/2", "--out", shard, "--upload", "s3://nights/prices")...); r.code !=
			exitValid {
			t.Fatalf("shard %s: %+v", shard, r)
		}
		merge = append(merge, shard)
	}
	all := ordealIn(t, dir, merge...)
	want, got := cpuText.ReplaceAllString(one.out, ""), cpuText.ReplaceAllString(all.out, "")
	if one.code != exitValid || all.code != exitValid || got != want || !strings.Contains(want, "2 of them caught") {
		t.Errorf("one machine: %d\n%s\ntwo: %d %s\n%s", one.code, want, all.code, all.err, got)
	}
	if stored := withIt("merge", "s3://nights/prices"); stored.code != exitValid || stored.out != all.out {
		t.Errorf("from the bucket: %+v\nand not\n%s", stored, all.out)
	}
	withIt("run", "--seeds", "1-2", "--shard", "1/2", "--out", "other", "--upload", "s3://nights/prices").refusedMerge(t,
		"it has a search for planted bugs, and this is a campaign")
	withIt("bugs", "run", "bugLocalClockInApply", "--shard", "1/2", "--out", "other", "--upload",
		"s3://nights/prices").refusedMerge(t, "another search for planted bugs: they were told different things")
	withIt(append(run, "--upload", "s3://nights/prices")...).refusedMerge(t, "--shard is wanted")
	ordealIn(t, dir, "merge", "1").refusedMerge(t, "shard 2 of 2 is missing")
	ordealIn(t, dir, "merge", "1", "1").refusedMerge(t, "1 and 1 overlap: both are shard 1 of 2")
	ordealIn(t, dir, "merge", "1", "2", "--junit", "x").refusedMerge(t, "--junit is for shards of campaigns")
	if r := ordealIn(t, dir, "merge", "1", "--partial"); r.code != exitUnknown {
		t.Errorf("without the second: %+v", r)
	}
	ordealIn(t, dir, append(run, "--shard", "3/2", "--out", "3")...).refusedMerge(t, "of 2 shards the first is 1")
	ordealIn(t, dir, append(run, "--shard", "1/2")...).refusedMerge(t, "--out is wanted")
	ordealIn(t, dir, append(run, "--out", "3")...).refusedMerge(t, "--out goes with --shard")
	if left, _ := filepath.Glob(filepath.Join(dir, "3*")); left != nil {
		t.Errorf("what was refused has left %v", left)
	}
}
