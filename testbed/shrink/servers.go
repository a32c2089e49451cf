package shrink

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/nemesis"
	"ordeal/testbed/trial"
	"ordeal/workloads/clients"
)

// otherSeeds is how many worlds are tried where the trial's own has nothing smaller: with a part less, chance takes
// another course, and the same may happen only in another world.
const otherSeeds = 8

// inOtherWorlds is the trial with the next few seeds. What its clients draw stays.
func (c *cutting) inOtherWorlds(t trial.Trial) []trial.Trial {
	trials := []trial.Trial{t}
	t.Draws = c.draws()
	for range otherSeeds {
		t.Seed++
		trials = append(trials, t)
	}
	return trials
}

// servers makes the ensemble smaller.
func (c *cutting) servers() error {
	for n := 1; n < c.best.Nodes; n++ {
		var candidates []trial.Trial
		for _, t := range withServers(c.best, n) {
			candidates = append(candidates, c.inOtherWorlds(t)...)
		}
		if _, err := c.take(candidates...); err != nil {
			return err
		}
	}
	return nil
}

// withServers is the trial with n servers, in a few ways to aim its faults anew: at those machines that are still
// there; at machines with lower numbers; and at roles.
func withServers(t trial.Trial, n int) []trial.Trial {
	t.Nodes = n
	if t.Plan == nil {
		return []trial.Trial{t}
	}
	var named []string // in the order in which the plan names them
	for _, s := range t.Plan {
		for _, m := range targetsOf(s.Fault) {
			if isServer(m) && !slices.Contains(named, m) {
				named = append(named, m)
			}
		}
	}
	there := aimed(t, func(m string) string { return m })
	renamed := aimed(t, func(m string) string { return fmt.Sprintf("n%d", slices.Index(named, m)+1) })
	roles := t
	roles.Plan = slices.Clone(t.Plan)
	for i := range roles.Plan {
		if f := &roles.Plan[i].Fault; !f.Pinned() {
			f.Target = roleFor(*f, n)
		}
	}
	return []trial.Trial{there, renamed, roles}
}

// aimed is the trial with the servers that its faults name renamed. A fault that names none that is there goes.
func aimed(t trial.Trial, rename func(machine string) string) trial.Trial {
	plan := nemesis.Plan{}
	for _, s := range t.Plan {
		var left []string
		for _, m := range targetsOf(s.Fault) {
			if isServer(m) {
				m = rename(m)
			}
			if number := serverNumber(m); number <= t.Nodes {
				left = append(left, m)
			}
		}
		if s.Fault.Target != "" && len(left) == 0 {
			continue
		}
		s.Fault.Target = nemesis.Target(strings.Join(left, ","))
		plan = append(plan, s)
	}
	t.Plan = plan
	return t
}

func targetsOf(f nemesis.Fault) []string {
	if f.Target == "" {
		return nil
	}
	if f.AwaitsDeeds() {
		return []string{string(f.Target)}
	}
	return strings.Split(string(f.Target), ",")
}

func isServer(machine string) bool { return serverNumber(machine) > 0 }

// serverNumber is the number of a server by its name; 0 for what is none.
func serverNumber(machine string) int {
	var n int
	if k, err := fmt.Sscanf(machine, "n%d", &n); err != nil || k != 1 || fmt.Sprintf("n%d", n) != machine {
		return 0
	}
	return n
}

// roleFor is a role of as many of n servers as a fault names.
func roleFor(f nemesis.Fault, n int) nemesis.Target {
	servers := 0
	for _, m := range targetsOf(f) {
		if isServer(m) {
			servers++
		}
	}
	switch {
	case servers == 0:
		return f.Target
	case servers >= n:
		return "all"
	case servers == 1:
		return "leader"
	case servers > (n-1)/2:
		return "majority-with-leader"
	}
	return "minority-with-leader"
}

// otherWorlds takes out of the trial what it can do without in a world of another seed.
func (c *cutting) otherWorlds() error {
	faults := func(t trial.Trial, kept []int) trial.Trial {
		t.Plan = pickSteps(t.Plan, kept)
		return t
	}
	if err := c.fewerElsewhere(len(c.best.Plan), faults); err != nil {
		return err
	}
	type place struct{ client, turn int }
	var places []place
	for i, client := range c.best.Script {
		for j := range client.Turns {
			places = append(places, place{i, j})
		}
	}
	return c.fewerElsewhere(len(places), func(t trial.Trial, kept []int) trial.Trial {
		script := make(clients.Script, len(t.Script))
		for i, client := range t.Script {
			script[i].Client = client.Client
		}
		for _, k := range kept {
			p := places[k]
			script[p.client].Turns = append(script[p.client].Turns, t.Script[p.client].Turns[p.turn])
		}
		t.Script = script
		return t
	})
}

// fewerElsewhere is fewer, with other seeds for every candidate. Many small pieces are too many worlds: it looks at
// large ones only where there is much.
func (c *cutting) fewerElsewhere(n int, with func(t trial.Trial, kept []int) trial.Trial) error {
	for size := n; size > 0 && size*16 >= n; size /= 2 {
		base := c.best
		for from := 0; from < n; from += size {
			var kept []int
			for i := range n {
				if i < from || i >= from+size {
					kept = append(kept, i)
				}
			}
			i, err := c.take(c.inOtherWorlds(with(base, kept))...)
			if err != nil || i >= 0 {
				return err // the other passes go on from there
			}
		}
	}
	return nil
}
