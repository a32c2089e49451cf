package main

import (
	"strings"
	"testing"

	"ordeal/testbed"
)

// What is left of trials that campaigns found, shrunk: a holder that stands still behind its look at the clock, servers
// whose time of day goes forward, and servers that lose power before they have synced what they answered.
const (
	paused = `redlock/1 seed=19 workload=lock nodes=5 length=1.014s rate=100 plan="at 100ms for 917ms pause c7" ` +
		`ops="c7 72[1]@0s; c9 78[1]@1.007s" draws=19 recovery=skip`
	jumped = `redlock/1 seed=172 workload=lock nodes=5 length=1s rate=100 plan="at 10ms jump all 1s" ` +
		`ops="c6 86[1]@10ms; c8 98[1]@0s" draws=172 recovery=skip`
	crashed = `redlock/1 seed=142 workload=lock nodes=5 length=10.05s rate=100 plan="at 10s for 1ms crash-in-sync all" ` +
		`ops="c1 85[1]@9.76s 86[1]@10s; c4 96[1]@9.9s" draws=138 recovery=skip`
)

// regression is what the tests call that `shrink --emit-test` writes.
func regression(t testbed.TB, line string) {
	t.Helper()
	testbed.Regression(t, service, line)
}

func TestTheCampaignFindsTwoHolders(t *testing.T) {
	found, ok := testbed.Find(t, service.Campaign("", "pause"), 18, 20)
	if !ok || found.Checker != "linearizable lock" {
		t.Errorf("the last trial is %s, by %q: %s", found.Outcome, found.Checker, found.Line)
	}
}

func TestTwoHolders(t *testing.T) {
	for _, line := range []string{paused, jumped, crashed} {
		if got := testbed.Play(t, service, line); got.Outcome != "invalid" {
			t.Errorf("%s is %s", line, got.Outcome)
		}
	}
}

// Without its fault each of them passes: the same clients, at the same times.
func TestEachTakesItsFault(t *testing.T) {
	regression(t, strings.Replace(paused, `"at 100ms for 917ms pause c7"`, `"at 100ms for 100ms pause c7"`, 1))
	regression(t, strings.Replace(jumped, "jump all 1s", "jump all 100ms", 1))
	regression(t, strings.Replace(crashed, "crash-in-sync all", "pause all", 1))
}

// Servers that sync before they answer stand the loss of power.
func TestServersThatSyncAlwaysStandCrashes(t *testing.T) {
	seeds := service.Campaign("", "crash")
	seeds.Template.Settings = always
	testbed.Test(t, seeds, 138, 146)
}
