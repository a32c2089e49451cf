package coordination

import (
	"slices"
	"strings"
	"testing"

	"ordeal/testbed/play"
)

// TestStatesAreLookedAtFromOutside: the trial is the same, whoever wants to know its states; and others reach others.
func TestStatesAreLookedAtFromOutside(t *testing.T) {
	one := short(1, "register")
	one.Plan = mustPlan(t, "at 3s for 3s crash leader; at 9s for 3s partition isolate leader")
	plain := mustRun(t, one)
	states := play.Ask{Mode: play.States}
	first, second := mustAsk(t, one, states), mustAsk(t, one, states)
	if !plain.Summary.Same(first.Summary) || !slices.Equal(first.Summary.States, second.Summary.States) {
		t.Error(plain.Summary.Difference(first.Summary))
	}
	one.Plan = mustPlan(t, "")
	calm := mustAsk(t, one, states)
	if len(calm.Summary.States) == 0 || len(calm.Summary.States) >= len(first.Summary.States) ||
		len(plain.Summary.States) != 0 {
		t.Errorf("%d states when nothing happens, and %d when leaders go", len(calm.Summary.States),
			len(first.Summary.States))
	}
}

// TestFaultsThatMayFail: what a mutant asks for need not be there.
func TestFaultsThatMayFail(t *testing.T) {
	one := short(1, "register")
	one.Plan, one.MaySkip = mustPlan(t, "at 2s for 1s crash holder; at 4s for 1s crash leader"), true
	again, err := Service().Parse(one.Line())
	if err != nil || !again.MaySkip || !strings.Contains(one.Line(), " faults-that-fail=skip") {
		t.Fatalf("%s: %v", one.Line(), err)
	}
	if r := mustRun(t, again); r.Summary.Outcome != play.Valid || r.Summary.Skipped["crash"] != 1 {
		t.Errorf("%+v", r.Summary)
	}
	if _, err := Service().Parse(strings.Replace(one.Line(), "fail=skip", "fail=no", 1)); err == nil ||
		!strings.Contains(err.Error(), "can be skip and nothing else") {
		t.Error(err)
	}
}
