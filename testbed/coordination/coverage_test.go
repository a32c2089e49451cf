package coordination

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/coverage"
)

// coverageTrials are trials of 20 s and what they cover with one seed or another, of which the calm trial covers
// nothing.
var coverageTrials = []struct{ workload, plan, settings, covers string }{
	{"tree", "", "", "reaped session-closed-ephemerals"},
	{"register", every(1500*time.Millisecond, "for 700ms crash-in-sync leader", "for 500ms crash all"), "",
		"fault:crash-in-sync crash:leader crash:follower leader-replaced split-vote election-without-winner " +
			"vote-refused append-refused " +
			"leader-down-with-tail start-from-snapshot start-torn-end all-down request-again request-to-new-leader " +
			"session-moved-in-election"},
	{"lock", "at 3s for 4s partition isolate leader; at 9s for 3s pause leader; " +
		"at 14s for 2s partition isolate leader with-clients", "",
		"fault:partition fault:pause partition:leader pause:leader leader-stepped-down two-leaders log-overwritten " +
			"request-known sync-again " +
			"session-moved session-expired session-expired-ephemerals owner-refused client-ahead client-too-late " +
			"clients-sent-away watches-again"},
	{"tree", "at 2s for 5s crash follower; at 2s for 5s snapshot all every 300ms; at 6s for 5s crash sender; " +
		"at 11s for 5s crash receiver",
		"30/6/8192/300", "fault:snapshot service:leader service:follower snapshot-installed snapshot-piece-again " +
			"snapshot-not-sent " +
			"leader-down-sending down-receiving"},
	{"tree", every(time.Second, "for 700ms crash saver", "for 700ms kill saver"), "30/6/8192/300",
		"fault:kill down-saving start-leftovers"},
	{"register", every(4*time.Second, "for 3s loss 40% all", "for 3s duplicate 40% all", "for 3s reorder 40% all",
		"for 3s corrupt 10% all"), "",
		"fault:loss fault:duplicate fault:reorder fault:corrupt packet:leader packet:follower message-corrupt " +
			"request-overtaken"},
	{"register", "at 2s for 2s full-disk one; at 6s for 2s fail-sync one; at 9s for 2s fail-read one; " +
		"at 12s for 2s rot follower", "",
		"fault:full-disk fault:fail-sync fault:fail-read fault:rot disk:follower refused-damage refused-unreadable " +
			"stopped-sync-failed stopped-disk-full"},
	{"register", "at 3s transfer follower; at 8s for 2s stop leader", "",
		"fault:transfer fault:stop handover-done told-to-lead"},
	{"queue", "at 2s demote follower; at 6s for 4s partition isolate observer; at 12s promote observer; " +
		"at 12s for 2s crash joiner", "",
		"fault:demote fault:promote membership:follower change-done observer-left-alone leader-replaced-in-change " +
			"down-in-change down-in-joint"},
	{"tree", every(1200*time.Millisecond, "for 700ms crash leader", "for 900ms partition isolate leader"), "",
		"pre-vote-refused watches-missed"},
	{"tree", "at 3s for 4s partition isolate follower; at 9s for 4s partition isolate leader with-clients",
		"1000/200/65536/3000,readonly=yes,timeouts=4s-6s", "read-only-served timeout-bounded"},
	{"tree", "", "1000/200/65536/3000,local=yes,outstanding=1",
		"session-set-apart ephemeral-refused reading-stopped"},
	{"lock", "", "1000/200/65536/3000,local=upgrade", "session-joined-in"},
	{"tree", every(3*time.Second, "for 2s slow-disk follower 10ms", "for 2s slow-disk follower 1s"),
		"1000/200/65536/3000,reads=committed", "read-awaited read-gave-up"},
	{"queue", "", "1000/200/65536/3000,start=late", "zxid-rolled-over"},
	{"tree", "", "1000/200/65536/3000,eager=yes,piles=yes,rude=yes,watches=1200,idle=200,codec=second",
		"requests-early intruder-refused session-taken-over requests-piled watches-many sessions-idle"},
	{"queue", "", "1000/200/65536/3000,strangers=yes,reconfig=yes",
		"foreign-among-members handshake-late change-refused address-refused impostor-known"},
	{"queue", "", "1000/200/65536/3000,enforce=digest", "unknown-turned-away"},
	{"bank", "", "", "transaction-conflict transaction-long read-of-many transfer-refused"},
	{"rw", "", "", "transaction-reads-checked"},
	{"set", "", "", "children-many"},
	{"counter", "", "", "counter-old"},
	{"logs", "", "", "log-read-on log-written-with-others"},
	{"count", "at 2s for 1s kill leader; at 5s for 1s kill all; at 8s for 1s kill leader; at 11s for 1s kill leader", "",
		"recipe-over-reconnect"},
	{"lock", "at 2s for 8s pause client; at 3s for 6s partition shatter; at 6s for 2s crash all; " +
		"at 12s for 3s loss 75% client", "",
		"pause:client crash:candidate candidate-down packet:client"},
}

func TestCoverage(t *testing.T) {
	one := short(1, "register")
	one.Faults, one.Settings = []string{"none"}, "1000/200/65536/3000"
	calm := mustRun(t, one).Summary.Covered
	reached := make(map[string]bool)
	for _, c := range coverageTrials {
		wanted := strings.Fields(c.covers)
		for seed := uint64(1); seed <= 5 && len(wanted) > 0; seed++ {
			one := short(seed, c.workload)
			one.Nodes, one.Plan, one.Settings = 5, mustPlan(t, c.plan), c.settings
			covered := mustRun(t, one).Summary.Covered
			wanted = slices.DeleteFunc(wanted, func(name string) bool { return slices.Contains(covered, name) })
		}
		if len(wanted) > 0 {
			t.Errorf("%s: %v never happened", c.plan, wanted)
		}
		for _, name := range strings.Fields(c.covers) {
			// Whoever looks at every server in the end asks for timeouts out of bounds, in every trial.
			if reached[name] = true; slices.Contains(calm, name) && name != "timeout-bounded" {
				t.Errorf("%s is in the calm trial's %v", name, calm)
			}
		}
	}
	for _, i := range recoveryPaths {
		if !reached[i.Name] {
			t.Errorf("no trial here has to cover %s", i.Name)
		}
	}
}

func TestItemsHaveNames(t *testing.T) {
	seen := make(map[string]bool)
	for _, i := range coverage.Items(Service()) {
		if seen[i.Name] || i.Name == "" || i.What == "" || strings.ContainsAny(i.Name, " ,|") {
			t.Errorf("%+v", i)
		}
		seen[i.Name] = true
	}
}

// TestATrapCountsWhenItSprang: to set one is not enough.
func TestATrapCountsWhenItSprang(t *testing.T) {
	one := short(1, "register")
	one.Plan = mustPlan(t, "at 2s for 1ms crash-in-sync n1; at 5s for 2s crash sender")
	r := mustRun(t, one)
	if r.Summary.Fired["crash-in-sync"] != 1 || slices.Contains(r.Summary.Covered, "fault:crash-in-sync") {
		t.Errorf("fired %v, covered %v", r.Summary.Fired, r.Summary.Covered)
	}
	if r.Summary.Skipped["crash"] != 1 || slices.Contains(r.Summary.Covered, "fault:crash") {
		t.Errorf("skipped %v, covered %v", r.Summary.Skipped, r.Summary.Covered)
	}
}
