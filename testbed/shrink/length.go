package shrink

import (
	"slices"
	"strings"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/trial"
	"ordeal/workloads/clients"
)

// aboutRecovery says that a violation shows only in what follows a trial's length.
func aboutRecovery(kind string) bool { return strings.HasPrefix(kind, "recovery: ") }

// slack is how much longer than to its violation a trial goes on while it is being shrunk: with a part less, the same
// may come a little later.
func (c *cutting) slack() time.Duration {
	v, _ := c.violation()
	return max(time.Second, v.At/8)
}

// shorter is a trial that ends so soon after its violation, or somewhat later: what comes then is left out of it.
func (c *cutting) shorter(t trial.Trial, slack time.Duration) []trial.Trial {
	v, ok := c.violation()
	if !ok {
		return nil
	}
	var lengths []time.Duration
	if aboutRecovery(c.kind) {
		// Since when the service would not have come back is not known.
		for part := range time.Duration(8) {
			lengths = append(lengths, t.Length*(part+1)/8)
		}
	} else {
		lengths = append(lengths, v.At+slack)
		// Some violations show long after the instant that they are about.
		for part := range time.Duration(4) {
			lengths = append(lengths, v.At+max(slack, (t.Length-v.At)*(part+1)/4))
		}
	}
	var candidates []trial.Trial
	for _, length := range lengths {
		length = max(trial.LengthMin, (length + time.Millisecond - 1).Truncate(time.Millisecond))
		if length < t.Length || length == t.Length && !t.NoRecovery {
			candidates = append(candidates, endingAt(t, length, !aboutRecovery(c.kind)))
		}
	}
	if !aboutRecovery(c.kind) && !t.NoRecovery {
		candidates = append(candidates, endingAt(t, t.Length, true))
	}
	return candidates
}

// endingAt is the trial cut off at an instant: what begins later never happens.
func endingAt(t trial.Trial, length time.Duration, noRecovery bool) trial.Trial {
	t.Length, t.NoRecovery = length, noRecovery
	t.Plan = slices.DeleteFunc(slices.Clone(t.Plan), func(s nemesis.Step) bool { return s.At >= length })
	t.Script = t.Script.Filter(func(_ int, turn clients.Turn) bool { return turn.At < length })
	return t
}

// length ends the trial soon after its violation.
func (c *cutting) length() error {
	if _, ok := c.violation(); !ok {
		return c.halve()
	}
	_, err := c.take(c.shorter(c.best, c.slack())...)
	return err
}

// tighten ends the trial as early as it can.
func (c *cutting) tighten() error {
	// At the instant itself the event that shows it may still be to come.
	for _, slack := range []time.Duration{time.Millisecond, 100 * time.Millisecond} {
		if i, err := c.take(c.shorter(c.best, slack)...); err != nil || i >= 0 {
			return err
		}
	}
	return nil
}

// halve looks for the length of a trial that says nothing of when it failed.
func (c *cutting) halve() error {
	least := trial.LengthMin
	for c.best.Length-least > 10*time.Millisecond {
		middle := least + (c.best.Length-least)/2
		i, err := c.take(endingAt(c.best, middle, true), endingAt(c.best, middle, false))
		if err != nil {
			return err
		}
		if i < 0 {
			least = middle
		}
	}
	return nil
}

// hasten takes out the time in which nothing begins or ends.
func (c *cutting) hasten() error {
	for i := 0; ; i++ {
		at := instants(c.best)
		if i >= len(at) {
			return nil
		}
		before := time.Duration(0)
		if i > 0 {
			before = at[i-1]
		}
		gap := at[i] - before
		var candidates []trial.Trial
		for _, left := range []time.Duration{0, 10 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond,
			time.Second, 2 * time.Second, gap / 2, gap * 3 / 4} {
			if left = left.Truncate(time.Millisecond); left < gap-gap/8 && gap > 20*time.Millisecond {
				candidates = append(candidates, earlier(c.best, before, gap-left))
			}
		}
		if _, err := c.take(candidates...); err != nil {
			return err
		}
	}
}

// instants are the times at which something begins or ends, sorted, each once, and the trial's length.
func instants(t trial.Trial) []time.Duration {
	all := []time.Duration{t.Length}
	for _, s := range t.Plan {
		all = append(all, s.At, s.At+s.For)
	}
	for _, client := range t.Script {
		for _, turn := range client.Turns {
			all = append(all, turn.At)
		}
	}
	slices.Sort(all)
	return slices.Compact(slices.DeleteFunc(all, func(d time.Duration) bool { return d > t.Length }))
}

// earlier is the trial with everything behind an instant earlier by so much.
func earlier(t trial.Trial, behind, by time.Duration) trial.Trial {
	return retimed(t, func(at time.Duration) time.Duration {
		if at <= behind {
			return at
		}
		return at - by
	})
}

// retimed is the trial with other times, in the same order.
func retimed(t trial.Trial, f func(time.Duration) time.Duration) trial.Trial {
	t.Length = max(trial.LengthMin, f(t.Length))
	t.Plan = slices.Clone(t.Plan)
	for i := range t.Plan {
		s := &t.Plan[i]
		at := f(s.At)
		if s.For > 0 {
			s.For = max(time.Millisecond, f(s.At+s.For)-at)
		}
		s.At = at
	}
	t.Script = t.Script.Filter(func(int, clients.Turn) bool { return true })
	for i := range t.Script {
		for j := range t.Script[i].Turns {
			turn := &t.Script[i].Turns[j]
			turn.At = f(turn.At)
		}
	}
	return t
}
