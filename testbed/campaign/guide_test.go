package campaign

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"ordeal/testbed/coordination"
	"ordeal/testbed/play"
)

// mapper is a worker that says of every trial that it reached states which its line decides, and writes the lines down.
type mapper struct {
	mu    *sync.Mutex
	lines *[]string
}

func (m mapper) Run(_ context.Context, r Request) (play.Summary, error) {
	t, err := coordination.Service().Parse(r.Line)
	if err != nil {
		return play.Summary{}, err
	}
	m.mu.Lock()
	*m.lines = append(*m.lines, r.Line)
	m.mu.Unlock()
	s := play.Summary{Line: r.Line, Outcome: play.Valid, CPUMs: 100}
	if r.Mode == play.States && t.Seed%3 == 0 {
		s.States = []uint32{1, uint32(t.Seed%100) + 10}
	}
	if t.Seed%3 == 0 {
		s.Scenarios = map[string]play.Reached{"sender-down": {Steps: int(t.Seed%4) + 1, Times: int(t.Seed % 4 / 3)}}
	}
	return s, nil
}

func (mapper) Close() {}

func guidedLines(t *testing.T, goal Goal, jobs, count int) ([]string, Report) {
	t.Helper()
	var lines []string
	worker := mapper{&sync.Mutex{}, &lines}
	c := Campaign{Service: coordination.Service(),
		Guide: NewGuide(coordination.Service().Campaign("", "swarm"), goal, 1, count),
		Jobs:  jobs, NewWorker: func() (Worker, error) { return worker, nil }}
	report, err := c.Run(t.Context())
	if err != nil || report.Tally.Trials != count || report.Guided == nil {
		t.Fatalf("%+v, %v", report, err)
	}
	slices.Sort(lines)
	return slices.Compact(lines), report
}

// TestAGuideDoesNotDependOnJobs: the same trials, each with a line of its own, half of them mutants of those that
// reached what was new.
func TestAGuideDoesNotDependOnJobs(t *testing.T) {
	for _, goal := range []Goal{GoalStates, GoalScenarios} {
		lines, report := guidedLines(t, goal, 1, 100)
		others, again := guidedLines(t, goal, 4, 100)
		if !slices.Equal(lines, others) || *report.Guided != *again.Guided {
			t.Errorf("%s: with more trials at once there are other trials", goal)
		}
		branched, aimed := 0, 0
		for _, line := range lines {
			one, err := coordination.Service().Parse(line)
			if err != nil || one.Plan == nil != (one.Settings == "") || one.Plan == nil == one.MaySkip {
				t.Errorf("%s: %v", line, err)
			}
			if one.Plan != nil {
				branched++
			}
			if strings.Contains(line, "crash {sends_leader_A") {
				aimed++
			}
		}
		if len(lines) != 100 || branched != report.Guided.Branched || branched < 30 || branched > 50 {
			t.Errorf("%d trials, %d of them branched: %+v", len(lines), branched, report.Guided)
		}
		if goal == GoalScenarios && (aimed < 20 || report.Guided.CameAbout != 1) {
			t.Errorf("%d trials are aimed at what is wanted: %+v", aimed, report.Guided)
		}
	}
}

// TestAGuideKeepsWhatIsNew: a trial that reached nothing new is not branched from.
func TestAGuideKeepsWhatIsNew(t *testing.T) {
	g := NewGuide(coordination.Service().Campaign("", "swarm"), GoalStates, 1, 0)
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
		g.over(n, found{states: states})
		g.over(n, found{states: []uint32{uint32(n) * 1000}}) // counts no more
		if n == generation && len(g.batch) != generation {
			t.Errorf("a generation has %d trials", len(g.batch))
		}
	}
	if len(g.pool) != 2 || g.pool[0].number != 9 || g.pool[1].number != 1 || g.Sum().States != 2 {
		t.Errorf("%d trials to branch from, %+v", len(g.pool), g.Sum())
	}
	g.take()
	if _, ok, done := (&Guide{seeds: g.seeds, count: 1, batch: make([]guided, 1), handed: 1}).take(); ok || done {
		t.Error("a generation is decided before the one before it is over")
	}
}
