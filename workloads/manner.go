package workloads

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
)

const (
	// resourceLatencyMax is the longest way to a resource, one way.
	resourceLatencyMax = 2 * time.Millisecond
	// holdMax is how long the usual holder holds.
	holdMax = 60 * time.Millisecond
	// lurkMax is how long a holder waits until another client waits for the object.
	lurkMax = 500 * time.Millisecond
)

// manner is how a holder of a lock or an office behaves.
type manner uint8

const (
	usual   manner = iota
	slow           // holds on for up to the session's timeout, and the session lives
	stunned        // stops as if paused until the session must be over, and then goes on as if nothing had happened
	leaving        // closes the session instead of giving back
	killing        // ends the session of a client that waits
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
	case n < 10:
		return killing
	}
	return usual
}

// hold lets the time pass in which the worker holds an object.
func (w *worker) hold(o *object, m manner) {
	switch m {
	case slow:
		w.p.Sleep(w.p.UpTo(w.e.cfg.SessionTimeout))
	case stunned:
		// To the service a paused client is one that it hears nothing from.
		w.c.Abandon()
		w.p.Sleep(w.e.cfg.SessionTimeout + w.p.UpTo(w.e.cfg.SessionTimeout))
	case killing:
		for until := w.p.Now() + lurkMax; w.e.waiting(o) == nil && w.p.Now() < until; {
			w.p.Sleep(w.p.UpTo(holdMax))
		}
		if v := w.e.waiting(o); v != nil {
			w.kill(v)
		}
		// Mostly long enough for the other to hear of it while the object is held.
		w.p.Sleep(w.p.UpTo(2 * holdMax))
	default:
		w.p.Sleep(w.p.UpTo(holdMax))
	}
}

// kill ends another client's session in the way that ZooKeeper's own tests do: it takes the session over and closes it.
// A nemesis can't do that so fast: a session that is cut off lives on until its timeout, and a client that waits for a
// lock meanwhile has mostly given up by then.
func (w *worker) kill(v *worker) {
	w.e.mayAsk(v.c)
	taker := client.New(w.p, client.Config{Servers: w.e.cfg.Servers, Session: v.c.Credentials(),
		SessionTimeout: w.e.cfg.SessionTimeout, Claims: w.e.known()})
	m := v.mark
	if err := taker.Close(); err != nil {
		w.p.Log().Debug("workloads: the session was not closed", "error", err)
		return
	}
	w.e.over(m)
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
