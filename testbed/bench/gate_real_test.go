package bench_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"ordeal/testbed/bench"
	"ordeal/testbed/coordination"
	"ordeal/testbed/trial"
)

// realPlan is what is measured in each real run: three loads over three networks.
func realPlan(t *testing.T, s *trial.Service, run int) bench.Plan {
	t.Helper()
	plan := bench.Plan{Nodes: 3, Clients: 120, Requests: 1000, Settings: s.Bench.Settings}
	for _, l := range []string{"production-mix", "write", "hot-key"} {
		for _, n := range []string{"uniform", "slow-follower", "wan-loss"} {
			c, err := bench.NewCell(s, l, n, plan.Nodes)
			if err != nil {
				t.Fatal(err)
			}
			plan.Cells = append(plan.Cells, c)
		}
	}
	for i := range bench.SeedsMin {
		plan.Seeds = append(plan.Seeds, uint64(1000*run+i))
	}
	return plan
}

// What a process of this test is told that plays a share of the runs: the file to hold them against, and which runs are
// its, as "FIRST OF STEP RUNS".
const (
	againstVar = "GATE_AGAINST"
	shareVar   = "GATE_SHARE"
)

// realRuns holds runs of one build against another one of it, as many side by side as there are processors: each
// process measures one service at a time.
func realRuns(t *testing.T, s *trial.Service, runs int) {
	file := filepath.Join(t.TempDir(), "before.json")
	before := bench.NewSaved(s, "", measured(t, s, realPlan(t, s, 0)))
	if err := os.WriteFile(file, before.JSON(), 0o644); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	step := min(runs, runtime.GOMAXPROCS(0))
	for first := range step {
		all.Go(func() {
			c := exec.Command(os.Args[0], "-test.run=^TestShareOfRealRuns$", "-test.v", "-test.timeout=60m")
			c.Env = append(os.Environ(), "GOGC=400", againstVar+"="+file,
				fmt.Sprintf("%s=%d %d %d", shareVar, first+1, step, runs))
			said, err := c.StdoutPipe()
			if err != nil {
				t.Error(err)
				return
			}
			if err := c.Start(); err != nil {
				t.Error(err)
				return
			}
			var rest bytes.Buffer
			green := 0
			for lines := bufio.NewScanner(said); lines.Scan(); {
				if _, run, is := strings.Cut(lines.Text(), ": run "); is {
					t.Logf("run %s", run)
					green++
					continue
				}
				fmt.Fprintln(&rest, lines.Text())
			}
			if err := c.Wait(); err != nil {
				t.Errorf("%v\n%s", err, &rest)
			}
			if want := (runs - first + step - 1) / step; green != want {
				t.Errorf("%d runs came to an end, of %d", green, want)
			}
		})
	}
	all.Wait()
}

// TestShareOfRealRuns is a process of realRuns.
func TestShareOfRealRuns(t *testing.T) {
	var first, step, runs int
	if _, err := fmt.Sscan(os.Getenv(shareVar), &first, &step, &runs); err != nil {
		t.Skip("this is for processes that play a share of the real runs: make test-gate")
	}
	s := coordination.Service()
	text, err := os.ReadFile(os.Getenv(againstVar))
	if err != nil {
		t.Fatal(err)
	}
	before, err := bench.ParseSaved(s, text)
	if err != nil {
		t.Fatal(err)
	}
	for run := first; run <= runs; run += step {
		c := bench.Compare(before.Plan, measured(t, s, realPlan(t, s, run)), 5)
		t.Logf("run %d: %s", run, c.Text())
		if worse := c.Worse(); len(worse) > 0 {
			t.Errorf("of the same build: %v", worse)
		}
	}
}
