package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ordeal/testbed/sweep"
)

const sweptLine = `ordeal/2 seed=1 workload=register nodes=3 length=1.2s rate=5 plan="" ops="c1 1@900ms" settings=1000/200/65536/262144`

func TestASweepSaysWhatItTried(t *testing.T) {
	dir := t.TempDir()
	r := ordealIn(t, dir, "sweep", sweptLine, "--only", "messages,frames", "--out", "out")
	if r.code != exitValid {
		t.Fatalf("%+v", r)
	}
	for _, want := range []string{"drill     point", "twice, much later", "broken off", " 0 unknown, 0 invalid; 0 " +
		"findings\n", "every fault at every point: ", "; nothing left out\n"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is not in %s", want, r.out)
		}
	}
	if strings.Contains(r.out, "disk job") {
		t.Errorf("disks were not asked for: %s", r.out)
	}
	if _, err := os.Stat(filepath.Join(dir, "out", "index.html")); err != nil {
		t.Error(err)
	}
}

func TestASweepInJSON(t *testing.T) {
	r := ordealIn(t, t.TempDir(), "sweep", sweptLine, "--only", "frames", "--json", "--out", "out")
	if r.code != exitValid {
		t.Fatalf("%+v", r)
	}
	rows := 0
	for line := range strings.Lines(r.out) {
		var row sweep.Row
		if err := json.Unmarshal([]byte(line), &row); err != nil || row.Trials == 0 || row.Valid != row.Trials {
			t.Errorf("%s: %v", line, err)
		}
		rows++
	}
	if rows != 3 {
		t.Errorf("%d rows: %s", rows, r.out)
	}
}

// TestRefusalsOfASweep: bad input gets one line, and nothing is written.
func TestRefusalsOfASweep(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"sweep", "tea"}, `drill "tea" is not known: there are write, tree, restart, `},
		{[]string{"sweep", "write", "write"}, "drill write: it is asked for twice"},
		{[]string{"sweep", "ordeal/2 seed=1"}, "trial line: workload= is missing"},
		{[]string{"sweep", "--only", "disk,tea"},
			`--only disk,tea: "tea" is not known: there are disk, failpoints, messages, frames`},
		{[]string{"sweep", "--only", ""}, "--only is empty"},
		{[]string{"sweep", "--jobs", "0"}, "--jobs 0: it must be at least 1"},
		{[]string{"sweep", "--bug", "bugNone"}, `bug "bugNone" is not known`},
		{[]string{"sweep", "--out", "plan.txt"}, "--out plan.txt: results can't be written there"},
		{[]string{"run", "--faults", "crash-in-job"}, "crash-in-job is never drawn"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "plan.txt"), "at 1s for 2s crash n1\n")
			ordealIn(t, dir, c.args...).refused(t, dir, c.want, "plan.txt")
		})
	}
}
