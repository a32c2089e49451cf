package main

import (
	"testing"

	"ordeal/testbed"
)

// TestTrials has a leader lose its power, and a follower that an old leader was, which the library brings back no more.
func TestTrials(t *testing.T) {
	service := hashiraft.MustService()
	testbed.Regression(t, service, `hashiraft/1 seed=5 workload=register nodes=3 length=8s rate=40 `+
		`plan="at 3s for 2s crash leader; at 5.5s for 1s partition isolate leader" settings=by-chance`)
	got := testbed.Play(t, service, `hashiraft/1 seed=3 workload=register nodes=3 length=14s rate=100 plan="at 5s for 9s partition isolate n1; at 5.3s for 5s pause n2; at 5.3s for 5s pause n3" ops="c1 1@3.1s 2@5.07s 3@12.15s; c2 1@3.2s 2@5.09s 3@12.3s; c3 1@3.3s 2@5.11s 3@12.45s; c4 1@3.4s 2@5.13s 3@12.6s; c5 1@3.5s 2@5.15s 3@12.75s; c6 1@3.6s 2@5.17s; c7 1@3.7s 2@5.19s; c8 1@3.8s 2@5.21s; c9 1@3.9s 2@5.23s; c10 1@4s 2@5.25s" settings=eager,by-chance`)
	if got.Outcome != "invalid" || got.Checker != "recovery" {
		t.Errorf("the trial is %s, by %q", got.Outcome, got.Checker)
	}
}
