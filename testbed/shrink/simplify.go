package shrink

import (
	"slices"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/trial"
)

// simplify makes what is left easier to read: weaker faults on fewer machines, rounder numbers.
func (c *cutting) simplify() error {
	for i := range c.best.Plan {
		for _, ways := range []func(nemesis.Fault) []nemesis.Fault{fewerMachines, weaker, rounder, byRole} {
			if err := c.simplifyFault(i, ways); err != nil {
				return err
			}
		}
	}
	return nil
}

// simplifyFault goes on with the first simpler fault in the place of the i-th, until there is none.
func (c *cutting) simplifyFault(i int, ways func(nemesis.Fault) []nemesis.Fault) error {
	for {
		var candidates []trial.Trial
		for _, f := range ways(c.best.Plan[i].Fault) {
			t := c.best
			t.Plan = slices.Clone(t.Plan)
			t.Plan[i].Fault = f
			candidates = append(candidates, t)
		}
		if taken, err := c.take(candidates...); err != nil || taken < 0 {
			return err
		}
	}
}

// fewerMachines is the fault without one of the machines that it names, and between servers only.
func fewerMachines(f nemesis.Fault) []nemesis.Fault {
	var ways []nemesis.Fault
	if f.WithClients {
		g := f
		g.WithClients = false
		ways = append(ways, g)
	}
	names := targetsOf(f)
	for i := range names {
		if len(names) < 2 {
			break
		}
		g := f
		g.Target = ""
		for j, name := range names {
			if j != i {
				g.Target += nemesis.Target(name + ",")
			}
		}
		g.Target = g.Target[:len(g.Target)-1]
		ways = append(ways, g)
	}
	return ways
}

// Numbers that are simple, from small to large.
var (
	simpleTimes = []time.Duration{
		time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond, time.Second, 5 * time.Second,
		10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute,
	}
	simplePPM = []int{100, 1_000, 10_000, 100_000, 200_000, 500_000, 1_000_000}
)

// weaker is the fault with less of each thing that it has an amount of, the least first.
func weaker(f nemesis.Fault) []nemesis.Fault {
	var ways []nemesis.Fault
	if f.Jitter > 0 {
		g := f
		g.Jitter = 0
		ways = append(ways, g)
	}
	for _, d := range simpleTimes {
		if d < f.Amount.Abs() {
			g := f
			g.Amount = d * (f.Amount / f.Amount.Abs())
			ways = append(ways, g)
		}
	}
	for _, ppm := range simplePPM {
		if size := max(f.PPM, -f.PPM); ppm < size {
			g := f
			g.PPM = ppm * (f.PPM / size)
			ways = append(ways, g)
		}
	}
	return ways
}

// rounder is the fault with the next larger simple number, where it has none.
func rounder(f nemesis.Fault) []nemesis.Fault {
	if f.Amount != 0 && !slices.Contains(simpleTimes, f.Amount.Abs()) {
		if i := slices.IndexFunc(simpleTimes, func(d time.Duration) bool { return d > f.Amount.Abs() }); i >= 0 {
			g := f
			g.Amount = simpleTimes[i] * (f.Amount / f.Amount.Abs())
			return []nemesis.Fault{g}
		}
	}
	return nil
}

// byRole is the fault aimed at a role: what it is about is easier seen so.
func byRole(f nemesis.Fault) []nemesis.Fault {
	names := targetsOf(f)
	if len(names) == 0 || !isServer(names[0]) || f.Pinned() {
		return nil
	}
	roles := []nemesis.Target{"leader", "follower"}
	if len(names) > 1 {
		roles = []nemesis.Target{"all", "followers", "minority-with-leader", "majority-with-leader",
			"minority-without-leader"}
	}
	var ways []nemesis.Fault
	for _, role := range roles {
		g := f
		g.Target = role
		ways = append(ways, g)
	}
	return ways
}

// roundTimes rounds the times at which things begin and end, all at once if that can be, else each as it can.
func (c *cutting) roundTimes() error {
	grains := []time.Duration{time.Second, 100 * time.Millisecond, 10 * time.Millisecond, time.Millisecond}
	var candidates []trial.Trial
	for _, grain := range grains {
		candidates = append(candidates, retimed(c.best, func(d time.Duration) time.Duration { return d.Round(grain) }))
	}
	if _, err := c.take(candidates...); err != nil {
		return err
	}
	for _, at := range instants(c.best) {
		candidates = nil
		for _, grain := range grains {
			rounded := at.Round(grain)
			candidates = append(candidates, retimed(c.best, func(d time.Duration) time.Duration {
				if d == at {
					return rounded
				}
				return d
			}))
		}
		if _, err := c.take(candidates...); err != nil {
			return err
		}
	}
	return nil
}
