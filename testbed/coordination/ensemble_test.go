package coordination

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/play"
)

// TestTheEnsembleChangesUnderATrial: servers come and go in the midst of everything else, and in the end those that
// are in the service have all come to one state.
func TestTheEnsembleChangesUnderATrial(t *testing.T) {
	for _, workload := range []string{"register", "lock", "tree"} {
		one := short(11, workload)
		p := playPlan(t, one, "at 3s add; at 5s replace n1; at 8s demote n2; at 11s promote n2; at 14s remove n3; "+
			"at 14500ms for 1s crash one")
		e := p.operator.ensemble
		if want := []host.Addr{"n2", "n4", "n5"}; !slices.Equal(e.members, want) || len(e.observers) > 0 ||
			e.changes < 5 {
			t.Errorf("%s: after %d changes the members are %v, and %v of them observe; want %v", workload, e.changes,
				e.members, e.observers, want)
		}
		if len(p.servers()) != 5 || len(e.asked) > 0 {
			t.Errorf("%s: there were %v, and asked for is still %v", workload, p.servers(), e.asked)
		}
	}
}

// TestMembersChangeByEtcdsAPI: where clients speak that, operators do. What they ask for comes about, and is judged.
func TestMembersChangeByEtcdsAPI(t *testing.T) {
	p := playPlan(t, short(11, "etcd"), "at 5s add; at 8s replace n1; at 12s remove n3")
	if sum := p.result.Summary; sum.Outcome != play.Valid {
		t.Errorf("%s: %s: %s", sum.Line, sum.Outcome, sum.Reason)
	}
	e := p.operator.ensemble
	if slices.Contains(e.members, "n1") || slices.Contains(e.members, "n3") || e.joined < 5 || len(e.asked) > 0 {
		t.Errorf("the members are %v, and asked for is still %v", e.members, e.asked)
	}
	done, refused := map[string]int{}, 0
	for _, op := range p.result.History {
		if _, answered := op.Value.([]any); op.Type == history.OK && op.Process >= 0 && answered {
			done[op.F]++
		} else if op.Type == history.OK && strings.HasPrefix(op.F, "member-") {
			refused++
		}
	}
	if done["member-add"] < 2 || done["member-remove"] < 2 || refused == 0 {
		t.Errorf("there came about %v, and %d changes were refused", done, refused)
	}
}

// TestALeaderIsTakenOut: another leads, and not after an election's timeout.
func TestALeaderIsTakenOut(t *testing.T) {
	p := playPlan(t, short(12, "queue"), "at 5s remove leader; at 12s for 1s crash one")
	gone := p.result.Faults[0].Machines[0]
	if slices.Contains(p.operator.ensemble.members, gone) {
		t.Fatalf("%s is still a member", gone)
	}
	for _, l := range p.leads(8*time.Second, time.Minute) {
		if l == gone {
			t.Errorf("%s leads, and was taken out", gone)
		}
	}
}

// TestChangesThatCannotBe: what the service refuses, or can't carry out for want of a quorum, changes nothing.
func TestChangesThatCannotBe(t *testing.T) {
	p := playPlan(t, short(13, "register"), "at 3s for 14s partition shatter; at 4s add")
	e := p.operator.ensemble
	if len(p.servers()) != 4 || e.changes > 2 {
		t.Errorf("there were %v, and %d changes", p.servers(), e.changes)
	}
}

// TestCoreIsAMajorityOfAll: whoever is healed first can go on whether a change comes about or not.
func TestCoreIsAMajorityOfAll(t *testing.T) {
	e := ensemble{
		members: numbered(4), observers: []host.Addr{"n4"},
		asked: []nemesis.Change{{Leave: "n1"}, {Join: "n5"}, {Promote: "n4"}, {Demote: "n2"}},
	}
	for _, order := range [][]host.Addr{{"n1", "n2", "n3", "n4", "n5"}, {"n5", "n4", "n1", "n2", "n3"}, {"n2", "n1",
		"n5", "n3", "n4"}} {
		core := e.core(order)
		for _, set := range e.voters() {
			have := 0
			for _, a := range core {
				if slices.Contains(set, a) {
					have++
				}
			}
			if have <= len(set)/2 {
				t.Errorf("%v are no majority of %v", core, set)
			}
		}
	}
	if got := (&ensemble{members: numbered(5)}).core([]host.Addr{"n4", "n2", "n5", "n1", "n3"}); len(got) != 3 {
		t.Errorf("of five, the core is %v", got)
	}
}

// TestPlansMayNameServersThatAreToJoin, and none that are not.
func TestPlansMayNameServersThatAreToJoin(t *testing.T) {
	one := short(1, "register")
	one.Plan = mustPlan(t, "at 2s add; at 3s for 1s crash n4")
	if err := one.Check(); err != nil {
		t.Error(err)
	}
	one.Plan = mustPlan(t, "at 2s remove n1; at 3s for 1s crash n4")
	if err := one.Check(); err == nil || !strings.Contains(err.Error(), "the plan names n4") {
		t.Error(err)
	}
}
