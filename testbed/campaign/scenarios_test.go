package campaign_test

import (
	"strings"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

const strangersScenarios = `
# A primary is down, and another takes its place.
replaced: power-loss A, leads B within 5s
never: leads A, leads A within 1ns
`

// TestScenariosOfAFile: a user's scenarios are counted in the trials of a service that knows none, and what is wrong
// with them is said with its place.
func TestScenariosOfAFile(t *testing.T) {
	own := trialtest.Service(trialtest.Options{})
	service, err := own.WithScenarios("mine.txt", []byte(strangersScenarios))
	if err != nil {
		t.Fatal(err)
	}
	all := service.Campaign("", "crash")
	all.Template.Length, all.Template.Rate = 10*time.Second, 20
	report, err := campaign.Campaign{
		Service: service, Jobs: 1, Trials: func(yield func(trial.Trial) bool) {
			for seed := uint64(1); seed <= 6 && yield(all.Trial(seed)); seed++ {
			}
		},
		Scenarios: &campaign.File{Name: "mine.txt", Text: strangersScenarios},
		NewWorker: func() (campaign.Worker, error) { return campaign.InProcess(own, nil), nil },
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	came := report.Scenarios["replaced"]
	if came.Trials == 0 || came.Times < came.Trials || report.Covered["scenario:replaced"] != came.Trials ||
		report.Covered["scenario:never"] != 0 {
		t.Errorf("%+v, covered %v", report.Scenarios, report.Covered)
	}
	text := report.ScenariosText()
	for _, want := range []string{
		"scenario replaced came about in ", "scenario never did not come about: 1 of its 2 steps",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	for text, want := range map[string]string{
		"x: leads Z":               "mine.txt:1:10: ",
		"x: sleeps A":              `mine.txt: scenario x: the deed "sleeps" is not known`,
		"replaced: power-loss A\n": "mine.txt: there is a scenario replaced already",
	} {
		if _, err := service.WithScenarios("mine.txt", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, and not %s", text, err, want)
		}
	}
}
