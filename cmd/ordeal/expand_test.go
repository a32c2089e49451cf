package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExpandAndReplay writes a trial out in full and plays it: here it is the same, event for event.
func TestExpandAndReplay(t *testing.T) {
	dir := t.TempDir()
	const line = "ordeal/2 seed=3 workload=queue nodes=3 length=3s rate=20 faults=swarm"
	if r := ordealIn(t, dir, "expand", line, "--out", "trial.json"); r.code != exitValid || r.out+r.err != "" {
		t.Errorf("%+v", r)
	}
	r := ordealIn(t, dir, "replay", "trial.json")
	if r.code != exitValid || !strings.HasSuffix(r.out, "  the same, event for event\n") {
		t.Errorf("%+v", r)
	}
	path := filepath.Join(dir, "trial.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(string(text), `"trace": "`, `"trace": "x`, 1)
	writeFile(t, path, other)
	if r := ordealIn(t, dir, "replay", "trial.json"); r.code != exitValid || !strings.Contains(r.out,
		"it means the same") {
		t.Errorf("%+v", r)
	}
	writeFile(t, path, strings.Replace(other, ".1 enqueue ", ".1 dequeue ", 1))
	if r := ordealIn(t, dir, "replay", "trial.json"); r.code != exitUnknown || !strings.Contains(r.out,
		"it is another trial here") || !strings.Contains(r.err, "the trial means another one here") {
		t.Errorf("%+v", r)
	}
	writeFile(t, path, "{}")
	ordealIn(t, dir, "replay", "trial.json").refused(t, dir, "trial.json: the expanded trial is of format 0", "trial.json")
}
