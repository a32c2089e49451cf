package coordination

import (
	"context"
	"maps"
	"slices"
	"testing"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

func TestSameLineSameBytes(t *testing.T) {
	for _, one := range each(0) {
		w, first, second := one.Workload, mustRun(t, one), mustRun(t, one)
		if !first.Summary.Same(second.Summary) {
			t.Errorf("%s: %s", w, first.Summary.Difference(second.Summary))
		}
		a, b := files(t, first), files(t, second)
		if !maps.EqualFunc(a, b, slices.Equal) {
			t.Errorf("%s: the files of two runs differ", w)
		}
		for _, name := range []string{"history.jsonl", "history.edn", "plan.txt", "verdict.json", "trace.txt",
			"index.html",
			"latency-raw.svg", "latency-quantiles.svg", "rate.svg"} {
			if len(a[name]) == 0 {
				t.Errorf("%s: there is no %s", w, name)
			}
		}
		one.Seed += 100
		if other := mustRun(t, one); other.Summary.TraceHash == first.Summary.TraceHash {
			t.Errorf("%s: two seeds have one trace", w)
		}
	}
}

func TestTrialsWithoutBugsAreValid(t *testing.T) {
	seeds := trial.Seeds{Template: short(0, ""), Workloads: Service().WorkloadNames(), Nodes: []int{1, 3, 5}}
	for seed := range uint64(24) {
		r := mustRun(t, seeds.Trial(seed))
		if r.Summary.Outcome != play.Valid {
			t.Errorf("%s", r.Summary.Text)
		}
		if r.Summary.Operations < 100 {
			t.Errorf("only %d operations: %s", r.Summary.Operations, r.Summary.Line)
		}
	}
}

func TestUnhappenedFaultIsUnknown(t *testing.T) {
	one := short(1, "register")
	var err error
	if one.Plan, err = trial.ParsePlan("plan", []byte("at 2s for 1s crash holder")); err != nil {
		t.Fatal(err)
	}
	if r := mustRun(t, one); r.Summary.Outcome != play.Unknown || r.Summary.Checker != "nemesis" {
		t.Errorf("got %s by %s: %s", r.Summary.Outcome, r.Summary.Checker, r.Summary.Reason)
	}
}

func TestMajorityDownForGoodIsSeen(t *testing.T) {
	one := short(1, "register")
	var err error
	if one.Plan, err = trial.ParsePlan("plan", []byte("at 2s for 17s crash majority")); err != nil {
		t.Fatal(err)
	}
	if r := mustRun(t, one); r.Summary.Outcome != play.Valid {
		t.Errorf("a service without a majority for 17 s broke no promise, and the verdict is %s", r.Summary.Text)
	}
}

func TestCampaignInOneProcess(t *testing.T) {
	seeds := trial.Seeds{Template: short(0, ""), Workloads: []string{"lock", "queue"}, Nodes: []int{3}}
	var seen []string
	c := campaign.Campaign{
		Service: Service(),
		Trials: func(yield func(trial.Trial) bool) {
			for seed := uint64(1); seed <= 4 && yield(seeds.Trial(seed)); seed++ {
			}
		},
		Jobs: 1, Twice: true, Full: true,
		NewWorker: func() (campaign.Worker, error) { return campaign.InProcess(Service(), nil), nil },
		Done:      func(_ campaign.Tally, s play.Summary) { seen = append(seen, s.Result.Line) },
	}
	report, err := c.Run(context.Background())
	if err != nil || report.Tally.Trials != 4 || report.Tally.Valid != 4 || len(seen) != 4 ||
		len(report.Findings) != 0 {
		t.Errorf("%+v, %v, seen %d", report, err, len(seen))
	}
}
