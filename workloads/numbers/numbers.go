// Package numbers is what clients do with what gives out numbers that are all different: the workloads ids and workers.
package numbers

import (
	"fmt"
	"time"

	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/snowflake"
	"ordeal/workloads"
)

// All are the workloads of the package.
func All() []workloads.Workload {
	return []workloads.Workload{
		workloads.Write("ids", 400, 4, workloads.Steps{Step: ids, Probe: probeIDs}),
		workloads.Write("workers", 400, 4, workloads.Steps{EndsSessions: true, Step: workers, Probe: probeWorkers}),
	}
}

const (
	// windowMax is the most numbers that a window has here: few, so that there are many windows.
	windowMax = 5
	// atOnceMax is how many a client asks for in a turn.
	atOnceMax = 12
	// failuresMax is how many calls may fail before a client gives its turn up: to wait for as many as there are in one
	// takes a minute, where all servers have gone that it knows.
	failuresMax = 3
	// pauseMax is the longest pause between two.
	pauseMax = 300 * time.Millisecond
	// tick is what workers' clocks are exact to.
	tick = 250 * time.Millisecond
	// jumpMax is how far a worker's clock is wrong, either way.
	jumpMax = 4 * time.Second
)

// next records a call for a number. It reports false where the generator is of no more use.
func next(h workloads.Hand, o *workloads.Object, generator string, f func(time.Duration) (int64, error)) bool {
	_, outcome := h.Do(o, "next", generator, func() (any, recipes.Outcome, error) {
		id, err := f(h.Patience())
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		return id, recipes.Done, nil
	})
	return outcome == recipes.Done
}

// generator names what a client gives numbers out by in one turn.
func generator(h workloads.Hand) string { return fmt.Sprintf("g%d", h.NewValue()) }

func ids(h workloads.Hand) {
	o := h.Object()
	n, g := recipes.NewNumbers(h, h.Session(), o.Path(), 1+int64(h.Rand().IntN(windowMax))), generator(h)
	failures := 0
	for range 1 + h.Rand().IntN(atOnceMax) {
		if !next(h, o, g, n.Next) {
			failures++
		}
		if !h.Session().Alive() || failures == failuresMax {
			return
		}
	}
}

func probeIDs(h workloads.Hand, o *workloads.Object) bool {
	return next(h, o, generator(h), recipes.NewNumbers(h, h.Session(), o.Path(), 1).Next)
}

// workers gives IDs out, by a clock that is wrong and that jumps, with pauses; at times it stops as if paused until its
// session must be over, and goes on.
func workers(h workloads.Hand) {
	o, jump := h.Object(), time.Duration(0)
	w := worker(h, o, &jump)
	g, failures := generator(h), 0
	for range 1 + h.Rand().IntN(atOnceMax) {
		if h.Chance(20) {
			jump = h.UpTo(2*jumpMax) - jumpMax
		}
		if !next(h, o, g, w.Next) {
			if failures++; !h.Session().Alive() || failures == failuresMax {
				return
			}
		}
		switch {
		case h.Chance(3):
			h.Abandon()
			h.Sleep(h.SessionTimeout() + h.UpTo(h.SessionTimeout()))
		case h.Chance(40):
			h.Sleep(h.UpTo(pauseMax))
		}
	}
	if h.Chance(70) && h.Session().Alive() {
		if err := w.Leave(); err == nil {
			return
		}
	}
	h.Abandon()
}

// worker makes one whose clock is wrong by jump, and coarse, so that two with one number would make the same IDs. Its
// zero lies before the trial, so that it never shows less.
func worker(h workloads.Hand, o *workloads.Object, jump *time.Duration) *snowflake.Worker {
	return snowflake.New(h, h.Session(), o.Path(), func() time.Duration {
		return (time.Minute + h.Elapsed() + *jump).Truncate(tick)
	})
}

func probeWorkers(h workloads.Hand, o *workloads.Object) bool {
	jump := time.Duration(0)
	w := worker(h, o, &jump)
	return next(h, o, generator(h), w.Next) && w.Leave() == nil
}
