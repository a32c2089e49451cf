// Package meeting is what clients do with barriers: the workloads barrier and meeting, which is the double barrier.
package meeting

import (
	"fmt"
	"time"

	"ordeal/cluster/recipes"
	"ordeal/workloads"
)

// All are the workloads of the package.
func All() []workloads.Workload {
	return []workloads.Workload{
		workloads.Write("barrier", 80, 4, workloads.Steps{Step: barrier, Probe: probeBarrier}),
		workloads.Write("meeting", 80, 5, workloads.Steps{EndsSessions: true, Step: meeting, Probe: probeMeeting}),
	}
}

const (
	// size is how many a round of the workload meeting has.
	size = 3
	// insideMax is how long a client stays in a round at most, mostly.
	insideMax = 50 * time.Millisecond
	// waitMax is how long a client waits for a barrier to be opened.
	waitMax = 300 * time.Millisecond
	// lingerMax is how long those wait for others who need others.
	lingerMax = 2 * time.Second
)

func barrier(h workloads.Hand) {
	o := h.Object()
	if h.Chance(15) {
		// Another barrier, whose name begins like this one's and which no wait is about.
		b := recipes.NewBarrier(h, h.Session(), o.Path()+"x")
		change := b.Open
		if h.Chance(50) {
			change = b.Shut
		}
		if _, err := change(h.Patience()); err != nil {
			h.Abandon()
			return
		}
	}
	switch n := h.Rand().IntN(100); {
	case n < 20:
		set(h, o, "shut")
	case n < 45:
		set(h, o, "open")
	default:
		pass(h, o, h.UpTo(waitMax))
	}
}

func set(h workloads.Hand, o *workloads.Object, f string) bool {
	b := recipes.NewBarrier(h, h.Session(), o.Path())
	change := b.Open
	if f == "shut" {
		change = b.Shut
	}
	_, outcome := h.Do(o, f, nil, func() (any, recipes.Outcome, error) {
		outcome, err := change(h.Patience())
		return nil, outcome, err
	})
	return outcome == recipes.Done
}

func pass(h workloads.Hand, o *workloads.Object, patience time.Duration) (passed bool) {
	h.Do(o, "pass", nil, func() (any, recipes.Outcome, error) {
		open, err := recipes.NewBarrier(h, h.Session(), o.Path()).Wait(patience)
		switch {
		case err != nil:
			return nil, recipes.NoEffect, err
		case !open:
			return "shut", recipes.Done, nil
		}
		passed = true
		return "open", recipes.Done, nil
	})
	return passed
}

func probeBarrier(h workloads.Hand, o *workloads.Object) bool {
	return set(h, o, "open") && pass(h, o, h.Patience())
}

func meeting(h workloads.Hand) { meet(h, h.Object(), h.UpTo(lingerMax)) }

// meet enters a round, stays a while and leaves; at times it dies inside.
func meet(h workloads.Hand, o *workloads.Object, patience time.Duration) bool {
	b, session := recipes.NewDoubleBarrier(h, h.Session(), o.Path(), size), h.SessionName()
	number := int64(0)
	_, outcome := h.Do(o, "enter", session, func() (any, recipes.Outcome, error) {
		n, members, outcome, err := b.Enter(patience)
		if err != nil {
			return nil, outcome, err
		}
		number = n
		var names []any
		for _, id := range members {
			names = append(names, fmt.Sprintf("0x%x", uint64(id)))
		}
		return []any{session, n, names}, outcome, nil
	})
	if outcome != recipes.Done {
		return false
	}
	h.Sleep(h.UpTo(insideMax))
	if h.Chance(4) {
		h.Abandon()
		return false
	}
	value := []any{session, number}
	return h.GiveBack(o, "leave", workloads.Usual, value, func() (recipes.Outcome, error) { return b.Leave(h.Patience()) })
}

// probeMeeting meets in rounds of one, at a barrier beside those of the others: whether so many probes are at one place
// at once is not theirs to say.
func probeMeeting(h workloads.Hand, o *workloads.Object) bool {
	b := recipes.NewDoubleBarrier(h, h.Session(), o.Path()+"/probe", 1)
	if _, _, _, err := b.Enter(h.Patience()); err != nil {
		h.Abandon()
		return false
	}
	_, err := b.Leave(h.Patience())
	return err == nil
}
