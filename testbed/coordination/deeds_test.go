package coordination

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/nemesis/scenario"
	"ordeal/testbed/coverage"
	"ordeal/testbed/trial"
)

// TestScenariosAreOfDeedsThatThereAre: and each has a reason.
func TestScenariosAreOfDeedsThatThereAre(t *testing.T) {
	s := Service()
	if err := s.CheckScenarios("scenarios.txt", s.Scenarios); err != nil {
		t.Error(err)
	}
	for _, one := range s.Scenarios {
		if one.What == "" {
			t.Errorf("scenario %s has no reason", one.Name)
		}
	}
	var names []string
	for _, d := range s.AllDeeds() {
		if d.What == "" || slices.Contains(names, d.Name) {
			t.Errorf("deed %s: %q, and of a name of its own", d.Name, d.What)
		}
		names = append(names, d.Name)
	}
}

// deedTrials are trials of 20 s and deeds that come about in them, of which a calm trial has none.
var deedTrials = []struct{ workload, plan, settings, deeds string }{
	{"register", every(1500*time.Millisecond, "for 700ms crash-in-sync leader", "for 500ms crash all"), "",
		"boot down power-loss leads stands asks new-term vote-refused append-refused cut-torn-end term-begins " +
			"request-again request-to-new-leader crash crash-ends session-moves"},
	{"lock", "at 3s for 4s partition isolate leader; at 9s for 3s pause leader; " +
		"at 14s for 2s partition isolate leader with-clients", "",
		"steps-down overwrites message-lost partition-ends pause session-expires session-ends owner-refused " +
			"client-too-late clients-sent-away applies-batch"},
	{"tree", "at 2s for 5s crash follower; at 2s for 5s snapshot all every 300ms; at 6s for 5s crash sender; " +
		"at 11s for 5s crash receiver", "30/6/8192/300",
		"sends sent receives replaces-log installs saves saved compacts segment snapshot started-from-snapshot"},
	{"queue", "at 2s demote follower; at 6s for 4s partition isolate observer; at 12s promote observer", "",
		"changes joint joint-left change-done left-alone demote"},
}

func TestDeedsAreTold(t *testing.T) {
	service := *Service()
	service.Scenarios = nil
	for _, d := range service.AllDeeds() {
		service.Scenarios = append(service.Scenarios, scenario.MustParse("deeds", d.Name+": "+d.Name+" A\n")...)
	}
	play := func(one trial.Trial) []string {
		one.Service = &service
		return mustRun(t, one).Summary.Covered
	}
	one := short(1, "register")
	one.Faults = []string{"none"}
	calm := play(one)
	usual := strings.Fields("boot leads new-term term-begins asks stands session-moves session-ends segment saves saved " +
		"compacts")
	for _, c := range deedTrials {
		told := make(map[string]bool)
		for seed := uint64(1); seed <= 4; seed++ {
			one := short(seed, c.workload)
			one.Length, one.Settings = 20*time.Second, c.settings
			one.Faults, one.Plan = nil, mustPlan(t, c.plan)
			for _, item := range play(one) {
				told[item] = true
			}
			if !slices.ContainsFunc(strings.Fields(c.deeds), func(d string) bool { return !told[coverage.ScenarioItem(d)] }) {
				break
			}
		}
		for _, d := range strings.Fields(c.deeds) {
			item := coverage.ScenarioItem(d)
			if !told[item] {
				t.Errorf("%s is not told under %s", d, c.plan)
			}
			if !slices.Contains(usual, d) && slices.Contains(calm, item) {
				t.Errorf("%s is told of a calm trial", d)
			}
		}
	}
}
