package main

import (
	"testing"
	"time"

	"ordeal/checker"
	"ordeal/nemesis"
)

// The plan that is left of seed 45's, and what it is left of.
const (
	staleSeed = 45
	stalePlan = "at 2s for 3s delay 195ms jitter 195ms leader; at 3.233s for 848ms clog leader"
)

func play(t *testing.T, tr trial, plan string) result {
	t.Helper()
	tr.Nodes, tr.Length = 3, 7*time.Second
	if plan != "" {
		var err error
		if tr.Plan, err = nemesis.ParsePlan("plan", []byte(plan)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := tr.run()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What retries under the same name see in raft v3.6.0 is stale; in v3.7.0 it is not.
func TestReadsUnderOneName(t *testing.T) {
	for _, plan := range []string{"", stalePlan} {
		r := play(t, trial{Seed: staleSeed}, plan)
		want := checker.Invalid
		if raftVersion == "v3.7.0" {
			want = checker.Valid
		}
		if r.Verdict.Outcome != want {
			t.Errorf("raft %s, plan %q: %v (%s), want %v", raftVersion, r.Plan.Line(), r.Verdict.Outcome, r.Verdict.Reason, want)
		}
	}
}

// A retry under a name of its own is not confirmed by what was meant for another.
func TestReadsUnderFreshNames(t *testing.T) {
	for seed := range uint64(60) {
		if r := play(t, trial{Seed: seed, Retry: freshContext}, ""); r.Verdict.Outcome != checker.Valid {
			t.Errorf("seed %d: %v: %s", seed, r.Verdict.Outcome, r.Verdict.Reason)
		}
	}
}

// Neither slowness nor the hold-up alone is enough, and nothing is found where nothing is wrong.
func TestWhatIsNeeded(t *testing.T) {
	parts := []string{"at 2s for 3s delay 195ms jitter 195ms leader", "at 3.233s for 848ms clog leader", "at 1s for 1s duplicate 10% all"}
	for _, plan := range parts {
		if r := play(t, trial{Seed: staleSeed}, plan); r.Verdict.Outcome != checker.Valid {
			t.Errorf("plan %q: %v: %s", plan, r.Verdict.Outcome, r.Verdict.Reason)
		}
	}
}

// A seed decides a trial to the byte.
func TestTrialsRepeat(t *testing.T) {
	a, b := play(t, trial{Seed: staleSeed}, ""), play(t, trial{Seed: staleSeed}, "")
	if a.Hash != b.Hash || len(a.History) != len(b.History) {
		t.Errorf("hashes %x and %x, histories of %d and %d events", a.Hash, b.Hash, len(a.History), len(b.History))
	}
}
