package nemesis

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestNarrowChoicesFire draws plans of every kind alone, of every family, and of families side by side, for few servers
// and many: whatever is drawn, something of it happens.
func TestNarrowChoicesFire(t *testing.T) {
	choices := [][]string{{"membership", "partition"}, {"membership", "crash"}, {"disk", "service"}, {"promote", "demote"}}
	seen := map[string]bool{}
	for _, k := range Kinds() {
		if !k.OnlyInPlans && k.Kind != Failpoint {
			choices = append(choices, []string{string(k.Kind)})
		}
		if !seen[k.Family] {
			seen[k.Family] = true
			choices = append(choices, []string{k.Family})
		}
	}
	idle := map[string]bool{}
	for _, choice := range choices {
		kinds, err := Select(choice)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(60) {
			n := 1 + int(seed%5)
			f := newFake(t, n, 2)
			o := SwarmOptions{Nodes: f.members, Clients: true, Length: 40 * time.Second, Kinds: kinds}
			plan := Swarm(seeded(seed), o)
			if plan == nil {
				idle[fmt.Sprintf("%v%d", choice, n)] = true
				continue
			}
			if idle[fmt.Sprintf("%v%d", choice, n)] {
				t.Errorf("%v: %d servers have plans and none", choice, n)
			}
			r := Run(f, plan, Merciful, seeded(seed), nil)
			f.runTo(o.Length, nil)
			r.Heal()
			// This world has no syncs, and says by chance whether there is anything on a disk to damage.
			open := func(s Step) bool { return s.Fault.Kind == CrashInSync || damages(s.Fault.Kind) }
			if len(r.Unfired()) >= len(plan) && !slices.ContainsFunc(plan, open) {
				t.Errorf("%v, %d servers, seed %d: nothing happens of\n%s%v", choice, n, seed, plan, r.Unfired())
			}
		}
	}
	for choice, want := range map[string]bool{
		"[wipe]5": true, "[stale-disk]3": true, "[promote]5": true, "[rot]2": true, "[rot]3": false, "[misdirect]1": true,
		"[membership]2": true, "[membership]3": false, "[partition]1": true, "[crash]1": false,
	} {
		if idle[choice] != want {
			t.Errorf("%s: there is no plan: %v", choice, idle[choice])
		}
	}
}
