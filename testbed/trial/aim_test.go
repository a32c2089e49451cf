package trial_test

import (
	"slices"
	"strings"
	"testing"

	"ordeal/nemesis"
	"ordeal/testbed/coordination"
	"ordeal/testbed/trial"
)

// TestAimsAreAddedToSomePlans: about one plan of two has faults that wait for a scenario, each of deeds that there
// are, and the rest of every plan is what it is without.
func TestAimsAreAddedToSomePlans(t *testing.T) {
	waits := func(s nemesis.Step) bool { return s.Fault.AwaitsDeeds() }
	aimed := 0
	const seeds = 80
	for seed := uint64(1); seed <= seeds; seed++ {
		one := coordination.Service().Campaign("", "swarm").Trial(seed)
		plan := one.DrawPlan()
		one.Faults = append(slices.Clone(one.Faults), trial.Unaimed)
		blind := one.DrawPlan()
		if slices.ContainsFunc(blind, waits) {
			t.Errorf("seed %d: a plan that is not aimed waits: %s", seed, blind.Line())
		}
		if slices.ContainsFunc(plan, waits) {
			aimed++
		}
		for _, s := range blind {
			if !slices.Contains(plan, s) {
				t.Errorf("seed %d: %s is in the plan only without aims", seed, s)
			}
		}
		one.Faults, one.Plan = nil, plan
		if err := one.Check(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
	if aimed < seeds/4 || aimed > seeds*3/4 {
		t.Errorf("%d of %d plans are aimed", aimed, seeds)
	}
}

// TestPlansWaitForDeedsThatThereAre: what is not known is said when the line is read.
func TestPlansWaitForDeedsThatThereAre(t *testing.T) {
	const head = `ordeal/2 seed=7 workload=lock nodes=3 length=5s rate=100 plan="at 1s for 1s crash `
	for target, want := range map[string]string{
		"{leads_A}A": "", "{sleeps_A}A": `the plan waits for sleeps A: the deed "sleeps" is not known`,
	} {
		one, err := parse(head + target + `"`)
		if want == "" && (err != nil || !strings.Contains(one.Line(), target)) ||
			want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, and not %q", target, err, want)
		}
	}
	if _, err := parse("ordeal/2 seed=7 workload=lock nodes=3 faults=unaimed"); err == nil ||
		!strings.Contains(err.Error(), "it needs others, as in swarm,unaimed") {
		t.Error(err)
	}
}
