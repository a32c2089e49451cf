package shrink_test

import (
	"strings"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/shrink"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

// TestAWrongServiceOfOthers shrinks a finding in a service that says no more than its status, explains it and writes
// it down.
func TestAWrongServiceOfOthers(t *testing.T) {
	service := trialtest.Service(trialtest.Options{StaleReads: true})
	plan, err := trial.ParsePlan("plan",
		[]byte("at 1s for 1s pause c1; at 3s for 3s partition isolate leader with-clients; at 7s for 1s crash n3"))
	if err != nil {
		t.Fatal(err)
	}
	worker := func() (campaign.Worker, error) { return campaign.InProcess(service, nil), nil }
	s := shrink.Shrinker{NewWorker: worker, Jobs: 2, Tries: 400}
	out, err := s.Run(t.Context(), trial.Trial{
		Service: service, Seed: 1, Workload: "register", Nodes: 3, Plan: plan, Length: 10 * time.Second, Rate: 50,
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.After.Faults != 1 || out.After.Operations > 4 || out.Before.Faults != 3 || out.Before.Operations < 100 {
		t.Errorf("%+v became %+v: %s", out.Before, out.After, out.Trial.Line())
	}
	line := out.Trial.Line()
	again, err := service.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	r, err := play.Run(again, play.Ask{})
	if err != nil || r.Summary.TraceHash != out.Summary.TraceHash || r.Summary.Outcome != play.Invalid {
		t.Errorf("played again %s is %s with trace %s, and was %s: %v", line, r.Summary.Outcome, r.Summary.TraceHash,
			out.Summary.TraceHash, err)
	}
	e, err := shrink.Explainer{NewWorker: worker, Jobs: 2, TraceHash: out.Summary.TraceHash}.Run(t.Context(), again)
	if err != nil || len(e.Faults) != 1 || !e.Faults[0].Needed {
		t.Errorf("%+v, %v", e.Faults, err)
	}
	for _, words := range []string{
		"EXPLAINED  toy/1 ", "  needed      at ", " leads in epoch ", " still believes that it leads in epoch ",
		" is answered: read -> ", "What happened:\n",
	} {
		if !strings.Contains(e.Text(), words) {
			t.Errorf("the story does not say %q:\n%s", words, e.Text())
		}
	}
	source, err := shrink.Emitted{Package: "toy_test", Trial: out.Trial, Kind: out.Kind,
		Reason: out.Summary.Reason}.Source()
	if err != nil || !strings.Contains(string(source), "\ttoy.Regression(t, `"+line+"`)") ||
		!strings.Contains(string(source), `"example.org/toy"`) {
		t.Errorf("%v\n%s", err, source)
	}
}
