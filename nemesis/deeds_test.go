package nemesis

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/nemesis/scenario"
)

// TestFaultsWaitForDeeds: they last from when these are done, hit whom the pattern says, and of several that are the
// same one waits at a time; what is never done skips its step in the end.
func TestFaultsWaitForDeeds(t *testing.T) {
	w := newFake(t, 3, 0)
	var told []string
	r := Run(w, mustParse(t, `
at 1s for 2s crash {boot_A,sends_B_within_5s}B+500ms
at 1s for 2s crash {boot_A,sends_B_within_5s}B+500ms
at 2s for 1s pause {stands_A}B
at 2s for 1s partition isolate {never_A}leader`), Merciful, seeded(1), func(e Event) {
		told = append(told, e.String())
	})
	w.At(1500*time.Millisecond, func() {
		if len(w.deeds) != 1 {
			t.Errorf("%d wait, and not one", len(w.deeds))
		}
		w.deeds[0](scenario.Servers{"n1", "n2"})
	})
	w.At(3*time.Second, func() { w.deeds[2](scenario.Servers{"n3"}) })
	w.At(8*time.Second, func() { w.deeds[1](scenario.Servers{"n2", "n3"}) })
	w.At(20*time.Second, func() { r.Heal() })
	w.runTo(30*time.Second, func() {})
	want := []string{
		"2s fired crash {boot_A,sends_B_within_5s}B+500ms: n2", "3s fired pause {stands_A}B: n1",
		"4s ended pause {stands_A}B", "4s ended crash {boot_A,sends_B_within_5s}B+500ms",
		"8.5s fired crash {boot_A,sends_B_within_5s}B+500ms: n3", "10.5s ended crash {boot_A,sends_B_within_5s}B+500ms",
		"20s skipped partition isolate {never_A}leader: what it waits for did not come about",
	}
	slices.Sort(told)
	slices.Sort(want)
	if !slices.Equal(told, want) {
		t.Errorf("%s\nand not\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

// TestTargetsThatWaitAreWrittenOneWay: and what is wrong with one is said.
func TestTargetsThatWaitAreWrittenOneWay(t *testing.T) {
	for target, want := range map[string]string{
		"{leads_A}A": "", "{leads_A,no_sends_for_1s}follower+10ms": "",
		"{leads_A":            "has no closing brace",
		"{leads_A}":           "behind the braces must be whom it hits",
		"{leads_A}A,n1":       "behind the braces must be whom it hits",
		"{leads_A}A+0s":       "must be more than 0s",
		"{leads_A,_boot}A":    "is written {leads_A,boot}",
		"{leads_A_within}A":   "pattern:1:15: here must be a time",
		"{leads__A}A":         "is written {leads_A}",
		"{no_leads_for_1s}A":  "the first step has none before it",
		"{leads_A,boot_A}E":   "behind the braces must be whom it hits",
		"{leads_A,boot_A}n12": "behind the braces must be whom it hits",
	} {
		_, err := ParsePlan("plan", []byte("at 1s for 1s crash "+target))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, and not %q", target, err, want)
		}
	}
}

// TestAimedFaultsWaitForWhatComesBefore: each fault that a pattern has, behind the steps before it, and back in time.
func TestAimedFaultsWaitForWhatComesBefore(t *testing.T) {
	p, err := scenario.FromWord("saves_A,down_A_within_100ms,boot_A_within_2s,no_saves_for_1s,partition_leader_B")
	if err != nil {
		t.Fatal(err)
	}
	by := func(deed string) Kind {
		return map[string]Kind{"down": Crash, "partition": Partition, "rot": Rot}[deed]
	}
	o := AimOptions{SwarmOptions: SwarmOptions{Nodes: addrs("n", 3), Length: time.Minute, Kinds: []Kind{Crash, Partition}},
		Scenarios: []scenario.Scenario{{Name: "one", Pattern: p}}, By: by}
	crashes, aimed := 0, 0
	for seed := range uint64(40) {
		plan := Aim(seeded(seed), o)
		if plan != nil {
			aimed++
		}
		for _, s := range plan {
			if err := s.Check(); err != nil {
				t.Fatal(err)
			}
			d, err := s.Fault.Target.deeds()
			switch {
			case err != nil:
				t.Errorf("%s waits for nothing: %v", s, err)
			case s.Fault.Kind == Crash:
				crashes++
				if len(d.pattern) != 1 || d.letter != 'A' || s.For > time.Second || d.lag > 50*time.Millisecond {
					t.Errorf("%s", s)
				}
			case len(d.pattern) != 4 || d.role != roleLeader || s.Fault.Shape != Isolate:
				t.Errorf("%s", s)
			}
		}
	}
	if crashes == 0 || aimed == 40 || aimed < 3 {
		t.Errorf("%d of 40 plans are aimed, with %d crashes", aimed, crashes)
	}
	o.Kinds = []Kind{Delay}
	if plan := AimAt(seeded(1), p, o); len(plan) > 0 {
		t.Errorf("%s of no fault that it may have", plan)
	}
}
