package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ordeal/testbed/coordination"
	"ordeal/testbed/coverage"
)

// TestMissingCoverageIsNoPass: what is required and did not happen is named, and the campaign is unknown.
func TestMissingCoverageIsNoPass(t *testing.T) {
	dir := t.TempDir()
	args := []string{"run", "--seed", "1", "--length", "3s", "--nodes", "3", "--faults", "none", "--out", "out"}
	if r := ordealIn(t, dir, args...); r.code != exitValid || !strings.Contains(r.out, " items, 0 required\n") {
		t.Errorf("%+v", r)
	}
	r := ordealIn(t, dir, append(args, "--require", "two-leaders,fault:wipe")...)
	if r.code != exitUnknown || !strings.Contains(r.out, "UNKNOWN  required and not covered: fault:wipe, two-leaders\n") {
		t.Errorf("%+v", r)
	}
	page, err := os.ReadFile(filepath.Join(dir, "out", "index.html"))
	if err != nil || !strings.Contains(string(page), "(required, and missing)") {
		t.Errorf("the page does not say what is missing, %v", err)
	}
}

// TestCoverageIsListedAndTakenOver: the list has every item, and a campaign's summary becomes what it says.
func TestCoverageIsListedAndTakenOver(t *testing.T) {
	dir := t.TempDir()
	list := ordealIn(t, dir, "coverage")
	for _, i := range coverage.Items(coordination.Service()) {
		if !strings.Contains(list.out, i.Name+" ") || !strings.Contains(list.out, i.What) {
			t.Errorf("the list does not have %s", i.Name)
		}
	}
	ordealIn(t, dir, "run", "--seeds", "1-2", "--length", "3s", "--nodes", "3", "--faults", "none", "--out", "out")
	doc, err := os.ReadFile(filepath.FromSlash("../../docs/COVERAGE.md"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "COVERAGE.md"), string(doc))
	summary := filepath.Join("out", "summary.json")
	if r := ordealIn(t, dir, "coverage", "--write", ".", "--from", summary); r.code != exitValid || r.err != "" {
		t.Errorf("%+v", r)
	}
	beside, err := os.ReadFile(filepath.Join(dir, "coverage.json"))
	if err != nil {
		t.Error(err)
	}
	if r := ordealIn(t, dir, "coverage", "--write", ".", "--measured", "out", "--from", summary); r.code != exitValid ||
		r.err != "" {
		t.Errorf("%+v", r)
	}
	if elsewhere, err := os.ReadFile(filepath.Join(dir, "out", "coverage.json")); err != nil ||
		string(elsewhere) != string(beside) {
		t.Errorf("--measured out: %v, %s", err, elsewhere)
	}
	made, err := os.ReadFile(filepath.Join(dir, "COVERAGE.md"))
	if err != nil || !strings.Contains(string(made), ": 2 trials.\n") {
		t.Errorf("%v: %s", err, made)
	}
}

func TestRefusalsOfCoverage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "--require", "two-leader"}, `coverage: "two-leader" is not known: ` + "`ordeal coverage`"},
		{[]string{"run", "--require", "all,two-leaders"}, "coverage: all stands alone, here it is with all,two-leaders"},
		{[]string{"run", "--target", "127.0.0.1:1", "--require", "all"}, "--target and --require: either one or the other"},
		{[]string{"coverage", "all"}, "no argument is wanted"},
		{[]string{"coverage", "--measured", "."}, "--from and --write go together"},
		{[]string{"coverage", "--write", "."}, "--from and --write go together"},
		{[]string{"coverage", "--write", ".", "--from", "missing.json"}, "missing.json: no such file"},
		{[]string{"coverage", "--write", ".", "--from", "plan.txt"}, "--from plan.txt: the coverage can't be read: "},
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "plan.txt"), "at 1s for 2s crash n1\n")
		ordealIn(t, dir, c.args...).refused(t, dir, c.want, "plan.txt")
	}
}
