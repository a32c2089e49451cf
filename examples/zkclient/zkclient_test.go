package main

import (
	"testing"

	"ordeal/testbed"
)

var service = zkclient.MustService()

// regression is what the tests call that `shrink --emit-test` writes.
func regression(t testbed.TB, line string) {
	t.Helper()
	testbed.Regression(t, service, line)
}

// trial is one in which a client that has made its znode in the line loses an answer, with these settings.
func trial(settings string) string {
	return `zkclient/1 seed=8 workload=lock nodes=3 length=6.746s rate=100 plan="at 2.366s for 2.304s crash saver; ` +
		`at 4.429s for 1.165s crash follower; at 4.429s for 1.165s snapshot all every 300ms" settings=` + settings +
		`in-turn,150/37/1048576/300,tick=300ms,outstanding=30,super=all,piles=yes`
}

func TestAnOrphanStandsInLine(t *testing.T) {
	got := testbed.Play(t, service, trial(""))
	if got.Outcome != "invalid" || got.Checker != "linearizable lock" {
		t.Errorf("the trial is %s, by %q", got.Outcome, got.Checker)
	}
}

func TestWhoEndsTheSessionLeavesNone(t *testing.T) { regression(t, trial("closes,")) }
