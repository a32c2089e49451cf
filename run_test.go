package ordeal

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"testing"
	"time"
)

// short is a trial that takes a fraction of a second.
func short(seed uint64, workload string) Trial {
	return Trial{Seed: seed, Workload: workload, Nodes: 3, Faults: []string{"swarm"}, Length: 20 * time.Second, Rate: 100}
}

func mustRun(t *testing.T, trial Trial) Result {
	t.Helper()
	r, err := Run(trial)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// files are what a result writes.
func files(t *testing.T, r Result) map[string][]byte {
	t.Helper()
	written := make(map[string][]byte)
	err := r.Write(func(name string, data []byte) error {
		written[name] = bytes.Clone(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return written
}

func TestSameLineSameBytes(t *testing.T) {
	for i, w := range Workloads() {
		first, second := mustRun(t, short(uint64(i), w)), mustRun(t, short(uint64(i), w))
		if !first.Summary.same(second.Summary) {
			t.Errorf("%s: %s", w, difference(first.Summary, second.Summary))
		}
		a, b := files(t, first), files(t, second)
		if !maps.EqualFunc(a, b, slices.Equal) {
			t.Errorf("%s: the files of two runs differ", w)
		}
		for _, name := range []string{"history.jsonl", "history.edn", "plan.txt", "verdict.json", "trace.txt", "index.html",
			"latency-raw.svg", "latency-quantiles.svg", "rate.svg"} {
			if len(a[name]) == 0 {
				t.Errorf("%s: there is no %s", w, name)
			}
		}
		other := mustRun(t, short(uint64(i)+100, w))
		if other.Summary.TraceHash == first.Summary.TraceHash {
			t.Errorf("%s: two seeds have one trace", w)
		}
	}
}

func TestTrialsWithoutBugsAreValid(t *testing.T) {
	sweep := Sweep{Template: short(0, ""), Workloads: Workloads(), Nodes: []int{1, 3, 5}}
	for seed := range uint64(24) {
		r := mustRun(t, sweep.Trial(seed))
		if r.Summary.Outcome != OutcomeValid {
			t.Errorf("%s", r.Summary.Text)
		}
		if r.Summary.Operations < 100 {
			t.Errorf("only %d operations: %s", r.Summary.Operations, r.Summary.Line)
		}
	}
}

func TestUnhappenedFaultIsUnknown(t *testing.T) {
	trial := short(1, "register")
	var err error
	if trial.Plan, err = ParsePlan("plan", []byte("at 2s for 1s crash holder")); err != nil {
		t.Fatal(err)
	}
	if r := mustRun(t, trial); r.Summary.Outcome != OutcomeUnknown || r.Summary.Checker != "nemesis" {
		t.Errorf("got %s by %s: %s", r.Summary.Outcome, r.Summary.Checker, r.Summary.Reason)
	}
}

func TestMajorityDownForGoodIsSeen(t *testing.T) {
	trial := short(1, "register")
	var err error
	if trial.Plan, err = ParsePlan("plan", []byte("at 2s for 17s crash majority")); err != nil {
		t.Fatal(err)
	}
	if r := mustRun(t, trial); r.Summary.Outcome != OutcomeValid {
		t.Errorf("a service without a majority for 17 s broke no promise, and the verdict is %s", r.Summary.Text)
	}
}

func TestCampaignInOneProcess(t *testing.T) {
	sweep := Sweep{Template: short(0, ""), Workloads: []string{"lock", "queue"}, Nodes: []int{3}}
	var seen []string
	c := Campaign{
		Trials: func(yield func(Trial) bool) {
			for seed := uint64(1); seed <= 4 && yield(sweep.Trial(seed)); seed++ {
			}
		},
		Jobs: 1, Twice: true, Full: true,
		NewWorker: func() (Worker, error) { return InProcess(nil), nil },
		Done:      func(_ Tally, s Summary) { seen = append(seen, s.Result.Line) },
	}
	report, err := c.Run(context.Background())
	if err != nil || report.Tally.Trials != 4 || report.Tally.Valid != 4 || len(seen) != 4 || len(report.Findings) != 0 {
		t.Errorf("%+v, %v, seen %d", report, err, len(seen))
	}
}
