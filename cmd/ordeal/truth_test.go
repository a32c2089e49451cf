package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTruth plays a pair on a network that wants no rights, and then its other half once more.
func TestTruth(t *testing.T) {
	dir := t.TempDir()
	costs := filepath.Join(dir, "costs.txt")
	if err := os.WriteFile(costs, []byte("latency: 200us # measured\nsync: 1ms\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"truth", "--pairs", "0", "--quiet", "1", "--length", "1s", "--network", "proxy", "--workloads",
		"register", "--costs", "costs.txt", "--write", "page.md"}
	for _, played := range []bool{true, false} {
		r := ordealIn(t, dir, args...)
		if r.code != exitValid || strings.Contains(r.err, "cluster=ours nodes=3 workload=register seed=1000001") != played {
			t.Fatalf("%+v", r)
		}
		page, err := os.ReadFile(filepath.Join(dir, "page.md"))
		if err != nil || !strings.Contains(string(page), "0 plans of faults and 1 without any were played") ||
			!strings.Contains(string(page), "| elections, a trial | 0.00 | 0.00 |") ||
			!strings.Contains(string(page), "latency: 200us # measured") {
			t.Errorf("%v\n%s", err, page)
		}
	}
	wantNoneBelow(t, dir)
	for _, c := range []struct{ args, want string }{
		{"truth --jobs 0", "--jobs 0"},
		{"truth --costs gone.txt", "no such file"},
		{"truth --pairs 0 --quiet 0 --network proxy --again gone.jsonl", "--again gone.jsonl: it has no pair"},
		{"truth --pairs 0 --quiet 0 --network proxy --out none", "there is no pair yet"},
		{"truth --pairs 1 --network proxy --workloads chess", `workload "chess" is not known`},
	} {
		if r := ordealIn(t, dir, strings.Fields(c.args)...); r.code != exitUsage || !strings.Contains(r.err, c.want) {
			t.Errorf("%s: %+v", c.args, r)
		}
	}
}
