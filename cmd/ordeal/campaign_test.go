package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ordeal/testbed/play"
)

func TestCampaignKeepsItsResults(t *testing.T) {
	dir := t.TempDir()
	r := ordealIn(t, dir, "run", "--seeds", "1-2", "--length", "5s", "--twice", "--nodes", "3", "--out", "out")
	if r.code != exitValid || r.err != "" || !strings.Contains(r.out, "2 trials: 2 valid, 0 unknown, 0 invalid; 0 "+
		"findings\n") {
		t.Errorf("%+v", r)
	}
	wantFiles(t, dir, "out")
	wantFiles(t, filepath.Join(dir, "out"), "election-n3-seed2", "index.html", "lock-n3-seed1", "summary.json")
}

// TestUnknownIsNoPass: a plan that strikes a leader before there is one can't happen.
func TestUnknownIsNoPass(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "plan.txt"), "at 0s for 1ms crash leader\n")
	r := ordealIn(t, dir, "run", "--seed", "1", "--length", "3s", "--nodes", "3", "--plan", "plan.txt", "--out", "out")
	if r.code != exitUnknown || !strings.Contains(r.out, "UNKNOWN  ordeal/") || !strings.Contains(r.out,
		"ordeal replay '") {
		t.Errorf("%+v", r)
	}
	page, err := os.ReadFile(filepath.Join(dir, "out", "index.html"))
	if err != nil || !strings.Contains(string(page), "a fault of the plan never happened") {
		t.Errorf("the page does not say why it is unknown, %v", err)
	}
}

// TestJSONIsOneObjectATrial: standard output has nothing but them.
func TestJSONIsOneObjectATrial(t *testing.T) {
	dir := t.TempDir()
	r := ordealIn(t, dir, "run", "--seeds", "1-3", "--length", "3s", "--nodes", "1,3", "--json", "--twice", "--out", "out")
	if r.code != exitValid {
		t.Errorf("%+v", r)
	}
	lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
	seen := make(map[string]bool)
	for _, line := range lines {
		var object struct{ Line, Outcome string }
		if err := json.Unmarshal([]byte(line), &object); err != nil || object.Outcome != play.Valid {
			t.Errorf("%s: %v", line, err)
		}
		seen[object.Line] = true
	}
	if len(lines) != 3 || len(seen) != 3 {
		t.Errorf("%d lines of %d trials", len(lines), len(seen))
	}
}

// TestInterruptKeepsWhatWasFound: Ctrl-C ends an endless campaign, its workers with it, and the page is written.
func TestInterruptKeepsWhatWasFound(t *testing.T) {
	dir := t.TempDir()
	c := ordealCommand(t, "run", "--length", "2s", "--nodes", "3", "--budget", "1h", "--json", "--jobs", "2", "--out",
		"out")
	c.Dir = dir
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	c.Stderr = &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	trials := 0
	for lines := bufio.NewReader(out); ; trials++ {
		if trials == 3 {
			if err := c.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := lines.ReadString('\n'); err != nil {
			break
		}
	}
	_ = c.Wait() // and so its standard error is closed: its workers have ended
	if code := c.ProcessState.ExitCode(); code != exitUnknown || trials < 3 {
		t.Errorf("exit code %d after %d trials", code, trials)
	}
	if !strings.HasPrefix(said.String(), "interrupted\n") || !strings.Contains(said.String(), " virtual time and ") {
		t.Errorf("it said %s", said.String())
	}
	if _, err := os.Stat(filepath.Join(dir, "out", "index.html")); err != nil {
		t.Error(err)
	}
}

func TestReplay(t *testing.T) {
	dir := t.TempDir()
	const line = "ordeal/2 seed=3 workload=queue nodes=3 length=3s rate=100 faults=swarm"
	r := ordealIn(t, dir, "replay", line)
	if r.code != exitValid || !strings.HasPrefix(r.out, "VALID  "+line+"\n") || !strings.Contains(r.out,
		"  the trace hash is the same: ") {
		t.Errorf("%+v", r)
	}
	wantFiles(t, dir)
	ordealIn(t, dir, "run", "--seed", "3", "--workloads", "queue", "--nodes", "3", "--length", "3s", "--out", ".")
	kept := filepath.Join(dir, "queue-n3-seed3")
	if again := ordealIn(t, dir, "replay", kept); again != r {
		t.Errorf("the line:   %+v\nthe folder: %+v", r, again)
	}
	path := filepath.Join(kept, "verdict.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, hash, _ := strings.Cut(strings.TrimSpace(r.out), "is the same: ")
	writeFile(t, path, strings.ReplaceAll(string(text), hash, "0123456789abcdef"))
	r = ordealIn(t, dir, "replay", kept)
	if r.code != exitTool {
		t.Errorf("the exit code is %d", r.code)
	}
	wantOneLine(t, r.err, "came out differently: its trace hash is "+hash+", and the folder has 0123456789abcdef")
}
