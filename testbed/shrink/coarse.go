package shrink

import (
	"slices"

	"ordeal/testbed/trial"
	"ordeal/workloads/clients"
)

// coarseTurns is how many turns are few enough to be looked at one by one.
const coarseTurns = 24

// coarse takes out clients and their turns by halves and quarters. Where there is much, whatever is taken out moves all
// the rest, and the very same failure is gone more often than not; but something that fails so often fails in the same
// way in another world.
func (c *cutting) coarse() error {
	for c.best.Script.Turns() > coarseTurns {
		i, err := c.take(c.across(c.coarser(2))...)
		if err == nil && i < 0 {
			i, err = c.take(c.across(c.coarser(4))...)
		}
		if err != nil || i < 0 {
			return err
		}
		if err := c.length(); err != nil {
			return err
		}
	}
	return nil
}

// across is trials in the world that they are in, and then in others.
func (c *cutting) across(trials []trial.Trial) []trial.Trial {
	var all []trial.Trial
	for world := range otherSeeds + 1 {
		for _, t := range trials {
			t.Draws = c.draws()
			t.Seed += uint64(world)
			all = append(all, t)
		}
	}
	return all
}

// coarser is the trial without one of so many parts of the time, and without one of so many parts of the clients.
func (c *cutting) coarser(parts int) []trial.Trial {
	var trials []trial.Trial
	with := func(s clients.Script) {
		t := c.best
		t.Script = s
		if t.Script.Turns() < c.best.Script.Turns() {
			trials = append(trials, t)
		}
	}
	at := c.best.Script.Times()
	for i := range parts {
		from, to := at[i*len(at)/parts], at[(i+1)*len(at)/parts-1]
		with(c.best.Script.Filter(func(_ int, t clients.Turn) bool { return t.At < from || t.At > to }))
	}
	for i := range parts {
		from, to := i*len(c.best.Script)/parts, (i+1)*len(c.best.Script)/parts
		// never nil, which is a trial with all there is
		with(append(slices.Clone(c.best.Script[:from]), c.best.Script[to:]...))
	}
	return trials
}
