package shrink

import (
	"cmp"
	"slices"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/shrink/search"
	"ordeal/testbed/trial"
	"ordeal/workloads/clients"
)

// fewer looks for few of n parts of the best trial that are enough; with says what the trial is with some of them only.
func (c *cutting) fewer(n int, with func(t trial.Trial, kept []int) trial.Trial) error {
	base := c.best
	_, err := search.Subset(n, func(candidates [][]int) (int, error) {
		trials := make([]trial.Trial, len(candidates))
		for i, kept := range candidates {
			trials[i] = with(base, kept)
		}
		return c.take(trials...)
	})
	return err
}

// faults takes out the faults that are not needed.
func (c *cutting) faults() error {
	return c.fewer(len(c.best.Plan), func(t trial.Trial, kept []int) trial.Trial {
		t.Plan = pickSteps(t.Plan, kept)
		return t
	})
}

func pickSteps(plan nemesis.Plan, kept []int) nemesis.Plan {
	picked := nemesis.Plan{}
	for _, i := range kept {
		picked = append(picked, plan[i])
	}
	return picked
}

// operations takes out what clients do: clients whole, then their turns, then parts of turns.
func (c *cutting) operations() error {
	if c.best.Script == nil {
		return nil
	}
	for _, pass := range []func() error{c.clients, c.turns, c.clients, c.partsOfTurns} {
		if err := pass(); err != nil {
			return err
		}
	}
	return nil
}

// guess tries trials with much less to do, and if none will do, the smallest of them in other worlds.
func (c *cutting) guess() error {
	if c.best.Script == nil {
		return nil
	}
	guesses := c.guesses()
	i, err := c.take(guesses...)
	if err != nil || i >= 0 {
		return err
	}
	const few = 40 // turns: such a trial is played in no time
	var elsewhere []trial.Trial
	for _, t := range guesses {
		if t.Script.Turns() <= few {
			elsewhere = append(elsewhere, c.inOtherWorlds(t)...)
		}
	}
	_, err = c.take(elsewhere...)
	return err
}

// guesses are trials with much less to do, the least first.
func (c *cutting) guesses() []trial.Trial {
	script := c.best.Script
	with := func(s clients.Script) trial.Trial {
		t := c.best
		t.Script = s
		return t
	}
	nothing := func(int, clients.Turn) bool { return false }
	guesses := []trial.Trial{with(clients.Script{}), with(script.Filter(nothing))}
	v, _ := c.violation()
	if turns := c.turnsOf(v.Events); len(turns) > 0 {
		blamed := script.Filter(func(client int, t clients.Turn) bool { return slices.Contains(turns, [2]int{client, t.N}) })
		guesses = append(guesses, with(blamed.WithTurns()), with(blamed))
		guesses = append(guesses, with(script.Filter(func(client int, _ clients.Turn) bool {
			return slices.ContainsFunc(turns, func(o [2]int) bool { return o[0] == client })
		}).WithTurns()))
	}
	if v.At > 0 {
		for _, last := range []time.Duration{time.Second, 4 * time.Second, 10 * time.Second, v.At / 2} {
			guesses = append(guesses, with(script.Filter(func(_ int, t clients.Turn) bool { return t.At > v.At-last })))
		}
	}
	return slices.DeleteFunc(guesses, func(t trial.Trial) bool {
		return t.Script.Turns() == script.Turns() &&
			len(t.Script) == len(script)
	})
}

// turnsOf are the client and the number of the turns that began at some events.
func (c *cutting) turnsOf(events []int) [][2]int {
	var turns [][2]int
	if e := c.seen.summary.Explicit; e != nil {
		for _, call := range e.Calls {
			if slices.Contains(events, call.Event) {
				turns = append(turns, [2]int{call.Client, call.Turn})
			}
		}
	}
	return turns
}

// clients takes out whole clients.
func (c *cutting) clients() error {
	return c.fewer(len(c.best.Script), func(t trial.Trial, kept []int) trial.Trial {
		script := clients.Script{}
		for _, i := range kept {
			script = append(script, t.Script[i])
		}
		t.Script = script
		return t
	})
}

// turns takes out turns, those that come one after another together.
func (c *cutting) turns() error {
	type place struct {
		client, turn int
		at           time.Duration
	}
	var places []place
	for i, client := range c.best.Script {
		for j, turn := range client.Turns {
			places = append(places, place{i, j, turn.At})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.at, b.at) })
	return c.fewer(len(places), func(t trial.Trial, kept []int) trial.Trial {
		numbers := make([][]int, len(t.Script))
		for _, k := range kept {
			numbers[places[k].client] = append(numbers[places[k].client], places[k].turn)
		}
		script := make(clients.Script, len(t.Script))
		for i, client := range t.Script {
			script[i].Client = client.Client
			for _, j := range slices.Sorted(slices.Values(numbers[i])) {
				script[i].Turns = append(script[i].Turns, client.Turns[j])
			}
		}
		t.Script = script
		return t
	})
}

// partsOfTurns takes single operations out of turns that have several.
func (c *cutting) partsOfTurns() error {
	calls := c.callsOfLongTurns()
	return c.fewer(len(calls), func(t trial.Trial, kept []int) trial.Trial {
		ops := make(map[[2]int][]int)
		for _, call := range calls {
			ops[[2]int{call.Client, call.Turn}] = []int{}
		}
		for _, i := range kept {
			key := [2]int{calls[i].Client, calls[i].Turn}
			ops[key] = append(ops[key], calls[i].Op)
		}
		t.Script = t.Script.Filter(func(client int, turn clients.Turn) bool {
			some, long := ops[[2]int{client, turn.N}]
			return !long || len(some) > 0
		})
		for i, client := range t.Script {
			for j, turn := range client.Turns {
				if some, long := ops[[2]int{client.Client, turn.N}]; long {
					t.Script[i].Turns[j].Ops = some
				}
			}
		}
		return t
	})
}

// callsOfLongTurns are the operations of the turns that have more than one.
func (c *cutting) callsOfLongTurns() []clients.Call {
	e := c.seen.summary.Explicit
	if e == nil {
		return nil
	}
	count := make(map[[2]int]int)
	for _, call := range e.Calls {
		count[[2]int{call.Client, call.Turn}]++
	}
	return slices.DeleteFunc(slices.Clone(e.Calls), func(call clients.Call) bool {
		return count[[2]int{call.Client, call.Turn}] < 2
	})
}

// settings sets the service up more simply, as the service says it can be. It may then take longer until the same
// shows, so it tries the whole trial too.
func (c *cutting) settings() error {
	simpler := c.best.Service.SimplerSettings
	if simpler == nil {
		return nil
	}
	var candidates []trial.Trial
	for _, t := range []trial.Trial{c.best, c.whole} {
		for _, settings := range simpler(t.Settings) {
			t.Settings = settings
			candidates = append(candidates, t)
		}
	}
	_, err := c.take(candidates...)
	return err
}
