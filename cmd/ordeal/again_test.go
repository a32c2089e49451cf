package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const record = `{"cluster": "ours", "network": "", "workload": "register", "seed": 4, "nodes": 3,
	"length_ns": 2000000000, "rate": 50, "plan": ["at 700ms for 1s kill n1"]}`

// TestAgainInSimulatedWorlds plays the plan of a record in the simulator.
func TestAgainInSimulatedWorlds(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "again.json"), []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	r := ordealIn(t, dir, "again", ".", "--times", "0", "--simulated", "2")
	if r.code != exitValid || strings.Count(r.out, "valid") != 2 || !strings.Contains(r.out,
		"in simulated worlds: 0 of 2 trials failed, 0 are unknown; with 95 % confidence 0 to 66 % of such trials fail") {
		t.Errorf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
}

func TestRecordsThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"none.json": "{}", "text.json": "x", "plan.json": strings.Replace(record, "kill n1", "kilt n1", 1),
		"disk.json":    strings.Replace(record, "at 700ms for 1s kill n1", "at 0s for 3s lose-message 120", 1),
		"cluster.json": strings.Replace(record, `"ours"`, `"consul"`, 1),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ args, want string }{
		{"again gone.json", "no such file"},
		{"again none.json", "is no record of a trial of a cluster"},
		{"again text.json", "invalid character"},
		{"again plan.json", "kilt"},
		{"again disk.json", "can't be done to real processes"},
		{"again cluster.json", "is neither ours nor zookeeper nor etcd"},
		{"again none.json --times 0", "there must be something to play"},
		{"shrink --cluster none.json", "is no record of a trial of a cluster"},
	} {
		args := strings.Fields(c.args)
		if strings.HasSuffix(c.args, "--times 0") {
			args[1] = "plan.json"
		}
		if r := ordealIn(t, dir, args...); r.code == exitValid || !strings.Contains(r.err, c.want) {
			t.Errorf("%s: exit code %d\n%s%s, want %s", c.args, r.code, r.out, r.err, c.want)
		}
	}
}
