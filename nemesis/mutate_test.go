package nemesis

import (
	"testing"
	"time"
)

// TestMutantsKeepTheBounds makes mutants of mutants: each is sound text, ends in time, and is mostly another plan.
func TestMutantsKeepTheBounds(t *testing.T) {
	o := SwarmOptions{Nodes: addrs("n", 5), Clients: true, Length: time.Minute, Kinds: everyKind(t)}
	same, grown := 0, 0
	for seed := range uint64(300) {
		rng := seeded(seed)
		plan := Swarm(rng, o)
		for range 5 {
			mutant := Mutate(rng, plan, o.Length, Swarm(rng, o), Swarm(rng, o))
			checkRoundTrip(t, mutant)
			if len(mutant) == 0 || len(mutant) > mutantMax || mutant.End() > 50*time.Second ||
				mutant[0].At < 500*time.Millisecond {
				t.Fatalf("seed %d: out of bounds: %s", seed, mutant)
			}
			if mutant.Line() == plan.Line() {
				same++
			}
			if len(mutant) > len(plan) {
				grown++
			}
			plan = mutant
		}
	}
	if same > 100 || grown < 200 {
		t.Errorf("of 1500 mutants %d are what they were made of, and %d have more steps", same, grown)
	}
}

func TestMutateIsPure(t *testing.T) {
	o := SwarmOptions{Nodes: addrs("n", 5), Length: time.Minute, Kinds: everyKind(t)}
	plan, other := Swarm(seeded(1), o), Swarm(seeded(2), o)
	before := plan.String() + other.String()
	first, second := Mutate(seeded(3), plan, o.Length, other), Mutate(seeded(3), plan, o.Length, other)
	if first.String() != second.String() {
		t.Errorf("one seed, two mutants:\n%s\n%s", first, second)
	}
	if plan.String()+other.String() != before {
		t.Error("what a mutant was made of has changed")
	}
	if empty := Mutate(seeded(1), nil, o.Length, nil, nil); len(empty) != 0 {
		t.Errorf("out of nothing comes %s", empty)
	}
}
