package workloads

import (
	"time"

	"ordeal/cluster/recipes"
)

const (
	// resourceLatencyMax is the longest way to a resource, one way.
	resourceLatencyMax = 2 * time.Millisecond
	// holdMax is how long the usual holder holds.
	holdMax = 30 * time.Millisecond
)

// manner is how a holder of a lock or an office behaves.
type manner uint8

const (
	usual   manner = iota
	slow           // holds on for up to the session's timeout, and the session lives
	stunned        // stops as if paused until the session must be over, and then goes on as if nothing had happened
	leaving        // closes the session instead of giving back
)

// manner draws how the worker will behave.
func (w *worker) manner() manner {
	switch n := w.p.Rand().IntN(100); {
	case n < 2:
		return slow
	case n < 4:
		return stunned
	case n < 8:
		return leaving
	}
	return usual
}

// hold lets the time pass in which the worker holds.
func (w *worker) hold(m manner) {
	switch m {
	case slow:
		w.p.Sleep(w.upTo(w.e.cfg.SessionTimeout))
	case stunned:
		// To the service a paused client is one that it hears nothing from.
		w.c.Abandon()
		w.p.Sleep(w.e.cfg.SessionTimeout + w.upTo(w.e.cfg.SessionTimeout))
	default:
		w.p.Sleep(w.upTo(holdMax))
	}
}

// giveBack ends a hold: f is the operation, and release does it. It reports whether that worked.
func (w *worker) giveBack(o *object, f string, m manner, value []any, release func() (recipes.Outcome, error)) bool {
	_, outcome := w.do(o, f, value, func() (any, recipes.Outcome, error) {
		if m == leaving {
			w.close()
			return nil, recipes.NoEffect, errClosedInstead
		}
		outcome, err := release()
		return value, outcome, err
	})
	if outcome != recipes.Done {
		// Perhaps it is still held: then the end of the session frees it.
		w.c.Abandon()
	}
	return outcome == recipes.Done
}
