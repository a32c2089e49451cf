package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestShrinkRefusals: as TestRefusals, of shrink and explain.
func TestShrinkRefusals(t *testing.T) {
	const line = "ordeal/2 seed=1 workload=lock nodes=3 "
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"shrink"}, "a trial line in quotes, or a folder is wanted"},
		{[]string{"shrink", "."}, ". is not the folder of a trial"},
		{[]string{"shrink", line + `plan="at 1s for 2s rain all"`}, `plan:1:14: unknown fault "rain"`},
		{[]string{"shrink", line + `plan="at 1s for 2s crash leadre"`},
			`plan:1:20: unknown target "leadre": did you mean leader?`},
		{[]string{"shrink", line + `length=2s plan="at 1s for 2s crash n7"`}, `the plan names n7`},
		{[]string{"shrink", line + `length=2s plan="at 0s for 1ms crash leader"`},
			`there is nothing to look for: the trial is unknown`},
		{[]string{"shrink", line + "length=2s faults=none"}, "there is nothing to look for: the trial is valid"},
		{[]string{"shrink", line + "length=2s faults=none", "--kind", "so"}, "there is nothing to look for: the trial " +
			"is valid"},
		{[]string{"shrink", line + "faults=none", "--jobs", "0"}, "--jobs 0: it must be at least 1"},
		{[]string{"shrink", line + "faults=none", "--tries", "-1"}, "--tries -1: it must not be negative"},
		{[]string{"shrink", line + "faults=none", "--budget", "-1s"}, "--budget -1s: it must not be negative"},
		{[]string{"shrink", line + "faults=none", "--budget", "1ns"}, "--budget 1ns: the budget was spent before anything " +
			"was smaller"},
		{[]string{"shrink", line + "faults=none", "--out", "plan.txt"}, "--out plan.txt: results can't be written there"},
		{[]string{"shrink", line + "faults=none", "--emit-test", "x.go"}, "--emit-test x.go: Go runs the tests of files " +
			"that end in _test.go"},
		{[]string{"shrink", line + "faults=none", "--emit-test", "no/x_test.go"}, "--emit-test no/x_test.go: there is no " +
			"folder no"},
		{[]string{"explain", line + "faults=none", "--emit-test", "x.go"}, "--emit-test x.go: Go runs"},
		{[]string{"explain"}, "a trial line in quotes, or a folder is wanted"},
		{[]string{"explain", "missing"}, `"missing" is neither a folder that is there nor a trial line`},
		{[]string{"explain", "ordeal/9 " + line[9:] + "faults=none"}, "it is of version 9, and this is version 2"},
		{[]string{"explain", line + `plan="at 1s for 2s rain all"`}, `plan:1:14: unknown fault "rain"`},
		{[]string{"explain", line + "length=2s faults=none"}, "there is nothing to look for: the trial is valid"},
		{[]string{"explain", line + "faults=none", "--jobs", "0"}, "--jobs 0: it must be at least 1"},
		{[]string{"explain", "old"}, "old/verdict.json: trial line: it is of version 0, and this is version 2"},
		{[]string{"explain", "strange"}, "the trial was kept by another build, which played it differently: its trace hash " +
			"was 0123456789abcdef"},
		{[]string{"shrink", "old"}, "old/verdict.json: trial line: it is of version 0, and this is version 2"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "plan.txt"), "at 1s for 2s crash n1\n")
			for name, version := range map[string]string{"old": "0", "strange": "2"} {
				if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
					t.Fatal(err)
				}
				writeFile(t, filepath.Join(dir, name, "verdict.json"),
					`{"line": "ordeal/`+version+
						` seed=1 workload=lock nodes=3 length=1s faults=none", "trace": {"hash": "0123456789abcdef"}}`)
			}
			ordealIn(t, dir, c.args...).refused(t, dir, c.want, "old", "plan.txt", "strange")
		})
	}
}
