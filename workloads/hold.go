package workloads

import (
	"math"
	"time"

	"ordeal/cluster/recipes"
)

// SessionName is what histories call the session.
func (h Hand) SessionName() string { return h.w.session() }

// SessionTimeout is the longest that a session asks for.
func (h Hand) SessionTimeout() time.Duration { return h.w.e.cfg.SessionTimeout }

// Manner draws how a holder behaves, for Hold and GiveBack.
func (h Hand) Manner() Manner { return Manner{h.w.manner()} }

// Manner is how a holder of something behaves.
type Manner struct{ manner }

// Usual is a holder that gives back what it has, soon.
var Usual = Manner{usual}

// Waiting notes that the client waits for its turn to hold an object, until the function that it returns is called.
// Defer that: the wait may end by a crash.
func (h Hand) Waiting(o *Object) (over func()) { return h.w.wait(o) }

// Hold lets the time pass in which the client holds an object: mostly it is short; at times it is long, or the client
// stops as if paused until its session must be over, or ends the session of one that waits.
func (h Hand) Hold(o *Object, m Manner) { h.w.hold(o, m.manner) }

// GiveBack ends a hold: f is the operation, value its argument and result, and release does it. At times the session is
// closed instead. It reports whether it was given back; if not, the session is left to expire.
func (h Hand) GiveBack(o *Object, f string, m Manner, value []any, release func() (recipes.Outcome, error)) bool {
	return h.w.giveBack(o, f, m.manner, value, release)
}

// Abandon leaves the session to expire, as a client does that died. The next turn has another.
func (h Hand) Abandon() { h.w.c.Abandon() }

// Renew makes sure that there is a session: a new one, where the last is over. It reports whether there is.
func (h Hand) Renew() bool {
	until := h.Elapsed() + h.Patience()
	if h.Patience() < 0 {
		until = math.MaxInt64
	}
	return h.w.Connect(h.Client, until)
}
