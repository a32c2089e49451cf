package main

import (
	"os"
	"path/filepath"
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
}
