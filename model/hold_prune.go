package model

import (
	"math"
	"slices"

	"ordeal/history"
)

// tenureKey is one grant: who, and by which number.
type tenureKey struct {
	session string
	number  int64
}

// attempt is a try to acquire that may have held the object unseen, and the events between which it may have.
type attempt struct {
	session   string
	from, end int
}

// pruneHold leaves out evidence that does not count (see hold.go), unknown operations that only looked, and unknown
// acquires that nothing vouches for: take one out of a legal order, and what stood between it and the freeing of the
// object is still legal.
func pruneHold(calls []HoldCall, failed []history.Operation) []HoldCall {
	granted := map[tenureKey]bool{}
	for _, c := range calls {
		if c.In.Op == Acquire && !c.Out.Unknown && !c.Out.Held {
			granted[tenureKey{c.Out.Session, c.Out.Number}] = true
		}
	}
	unseen := unseenAttempts(calls, failed)
	calls = slices.DeleteFunc(calls, func(c HoldCall) bool {
		switch {
		case c.In.Op == Observe:
			return c.Out.Unknown || c.Out.Session != "" && !granted[tenureKey{c.Out.Session, c.Out.Number}] && gaveUp(unseen, c)
		case c.Out.Held:
			return slices.ContainsFunc(unseen, func(a attempt) bool {
				return a.session != c.In.Session && a.from < c.Op.Return && c.Op.Call < a.end
			})
		}
		return false
	})
	vouched := vouchedSessions(calls, granted)
	return slices.DeleteFunc(calls, func(c HoldCall) bool {
		return c.In.Op == Acquire && c.Out.Unknown && !vouched[c.In.Session]
	})
}

// gaveUp tells whether an attempt that is known to be over (so no unknown acquire in calls stands for it) may be what
// was observed.
func gaveUp(unseen []attempt, c HoldCall) bool {
	return slices.ContainsFunc(unseen, func(a attempt) bool {
		return a.session == c.Out.Session && a.end != math.MaxInt && a.from < c.Op.Return && c.Op.Call < a.end
	})
}

func unseenAttempts(calls []HoldCall, failed []history.Operation) []attempt {
	var out []attempt
	for _, op := range failed {
		if session, ok := op.Argument.(string); ok {
			out = append(out, attempt{session, op.Call, op.Return})
		}
	}
	ends := map[string]int{}
	for _, c := range calls {
		if _, ok := ends[c.In.Session]; c.In.Op == End && !c.Out.Unknown && !ok {
			ends[c.In.Session] = c.Op.Return
		}
	}
	for _, c := range calls {
		switch {
		case c.In.Op != Acquire:
		case c.Out.Held:
			out = append(out, attempt{c.In.Session, c.Op.Call, c.Op.Return})
		case c.Out.Unknown:
			end, ok := ends[c.In.Session]
			if !ok {
				end = math.MaxInt
			}
			out = append(out, attempt{c.In.Session, c.Op.Call, end})
		}
	}
	return out
}

// vouchedSessions are those that somebody saw hold the object, or let go of it, by a number that no known grant gave.
func vouchedSessions(calls []HoldCall, granted map[tenureKey]bool) map[string]bool {
	out := map[string]bool{}
	for _, c := range calls {
		switch {
		case c.In.Op == Observe && !granted[tenureKey{c.Out.Session, c.Out.Number}]:
			out[c.Out.Session] = true
		case c.In.Op == Release && !c.Out.Unknown && !granted[tenureKey{c.In.Session, c.In.Number}]:
			out[c.In.Session] = true
		}
	}
	return out
}
