package main

import (
	"testing"

	"ordeal/testbed"
)

var service = election.MustService()

// regression is what the tests call that `shrink --emit-test` writes.
func regression(t testbed.TB, line string) {
	t.Helper()
	testbed.Regression(t, service, line)
}

// trial is one of a short election, with this plan and these settings.
func trial(plan, settings string) string {
	return `election/1 seed=7 workload=leaders nodes=5 length=12s rate=100 plan="` + plan + `" settings=` + settings +
		" recovery=skip"
}

// slow has one clock, that of whoever leads, fall back behind the others.
const slow = "at 1s for 10s drift leader -500000ppm"

func TestASlowClockHasTwoLeaders(t *testing.T) {
	got := testbed.Play(t, service, trial(slow, "by-chance"))
	if got.Outcome != "invalid" || got.Checker != "one leader" {
		t.Errorf("the trial is %s, by %q", got.Outcome, got.Checker)
	}
}

func TestWhoCountsHalfOfTheLeaseDoesWithThat(t *testing.T) {
	regression(t, trial(slow, "careful,by-chance"))
}
