package coordination

import (
	"slices"
	"strings"
	"testing"

	"ordeal/nemesis"
	"ordeal/testbed/play"
)

// TestWhatATrialDidIsTheSameTrial: with its plan, its clients' turns and its servers' logs said instead of drawn, a
// trial is the same to the byte, also if the clients' chance is said and the world's stays. A client that is to crash
// may have set its alarm for another instant, which shows in nothing but the trace.
func TestWhatATrialDidIsTheSameTrial(t *testing.T) {
	for i, drawn := range each(40) {
		w := drawn.Workload
		drawn.NoRecovery = true
		if i == 0 || w == "tree" {
			drawn.Faults, drawn.Plan = nil, mustPlan(t, "at 3s for 1s crash clients; at 7s for 2s crash client; "+
				"at 11s for 1s crash leader-appended; at 12s for 3s crash c2")
		}
		first := mustRun(t, drawn)
		said, e := drawn, first.Explicit()
		said.Faults, said.Plan, said.Draws = nil, first.Plan, drawn.Seed
		var err error
		if said, err = Service().Parse(said.Line() + " ops=\"" + e.Ops + "\" settings=" + e.Settings); err != nil {
			t.Fatal(err)
		}
		second := mustRun(t, said)
		if a, b := first.Summary, second.Summary; a.TraceHash != b.TraceHash && !crashesClients(first.Plan) ||
			a.HistoryHash != b.HistoryHash {
			t.Errorf("%s: %s", w, first.Summary.Difference(second.Summary))
		}
		if again := second.Explicit(); again.Ops != e.Ops || again.Plan != e.Plan || again.Aimed != e.Aimed {
			t.Errorf("%s: it says that it did something else", w)
		}
		if events := len(e.Calls); events != first.Summary.Operations {
			t.Errorf("%s: %d calls of %d operations", w, events, first.Summary.Operations)
		}
		aimed, err := nemesis.ParsePlan("aimed", []byte(e.Aimed))
		if err != nil || len(aimed) == 0 || strings.Contains(e.Aimed, "leader") {
			t.Errorf("%s: %d steps, %v: %s", w, len(aimed), err, e.Aimed)
		}
	}
}

// crashesClients says that a plan may crash a client.
func crashesClients(plan nemesis.Plan) bool {
	return slices.ContainsFunc(plan, func(s nemesis.Step) bool {
		return s.Fault.Kind == nemesis.Crash && strings.HasPrefix(string(s.Fault.Target), "c")
	})
}

// TestWhatAPlanHasPreparedStaysSo: a plan that changes the ensemble has the service prepared for that, and what it said
// of it stays, although the step that did was skipped and is no part of what happened.
func TestWhatAPlanHasPreparedStaysSo(t *testing.T) {
	drawn := short(3, "tree")
	drawn.Plan, drawn.Settings = mustPlan(t, "at 2s promote observer; at 4s for 1s kill leader"), "30/6/8192/300,super=no"
	first := mustRun(t, drawn)
	e := first.Explicit()
	if e.Plan != "at 4s for 1s kill leader" {
		t.Fatalf("the plan is %s", e.Plan)
	}
	said := drawn
	said.Plan, said.Settings = mustPlan(t, e.Plan), e.Settings
	second := mustRun(t, said)
	if a, b := first.Summary, second.Summary; a.HistoryHash != b.HistoryHash {
		t.Errorf("with the settings %s: %s", e.Settings, a.Difference(b))
	}
}

// TestTurnsStayWhatTheyAre: without half of its turns, a client's others are what they were.
func TestTurnsStayWhatTheyAre(t *testing.T) {
	drawn := short(7, "register")
	drawn.Faults, drawn.NoRecovery = []string{"none"}, true
	first := mustRun(t, drawn)
	began := func(r play.Result) map[[3]int]string {
		all := make(map[[3]int]string)
		for _, c := range r.Explicit().Calls {
			all[[3]int{c.Client, c.Turn, c.Op}] = r.History[c.Event].F
		}
		return all
	}
	whole := began(first)
	half := drawn
	var err error
	if half, err = Service().Parse(drawn.Line() + ` ops="` + first.Explicit().Ops + `"`); err != nil {
		t.Fatal(err)
	}
	for i := range half.Script {
		kept := half.Script[i].Turns[:0]
		for _, turn := range half.Script[i].Turns {
			if turn.N%2 == i%2 {
				kept = append(kept, turn)
			}
		}
		half.Script[i].Turns = kept
	}
	for key, what := range began(mustRun(t, half)) {
		if whole[key] != what {
			t.Errorf("client %d, turn %d: it was %s and is %s", key[0], key[1], whole[key], what)
		}
	}
}
