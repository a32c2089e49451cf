package nemesis

import (
	"slices"
	"testing"
	"time"
)

// TestSwarmAimsOnlyAtWhatIsTold draws plans for a service of which nothing is known but who leads: none of their faults
// asks it for anything, and none waits for what is never told. The same is in plans for a service that tells
// everything.
func TestSwarmAimsOnlyAtWhatIsTold(t *testing.T) {
	kinds := slices.DeleteFunc(everyKind(t), Kind.Asks)
	bare := SwarmOptions{Nodes: addrs("n", 5), Clients: true, Length: time.Minute, Kinds: kinds, Untold: ToldRoles()}
	full := SwarmOptions{Nodes: addrs("n", 5), Clients: true, Length: time.Minute, Kinds: everyKind(t)}
	beyond := func(plan Plan) bool {
		return slices.ContainsFunc(plan, func(s Step) bool {
			return s.Fault.Kind.Asks() || slices.Contains(ToldRoles(), string(s.Fault.Target))
		})
	}
	found := 0
	for seed := range uint64(500) {
		plan := Swarm(seeded(seed), bare)
		if beyond(plan) {
			t.Fatalf("seed %d: the service can't be asked for a step of %s", seed, plan)
		}
		if len(plan) == 0 {
			t.Errorf("seed %d: nothing happens", seed)
		}
		found += count(beyond(Swarm(seeded(seed), full)))
	}
	if found < 250 {
		t.Errorf("of 500 plans for a service that tells everything %d have what only it can have", found)
	}
}

// Told roles are those that wait for a moment, observers and holders: every other one can be told by who leads.
func TestToldRolesAreKnown(t *testing.T) {
	for _, m := range moments {
		if !slices.Contains(ToldRoles(), m.role) {
			t.Errorf("%s waits for a moment, which only the service tells", m.role)
		}
	}
	for _, role := range ToldRoles() {
		if !slices.Contains(roles, role) {
			t.Errorf("there is no role %s", role)
		}
	}
}
