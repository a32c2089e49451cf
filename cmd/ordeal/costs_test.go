package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCosts has trials played in worlds in which things cost what a file says, and their lines say it.
func TestCosts(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"costs.txt": "sync: 20ms\nsync-tail: 0s\n", "bad.txt": "sync: 20ms\nsink: 1ms\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(more ...string) ran {
		return ordealIn(t, dir, append([]string{"run", "--seed", "3", "--workloads", "register", "--length", "2s", "--faults",
			"none", "--json"}, more...)...)
	}
	slow, usual := run("--require", "none", "--costs", "costs.txt"), run("--require", "none")
	if slow.code != exitValid || !strings.Contains(slow.out, "costs=sync:20ms,sync-tail:0s") {
		t.Errorf("%+v", slow)
	}
	if s, u := writesTake(t, slow.out), writesTake(t, usual.out); s < 20_000_000 || u > 10_000_000 {
		t.Errorf("writes take %d and %d ns", s, u)
	}
	for _, c := range []struct{ args, want string }{
		{"--costs bad.txt", "bad.txt: line 2: sink is not known"}, {"--costs gone.txt", "no such file"},
		{"--costs costs.txt --cluster ours", "--cluster and --costs"},
	} {
		if r := run(strings.Fields(c.args)...); r.code != exitUsage || !strings.Contains(r.err, c.want) {
			t.Errorf("%s: %+v", c.args, r)
		}
	}
}

// writesTake is the median of writes in a trial, in nanoseconds.
func writesTake(t *testing.T, line string) int64 {
	var r struct {
		Latencies []struct {
			F   string `json:"f"`
			P50 int64  `json:"p50_ns"`
		} `json:"latencies"`
	}
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	for _, l := range r.Latencies {
		if l.F == "write" {
			return l.P50
		}
	}
	t.Fatalf("there is no write: %s", line)
	return 0
}
