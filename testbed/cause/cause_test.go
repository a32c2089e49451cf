package cause

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

// stale is a trial whose reads are stale while its leader is cut off.
func stale(t *testing.T) trial.Trial {
	t.Helper()
	plan, err := trial.ParsePlan("plan", []byte("at 3s for 3s partition isolate leader with-clients"))
	if err != nil {
		t.Fatal(err)
	}
	return trial.Trial{
		Service: trialtest.Service(trialtest.Options{StaleReads: true}), Seed: 1, Workload: "register", Nodes: 3, Plan: plan,
		Length: 6 * time.Second, Rate: 50,
	}
}

// TestBounds: the bounds are those of Clopper and Pearson (1934), as tables have them.
func TestBounds(t *testing.T) {
	for _, c := range []struct{ failed, branches, low, high int }{
		{0, 6, 0, 459_258}, {6, 6, 540_742, million}, {1, 10, 2_529, 445_016}, {5, 10, 187_086, 812_914},
		{95, 100, 887_165, 983_568}, {0, 1, 0, 975_000},
	} {
		m := Moment{Failed: c.failed, Branches: c.branches}
		m.bound()
		if max(m.Low-c.low, c.low-m.Low, m.High-c.high, c.high-m.High) > 2 {
			t.Errorf("%d of %d: %d to %d, wanted %d to %d", c.failed, c.branches, m.Low, m.High, c.low, c.high)
		}
	}
}

// decided is a worker whose branches fail from an instant on, and before it as rarely as every third.
type decided struct {
	campaign.Worker
	service *trial.Service
	from    time.Duration
	kind    string
	rarely  uint64 // 0: never
}

func (d decided) Run(ctx context.Context, r campaign.Request) (play.Summary, error) {
	t, err := d.service.Parse(r.Line)
	if err != nil || t.Branch.Number == 0 {
		return d.Worker.Run(ctx, r)
	}
	s := play.Summary{Line: r.Line, Outcome: play.Valid}
	if t.Branch.At >= d.from || d.rarely > 0 && t.Branch.Number%d.rarely == 0 {
		s.Outcome, s.Violations = play.Invalid, []play.Violation{{Kind: d.kind}}
	}
	return s, nil
}

// searchFor searches a trial whose failure is decided at an instant.
func searchFor(t *testing.T, from time.Duration, rarely uint64) Report {
	t.Helper()
	one := stale(t)
	seen, err := play.Run(one, play.Ask{})
	if err != nil || len(seen.Summary.Violations) == 0 {
		t.Fatalf("%v: %+v", err, seen.Summary)
	}
	worker := func() (campaign.Worker, error) {
		return decided{campaign.InProcess(one.Service, nil), one.Service, from, seen.Summary.Violations[0].Kind, rarely}, nil
	}
	played := 0
	s := Search{NewWorker: worker, Jobs: 2, Branches: 200, Progress: func(n int) { played = n }}
	r, told, err := s.Run(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	if r.Branches > 200 || r.Branches < 180 || played != r.Branches || told.Curve == nil ||
		len(told.Curve.Points) != len(r.Moments) {
		t.Errorf("%d branches, %d told of", r.Branches, played)
	}
	return r
}

// TestFindsTheJump: where a failure is decided at an instant, the search comes to the events there, and says so.
func TestFindsTheJump(t *testing.T) {
	for _, rarely := range []uint64{0, 3} {
		const from = 2123456 * time.Microsecond
		r := searchFor(t, from, rarely)
		j := r.Jump
		if !j.Clear || !j.Single || j.From >= from || j.To < from || r.Inevitable != j.To {
			t.Errorf("the jump is %+v, inevitable from %v; the failure was decided at %v", j, r.Inevitable, from)
		}
		if !strings.Contains(j.Passes, " branch="+j.From.String()) || !strings.Contains(j.Fails, " branch="+j.To.String()) {
			t.Errorf("the branches to compare are %q and %q", j.Passes, j.Fails)
		}
		for _, want := range []string{"CAUSE  toy/1 ", "it was inevitable", "Two branches to compare", "branches fail"} {
			if !strings.Contains(r.Text("toy"), want) {
				t.Errorf("no %q in\n%s", want, r.Text("toy"))
			}
		}
		var back Report
		if data, err := r.JSON(); err != nil || json.Unmarshal(data, &back) != nil || len(back.Moments) != len(r.Moments) {
			t.Errorf("%v: %s", err, data)
		}
	}
}

// TestInevitableFromTheStart: nothing jumps, and all branches go to saying so.
func TestInevitableFromTheStart(t *testing.T) {
	r := searchFor(t, 0, 0)
	if r.Inevitable != 0 || r.from(0).Low < 900_000 || !strings.Contains(r.Text("toy"), "inevitable from the start") {
		t.Errorf("%s", r.Text("toy"))
	}
}

// TestNotInevitable: other chance spares the trial up to the end.
func TestNotInevitable(t *testing.T) {
	r := searchFor(t, time.Hour, 0)
	if r.Inevitable >= 0 || !r.Jump.atEnd || !strings.Contains(r.Text("toy"), "it was not inevitable") {
		t.Errorf("%s", r.Text("toy"))
	}
}

// TestRealBranches: the branches of a real trial that its fault decides fail from the start, and the report is the same
// whenever it is made.
func TestRealBranches(t *testing.T) {
	one := stale(t)
	worker := func() (campaign.Worker, error) { return campaign.InProcess(one.Service, nil), nil }
	var texts []string
	for range 2 {
		r, _, err := Search{NewWorker: worker, Jobs: 2, Branches: branchesMin}.Run(t.Context(), one)
		if err != nil {
			t.Fatal(err)
		}
		if last := r.Moments[len(r.Moments)-1]; last.Failed == 0 {
			t.Errorf("no branch fails:\n%s", r.Text("toy"))
		}
		texts = append(texts, r.Text("toy"))
	}
	if texts[0] != texts[1] {
		t.Error(slices.Compact(texts))
	}
}

func TestNothingToLookFor(t *testing.T) {
	one := stale(t)
	worker := func() (campaign.Worker, error) { return campaign.InProcess(one.Service, nil), nil }
	for _, c := range []struct {
		search Search
		plan   string
		want   error
	}{
		{Search{}, "at 3s for 1s pause c1", errPasses}, {Search{Kind: "no such"}, "", errPasses},
		{Search{TraceHash: "0"}, "", errOtherBuild},
	} {
		tried := one
		if c.plan != "" {
			tried.Plan, _ = trial.ParsePlan("plan", []byte(c.plan))
		}
		c.search.NewWorker, c.search.Jobs, c.search.Branches = worker, 1, branchesMin
		if _, _, err := c.search.Run(t.Context(), tried); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, wanted %v", c.search, err, c.want)
		}
	}
}
