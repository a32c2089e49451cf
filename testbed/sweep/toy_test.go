package sweep

import (
	"testing"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trialtest"
)

// TestASweepOfAServiceOfOthers: a drill of a service that is not ours, with every fault at every message.
func TestASweepOfAServiceOfOthers(t *testing.T) {
	service := trialtest.Service(trialtest.Options{})
	result, err := Sweep{
		Service: service, Drills: Drills(service), Only: []string{"frames", "disk"}, Jobs: 1,
		NewWorker: func() (campaign.Worker, error) { return campaign.InProcess(service, nil), nil },
	}.Run(t.Context())
	if err != nil || !result.Whole || result.Report.Tally.Invalid != 0 || result.Report.Tally.Trials < 100 {
		for _, f := range result.Report.Findings {
			t.Log(f.Summary.Text)
		}
		t.Fatalf("%+v, %v", result.Report.Tally, err)
	}
	for _, r := range result.Rows {
		if r.Points == 0 || r.Trials == 0 {
			t.Errorf("%+v", r)
		}
	}
}
