package ordeal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// mapper is a worker that says of every trial that it reached states which its line decides, and writes the lines down.
type mapper struct {
	mu    *sync.Mutex
	lines *[]string
}

func (m mapper) Run(_ context.Context, r Request) (Summary, error) {
	t, err := ParseTrial(r.Line)
	if err != nil {
		return Summary{}, err
	}
	m.mu.Lock()
	*m.lines = append(*m.lines, r.Line)
	m.mu.Unlock()
	s := Summary{Line: r.Line, Outcome: OutcomeValid, CPUMs: 100}
	if !r.States {
		return s, nil // the second time
	}
	if t.Seed%3 == 0 {
		s.States = []uint32{1, uint32(t.Seed%100) + 10}
	}
	return s, nil
}

func (mapper) Close() {}

func guidedLines(t *testing.T, jobs, count int) ([]string, Report) {
	t.Helper()
	var lines []string
	worker := mapper{&sync.Mutex{}, &lines}
	c := Campaign{Guide: NewGuide(DefaultSweep("", "swarm"), 1, count), Jobs: jobs, NewWorker: func() (Worker, error) { return worker, nil }}
	report, err := c.Run(t.Context())
	if err != nil || report.Tally.Trials != count || report.Guided == nil {
		t.Fatalf("%+v, %v", report, err)
	}
	slices.Sort(lines)
	return slices.Compact(lines), report
}

// TestAGuideDoesNotDependOnJobs: the same trials, each with a line of its own, half of them mutants of those that reached what
// was new.
func TestAGuideDoesNotDependOnJobs(t *testing.T) {
	lines, report := guidedLines(t, 1, 100)
	others, again := guidedLines(t, 4, 100)
	if !slices.Equal(lines, others) || *report.Guided != *again.Guided {
		t.Error("with more trials at once there are other trials")
	}
	branched := 0
	for _, line := range lines {
		trial, err := ParseTrial(line)
		if err != nil || trial.Plan == nil != (trial.Storage == Storage{}) || trial.Plan == nil == trial.MaySkip {
			t.Errorf("%s: %v", line, err)
		}
		if trial.Plan != nil {
			branched++
		}
	}
	if len(lines) != 100 || branched != report.Guided.Branched || branched < 30 || branched > 50 {
		t.Errorf("%d trials, %d of them branched: %+v", len(lines), branched, report.Guided)
	}
}

// TestAGuideKeepsWhatIsNew: a trial that reached nothing new is not branched from.
func TestAGuideKeepsWhatIsNew(t *testing.T) {
	g := NewGuide(DefaultSweep("", "swarm"), 1, 0)
	for n := 1; n <= 3*generation; n++ {
		if _, ok, done := g.take(); !ok || done {
			t.Fatalf("there is no trial %d", n)
		}
		var states []uint32
		switch n {
		case 1, 2, 3:
			states = []uint32{7}
		case 9:
			states = []uint32{7, 8}
		}
		g.over(n, states)
		g.over(n, []uint32{uint32(n) * 1000}) // counts no more
		if n == generation && len(g.batch) != generation {
			t.Errorf("a generation has %d trials", len(g.batch))
		}
	}
	if len(g.pool) != 2 || g.pool[0].number != 9 || g.pool[1].number != 1 || g.Sum().States != 2 {
		t.Errorf("%d trials to branch from, %+v", len(g.pool), g.Sum())
	}
	g.take()
	if _, ok, done := (&Guide{sweep: g.sweep, count: 1, batch: make([]guided, 1), handed: 1}).take(); ok || done {
		t.Error("a generation is decided before the one before it is over")
	}
}

