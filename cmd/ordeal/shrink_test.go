package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestShrinkRefusals: as TestRefusals, of shrink.
func TestShrinkRefusals(t *testing.T) {
	const line = "ordeal/1 seed=1 workload=lock nodes=3 "
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"shrink"}, "a trial line in quotes, or a folder is wanted"},
		{[]string{"shrink", "."}, ". is not the folder of a trial"},
		{[]string{"shrink", line + `plan="at 1s for 2s rain all"`}, `plan:1:14: unknown fault "rain"`},
		{[]string{"shrink", line + `plan="at 1s for 2s crash leadre"`}, `plan:1:20: unknown target "leadre": did you mean leader?`},
		{[]string{"shrink", line + `length=2s plan="at 1s for 2s crash n7"`}, `there is nothing to shrink: the trial is unknown`},
		{[]string{"shrink", line + "length=2s faults=none"}, "there is nothing to shrink: the trial is valid"},
		{[]string{"shrink", line + "length=2s faults=none", "--kind", "so"}, "there is nothing to shrink: the trial is valid"},
		{[]string{"shrink", line + "faults=none", "--jobs", "0"}, "--jobs 0: it must be at least 1"},
		{[]string{"shrink", line + "faults=none", "--tries", "-1"}, "--tries -1: it must not be negative"},
		{[]string{"shrink", line + "faults=none", "--budget", "-1s"}, "--budget -1s: it must not be negative"},
		{[]string{"shrink", line + "faults=none", "--budget", "1ns"}, "--budget 1ns: the budget was spent before anything was smaller"},
		{[]string{"shrink", line + "faults=none", "--out", "plan.txt"}, "--out plan.txt: results can't be written there"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "plan.txt"), "at 1s for 2s crash n1\n")
			ordealIn(t, dir, c.args...).refused(t, dir, c.want, "plan.txt")
		})
	}
}
