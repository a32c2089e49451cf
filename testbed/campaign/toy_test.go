package campaign_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

// toyCampaign plays seeds of a service that is not ours, each twice.
func toyCampaign(t *testing.T, o trialtest.Options, seeds uint64) campaign.Report {
	t.Helper()
	service := trialtest.Service(o)
	all := service.Campaign("", "partition", "crash")
	all.Template.Length, all.Template.Rate = 10*time.Second, 50
	report, err := campaign.Campaign{
		Service: service, Jobs: 1, Twice: true,
		NewWorker: func() (campaign.Worker, error) { return campaign.InProcess(service, nil), nil },
		Trials: func(yield func(trial.Trial) bool) {
			for seed := uint64(1); seed <= seeds && yield(all.Trial(seed)); seed++ {
			}
		},
	}.Run(t.Context())
	if err != nil || report.Tally.Trials != int(seeds) {
		t.Fatalf("%+v, %v", report.Tally, err)
	}
	return report
}

func TestACampaignOfAServiceOfOthers(t *testing.T) {
	const seeds = 20
	if sound := toyCampaign(t, trialtest.Options{}, seeds); sound.Tally.Invalid != 0 ||
		sound.Tally.Valid < seeds/2 || sound.Covered["fault:crash"] == 0 ||
		sound.Covered["partition:leader"] != 0 {
		t.Errorf("%+v, covered %v", sound.Tally, sound.Covered)
	}
	wrong := toyCampaign(t, trialtest.Options{StaleReads: true}, seeds)
	found := slices.DeleteFunc(wrong.Findings, func(f campaign.Finding) bool { return f.Kind == campaign.FindingUnknown })
	if len(found) == 0 {
		t.Fatalf("nothing was found: %+v", wrong.Tally)
	}
	for _, f := range found {
		if f.Kind != campaign.FindingInvalid || !f.Reproduced || f.Summary.Outcome != play.Invalid ||
			!strings.HasPrefix(f.Summary.Checker, "linearizable") ||
			!strings.HasPrefix(f.Summary.Line, "toy/1 ") {
			t.Errorf("%s by %s, reproduced %v: %s", f.Kind, f.Summary.Checker, f.Reproduced, f.Summary.Line)
		}
	}
}

// TestAGuidedCampaignOfAServiceOfOthers: the states of the protocol are seen by the servers' statuses.
func TestAGuidedCampaignOfAServiceOfOthers(t *testing.T) {
	service := trialtest.Service(trialtest.Options{})
	seeds := service.Campaign("", "partition", "crash")
	seeds.Template.Length = 5 * time.Second
	report, err := campaign.Campaign{
		Service: service, Guide: campaign.NewGuide(seeds, campaign.GoalStates, 1, 24), Jobs: 1,
		NewWorker: func() (campaign.Worker, error) { return campaign.InProcess(service, nil), nil },
	}.Run(t.Context())
	if err != nil || report.Tally.Trials != 24 || report.Guided.States < 10 || report.Guided.Branched == 0 ||
		report.Tally.Invalid != 0 {
		t.Errorf("%+v, %+v, %v", report.Tally, report.Guided, err)
	}
}