// TestStatesAreLookedAtFromOutside: the trial is the same, whoever wants to know its states; and others reach others.
func TestStatesAreLookedAtFromOutside(t *testing.T) {
	trial := short(1, "register")
	trial.Plan = mustPlan(t, "at 3s for 3s crash leader; at 9s for 3s partition isolate leader")
	plain := mustRun(t, trial)
	first, err := runGuided(trial)
	if err != nil {
		t.Fatal(err)
	}
	second, err := runGuided(trial)
	if err != nil || !plain.Summary.same(first.Summary) || !slices.Equal(first.Summary.States, second.Summary.States) {
		t.Errorf("%v: %s", err, difference(plain.Summary, first.Summary))
	}
	trial.Plan = mustPlan(t, "")
	calm, err := runGuided(trial)
	if err != nil || len(calm.Summary.States) == 0 || len(calm.Summary.States) >= len(first.Summary.States) || len(plain.Summary.States) != 0 {
		t.Errorf("%v: %d states when nothing happens, and %d when leaders go", err, len(calm.Summary.States), len(first.Summary.States))
	}
}

// TestFaultsThatMayFail: what a mutant asks for need not be there.
func TestFaultsThatMayFail(t *testing.T) {
	trial := short(1, "register")
	trial.Plan, trial.MaySkip = mustPlan(t, "at 2s for 1s crash holder; at 4s for 1s crash leader"), true
	again, err := ParseTrial(trial.Line())
	if err != nil || !again.MaySkip || !strings.Contains(trial.Line(), " faults-that-fail=skip") {
		t.Fatalf("%s: %v", trial.Line(), err)
	}
	if r := mustRun(t, again); r.Summary.Outcome != OutcomeValid || r.Summary.Skipped["crash"] != 1 {
		t.Errorf("%+v", r.Summary)
	}
	if _, err := ParseTrial(strings.Replace(trial.Line(), "fail=skip", "fail=no", 1)); err == nil || !strings.Contains(err.Error(), "can be skip and nothing else") {
		t.Error(err)
	}
}

func TestGuidedHuntEndsWithItsBudget(t *testing.T) {
	var lines []string
	worker := func() (Worker, error) { return mapper{&sync.Mutex{}, &lines}, nil }
	h, err := hunt(context.Background(), DefaultSweep("", "swarm"), 4, 2500*time.Millisecond, worker, true)
	if err != nil || h.Trials != 25 || h.CPUMs != 2500 || h.Found != "" {
		t.Errorf("%+v, %v", h, err)
	}
	runs := 0
	picky := func() (Worker, error) { return pickyWorker{runs: &runs}, nil }
	if h, err = hunt(context.Background(), DefaultSweep("", "swarm"), 4, time.Minute, picky, true); err != nil || h.Trials != 3 || h.Found == "" {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestComparison(t *testing.T) {
	hunts := func(found bool, ms ...int64) (list []Hunt) {
		for _, m := range ms {
			h := Hunt{Trials: int(m / 100), CPUMs: m}
			if found {
				h.Found = "x"
			}
			list = append(list, h)
		}
		return list
	}
	list := []Comparison{
		{"a", hunts(true, 1000, 4000, 2000), hunts(true, 1000, 500, 1500), 10_000},
		{"b", hunts(true, 1000), hunts(false, 9000), 10_000},
		{"c", hunts(false, 9000), hunts(false, 9000), 10_000},
		{"d", hunts(true, 4000), hunts(true, 3000), 10_000},
	}
	for i, want := range []string{"[a 20 2.0 10 1.0 0.50]", "[b 10 1.0 - - 10.00]", "[c - - - - -]", "[d 40 4.0 30 3.0 0.75]"} {
		if got := fmt.Sprint(list[i].Cells()); got != want {
			t.Errorf("%s, and must be %s", got, want)
		}
	}
	const want = "of 3 bugs that either way found, guided finds 2 faster and 1 slower; in the middle it takes 0.75 times as long"
	if got := CompareText(list); got != want {
		t.Error(got)
	}
	if got := CompareText(list[2:3]); got != "neither way found a bug" {
		t.Error(got)
	}
}
