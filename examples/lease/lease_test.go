package main

import (
	"testing"

	"ordeal/testbed"
)

// twoPrimaries is what is left of seed 109's trial when it is shrunk: the primary's clock is slow, and it is cut off.
// Between before and behind stand the two faults.
const (
	twoPrimaries = before + drift + "; " + partition + behind
	before       = `lease/1 seed=111 workload=register nodes=3 length=1s rate=100 plan="`
	drift        = "at 100ms for 600ms drift leader -300000ppm"
	partition    = "at 100ms for 600ms partition isolate leader"
	behind       = `" ops="c5 83[1,2]@500ms; c6 44[1]@0s 74[1]@700ms" draws=109 recovery=skip`
)

// regression is what the tests call that `shrink --emit-test` writes.
func regression(t testbed.TB, line string) {
	t.Helper()
	testbed.Regression(t, service, line)
}

func TestTheCampaignFindsTheStaleRead(t *testing.T) {
	found, ok := testbed.Find(t, service.Campaign("", "swarm"), 51, 75)
	if !ok || found.Checker != "linearizable register" {
		t.Errorf("the last trial is %s, by %q: %s", found.Outcome, found.Checker, found.Line)
	}
	if got := testbed.Play(t, service, twoPrimaries); got.Outcome != "invalid" {
		t.Errorf("%s is %s", twoPrimaries, got.Outcome)
	}
}

func TestACarefulPrimaryIsNeverStale(t *testing.T) {
	seeds := service.Campaign("", "swarm")
	seeds.Template.Settings = careful
	testbed.Test(t, seeds, 51, 110)
	regression(t, twoPrimaries+" settings="+careful)
}

func TestNeitherFaultAloneIsEnough(t *testing.T) {
	regression(t, before+drift+behind)
	regression(t, before+partition+behind)
}
