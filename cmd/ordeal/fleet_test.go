package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestACampaignOfAFleet: a guided campaign whose trials are played by workers that ask for them is, byte for byte, the
// one that a program plays alone.
func TestACampaignOfAFleet(t *testing.T) {
	dir := t.TempDir()
	run := []string{"run", "--guided", "--seeds", "1-20", "--length", "1s", "--nodes", "3", "--jobs", "2", "--require",
		"none", "--workloads", "register"}
	one := ordealIn(t, dir, append(run, "--out", "one")...)
	all := ordealIn(t, dir, append(run, "--out", "all", "--fleet", "local")...)
	want, err := os.ReadFile(filepath.Join(dir, "one", "summary.json"))
	got, err2 := os.ReadFile(filepath.Join(dir, "all", "summary.json"))
	if err != nil || err2 != nil || string(got) != string(want) || one.code != all.code {
		t.Errorf("%v %v\nalone: %d %s\n%s\nby a fleet: %d %s\n%s", err, err2, one.code, one.err, want, all.code, all.err, got)
	}
	ordealIn(t, dir, append(run, "--out", "none", "--fleet", "nats://127.0.0.1:1")...).refusedMerge(t,
		"no server of NATS at nats://127.0.0.1:1")
	ordealIn(t, dir, "fleet", "work", "nats://127.0.0.1:1").refusedMerge(t, "no server of NATS at nats://127.0.0.1:1")
	ordealIn(t, dir, "fleet", "serve", "--listen", "here").refusedMerge(t, "the address here: ")
	ordealIn(t, dir, "fleet", "serve", "--name", "a").refusedMerge(t, "a name and peers are for a server of a cluster")
}

// TestAFleetFindsAndShrinks does with a fleet what ends with its first finding, and what goes on from there: a bug is
// looked for, its trial is cut down, and it is priced. Each says what one machine says.
func TestAFleetFindsAndShrinks(t *testing.T) {
	needMarks(t)
	dir := t.TempDir()
	same := func(args ...string) (out string) {
		t.Helper()
		one := ordealIn(t, dir, args...)
		all := ordealIn(t, dir, append(args, "--fleet", "local")...)
		if want, got := steady(one.out), steady(all.out); one.code != all.code || got != want || all.err != one.err {
			t.Errorf("alone: %d %s\n%s\nby a fleet: %d %s\n%s", one.code, one.err, want, all.code, all.err, got)
		}
		return all.out
	}
	// With more jobs than one others are under way when the first is found, and how many of them end is open.
	_, found, _ := strings.Cut(same("run", "--bug", "bugNewLeaderExpires", "--seeds", "1-9", "--jobs", "1"), "INVALID  ")
	line, _, ok := strings.Cut(found, "\n")
	if !ok {
		t.Fatal("it was not found")
	}
	if shrunk := same("shrink", line, "--budget", "0", "--tries", "20", "--jobs", "2"); !strings.Contains(shrunk,
		" 20 trials in ") {
		t.Errorf("it was shrunk to\n%s", shrunk)
	}
	if price := same("bugs", "run", "bugNewLeaderExpires", "--seeds", "1", "--jobs", "2"); !strings.Contains(price,
		"1 of 1") {
		t.Errorf("its price is\n%s", price)
	}
}

// steady is what a command has printed, but for times.
func steady(out string) string {
	return timeText.ReplaceAllString(cpuText.ReplaceAllString(out, ""), "")
}

// timeText is real and CPU time as commands print it.
var timeText = regexp.MustCompile(`\b\d+(\.\d+)?m?s\b`)
