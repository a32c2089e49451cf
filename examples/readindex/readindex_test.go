package main

import (
	"testing"

	"ordeal/testbed"
)

// staleRead is what is left of seed 331's trial when it is shrunk, and between before and behind stand its two faults.
// An old leader takes late answers to a question that was asked twice under one name for a proof that it still leads.
const (
	staleRead = before + slow + "; " + slower + behind
	before    = `readindex/1 seed=331 workload=register nodes=3 length=2s rate=100 plan="`
	slow      = "at 520ms for 2.38s delay 50ms leader"
	slower    = "at 630ms for 1.48s delay 1s jitter 1s leader"
	behind    = `" ops="c3 19@520ms 22[1,2]@1s; c9 22[1,2]@500ms 24[1]@1.7s" draws=331 recovery=skip`
)

const broken = version == "v3.6.0"

// regression is what the tests call that `shrink --emit-test` writes.
func regression(t testbed.TB, line string) {
	t.Helper()
	testbed.Regression(t, service, line)
}

func TestTheCampaignFindsTheStaleRead(t *testing.T) {
	found, ok := testbed.Find(t, service.Campaign("", "swarm"), 321, 340)
	if ok != broken || ok && found.Checker != "linearizable register" {
		t.Errorf("raft %s: the last trial is %s, by %q: %s", version, found.Outcome, found.Checker, found.Line)
	}
}

func TestTheStaleReadIsMendedInNewerVersions(t *testing.T) {
	if !broken {
		regression(t, staleRead)
	} else if got := testbed.Play(t, service, staleRead); got.Outcome != "invalid" {
		t.Errorf("raft %s: %s is %s", version, staleRead, got.Outcome)
	}
}

func TestFreshContextsFindNothing(t *testing.T) {
	seeds := service.Campaign("", "swarm")
	seeds.Template.Settings = fresh
	testbed.Test(t, seeds, 301, 360)
	regression(t, staleRead+" settings="+fresh)
}

func TestNeitherFaultAloneIsEnough(t *testing.T) {
	regression(t, before+slow+behind)
	regression(t, before+slower+behind)
}
