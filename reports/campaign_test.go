package reports

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestCampaignAdd(t *testing.T) {
	bad := small(t).Result()
	good := Result{Line: "queue seed=1", Workload: "queue", Outcome: Valid, Operations: OperationsResult{Total: 9}}
	stuck := Result{Line: "lock seed=3", Workload: "lock", Outcome: Unknown, Reason: "nothing succeeded"}
	var c Campaign
	for _, r := range []Result{good, bad, stuck, stuck, good} {
		c.Add(r, "")
	}
	want := Campaign{
		Totals: []Total{{"lock", 0, 1, 2, 5}, {"queue", 2, 0, 0, 18}},
		Kept: []Kept{
			{"lock", bad.Line, bad.Replay, Invalid, bad.Reason, "", ""},
			{"lock", stuck.Line, "", Unknown, stuck.Reason, "", ""}, {"lock", stuck.Line, "", Unknown, stuck.Reason, "", ""},
		},
		Coverage: []Coverage{{"partition", 1, 0, nil}, {"pause", 0, 1, []Reason{{"there was no leader", 1}}}},
		Unknowns: []Reason{{"nothing succeeded", 2}},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("the campaign is\n%+v, want\n%+v", c, want)
	}
	c.Add(good, "queue-1")
	if last := c.Kept[len(c.Kept)-1]; last.Folder != "queue-1" || last.Outcome != Valid {
		t.Errorf("a valid trial with a folder is not kept: %+v", last)
	}
}

// Reasons that name instants are all different: the page shows the common ones, and loses none in the count.
func TestCommonUnknowns(t *testing.T) {
	var c Campaign
	for i := range 100 {
		c.Add(Result{Outcome: Unknown, Reason: fmt.Sprintf("stuck at %d", i)}, "")
		c.Add(Result{Outcome: Unknown, Reason: "the budget ran out"}, "")
	}
	common := c.commonUnknowns()
	if len(common) != mostReasons+1 || common[0] != (Reason{"the budget ran out", 100}) ||
		common[mostReasons] != (Reason{"other reasons", 81}) {
		t.Errorf("common reasons %+v", common)
	}
}

func TestTextStaysShort(t *testing.T) {
	trial := small(t)
	for range 50 {
		trial.Faults = append(trial.Faults, trial.Faults[0])
		trial.Verdicts[1].Evidence = append(trial.Verdicts[1].Evidence, trial.Ops[0])
	}
	text := Text(trial)
	for _, want := range []string{"and 49 more events", "51 faults fired, 1 skipped", "and 44 more"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n"); n > 30 {
		t.Errorf("%d lines", n)
	}
	trial.Verdicts = trial.Verdicts[:1]
	if text := Text(trial); strings.Count(text, "\n") > 5 || !strings.HasPrefix(text, "VALID  lock") {
		t.Errorf("a valid trial says\n%s", text)
	}
}
