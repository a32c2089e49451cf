package policy

import (
	"strings"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/coordination"
	"ordeal/testbed/trialtest"
)

// TestSeedsAreApart: no two nights share a seed, nor does a night with a commit, nor two commits.
func TestSeedsAreApart(t *testing.T) {
	var last uint64
	for night := 1; night <= 3; night++ {
		first, end, err := NightSeeds(night)
		if err != nil || first <= last || end < first+1<<31 {
			t.Errorf("night %d has %d to %d, the one before ended at %d: %v", night, first, end, last, err)
		}
		last = end
	}
	_, last, err := NightSeeds(nightMax)
	if err != nil || last >= 1<<63 {
		t.Errorf("the last night ends at %d, %v", last, err)
	}
	seen := make(map[uint64]bool)
	for _, commit := range []string{"a", "b", "9c8e93b24ef8"} {
		first, end, err := CommitSeeds(commit, commitTrials)
		again, _, _ := CommitSeeds(commit, 1)
		if err != nil || first <= last || end-first != commitTrials-1 || again != first || first%commitTrials != 0 ||
			seen[first] {
			t.Errorf("%s has %d to %d, %v", commit, first, end, err)
		}
		seen[first] = true
	}
	for _, bad := range []func() error{
		func() error { _, _, err := NightSeeds(0); return err },
		func() error { _, _, err := NightSeeds(nightMax + 1); return err },
		func() error { _, _, err := CommitSeeds("", 1); return err },
		func() error { _, _, err := CommitSeeds("a", 0); return err },
		func() error { _, _, err := CommitSeeds("a", commitTrials+1); return err },
		func() error { _, err := ParsePurpose("fun"); return err },
	} {
		if bad() == nil {
			t.Error("what can't be was let pass")
		}
	}
	if n := NightOf(time.Unix(24*60*60*20000+5, 0)); n != 20000 {
		t.Errorf("night %d", n)
	}
}

func TestPurposes(t *testing.T) {
	for p, want := range map[Purpose][2]bool{"": {true, false}, PullRequest: {false, true}, Night: {true, false},
		Release: {true, false}} {
		if got := [2]bool{p.Learns(), p.Forgives()}; got != want {
			t.Errorf("%q learns and forgives: %v", p, got)
		}
	}
	env := map[string]string{"CI_COMMIT_SHA": "lab", "GIT_COMMIT": "jenkins"}
	if c := Commit(func(name string) string { return env[name] }); c != "lab" {
		t.Error(c)
	}
}

func TestChoosingACanary(t *testing.T) {
	s := *coordination.Service()
	s.Marked = true
	cheap, ok, err := ChooseCanary(&s, CanaryCheap)
	if err != nil || !ok || cheap.Bug.Name == "" || cheap.Trials < canaryLeast {
		t.Fatalf("%+v, %v, %v", cheap, ok, err)
	}
	named, ok, err := ChooseCanary(&s, "bugStaleSync")
	if err != nil || !ok || named.Bug.Name != "bugStaleSync" || named.Trials <= cheap.Trials {
		t.Errorf("%+v, %v, %v", named, ok, err)
	}
	if _, ok, err := ChooseCanary(&s, CanaryNone); ok || err != nil {
		t.Errorf("none: %v, %v", ok, err)
	}
	plain := s
	plain.Marked = false
	for want, of := range map[string]func() error{
		"there is no such planted bug": func() error { _, _, err := ChooseCanary(&s, "bugOfOthers"); return err },
		"--canary none does without":   func() error { _, _, err := ChooseCanary(&plain, CanaryCheap); return err },
		"has no planted bugs": func() error {
			_, _, err := ChooseCanary(trialtest.Service(trialtest.Options{}), CanaryCheap)
			return err
		},
	} {
		if err := of(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, and not %s", err, want)
		}
	}
}

// TestACanaryIsFoundOrMissed plays one that is there, and one that nothing was planted for.
func TestACanaryIsFoundOrMissed(t *testing.T) {
	s := coordination.Service()
	if !s.Marked {
		t.Skip("a canary is a planted bug: this needs a build with marks")
	}
	worker := func() (campaign.Worker, error) { return campaign.InProcess(s, nil), nil }
	c, _, err := ChooseCanary(s, CanaryCheap)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := c.Find(t.Context(), 1, 1, worker); !found || err != nil {
		t.Errorf("%s: %v, %v", c.Text(!found), found, err)
	}
	c.Bug.Caught, c.Trials = "someone else", 2
	if found, err := c.Find(t.Context(), 1, 1, worker); found || err != nil {
		t.Errorf("a canary that no checker of its own caught: %v, %v", found, err)
	}
}
