package model

import (
	"math"
	"slices"

	"ordeal/history"
	"ordeal/model/ordered"
)

// grantedIn tells whether a session was granted something by a number, for certain.
func grantedIn(calls []HoldCall) func(session string, number int64) bool {
	tokens := make([]ordered.Token, 0, len(calls)/2)
	for i := range calls {
		if c := &calls[i]; c.In.Op == Acquire && !c.Out.Unknown && !c.Out.Held {
			tokens = append(tokens, ordered.Token{Session: c.Out.Session, Number: c.Out.Number})
		}
	}
	known := ordered.NewTokens(len(tokens), func(i int) ordered.Token { return tokens[i] })
	return func(session string, number int64) bool {
		return len(known.Of(ordered.Token{Session: session, Number: number})) > 0
	}
}

// holdPruner leaves out evidence that does not count (see hold.go), unknown operations that only looked, and unknown
// acquires that nothing vouches for: take one out of a legal order, and what stood between it and the freeing of the
// object is still legal. parse reads those that failed.
func holdPruner(parse holdParse) func(calls []HoldCall, failed []history.Operation) []HoldCall {
	return func(calls []HoldCall, failed []history.Operation) []HoldCall {
		looks, unknown := false, math.MaxInt // from which event on there are unknown acquires
		for i := range calls {
			c := &calls[i]
			looks = looks || c.In.Op == Observe || c.Out.Held
			if c.In.Op == Acquire && c.Out.Unknown {
				unknown = min(unknown, c.Op.Call)
			}
		}
		var granted func(session string, number int64) bool // nil until it is asked
		if looks {
			granted = grantedIn(calls)
			unseen := ordered.NewAttempts(unseenAttempts(calls, failed, parse))
			calls = slices.DeleteFunc(calls, func(c HoldCall) bool {
				if c.In.Op == Observe { // of an attempt that is known to be over, no unknown acquire stands for it
					known := c.Out.Session == "" || granted(c.Out.Session, c.Out.Number)
					return c.Out.Unknown || !known && unseen.Over(c.Out.Session, c.Op.Call, c.Op.Return)
				}
				return c.Out.Held && unseen.OfOther(c.In.Session, c.Op.Call, c.Op.Return)
			})
		}
		if unknown == math.MaxInt {
			return calls
		}
		vouched := vouchedSessions(calls, unknown, granted)
		return slices.DeleteFunc(calls, func(c HoldCall) bool {
			until, ok := vouched[c.In.Session]
			return c.In.Op == Acquire && c.Out.Unknown && (!ok || until < c.Op.Call)
		})
	}
}

func unseenAttempts(calls []HoldCall, failed []history.Operation, parse holdParse) []ordered.Attempt {
	var out []ordered.Attempt
	for _, op := range failed {
		if in, _, err := parse(op); err == nil && in.Op == Acquire {
			out = append(out, ordered.Attempt{Session: in.Session, From: op.Call, End: op.Return})
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
			out = append(out, ordered.Attempt{Session: c.In.Session, From: c.Op.Call, End: c.Op.Return})
		case c.Out.Unknown:
			end, ok := ends[c.In.Session]
			if !ok {
				end = math.MaxInt
			}
			out = append(out, ordered.Attempt{Session: c.In.Session, From: c.Op.Call, End: end})
		}
	}
	return out
}

// vouchedSessions are those that were seen to hold the object, or to let go of it, by a number that no known grant
// gave, and until when: what had returned before an acquire was called does not vouch for it. Nothing that has returned
// by the event from is asked for.
func vouchedSessions(calls []HoldCall, from int, granted func(string, int64) bool) map[string]int {
	out := map[string]int{}
	for i := range calls {
		c := &calls[i]
		if c.Op.Return < from {
			continue
		}
		if granted == nil {
			granted = grantedIn(calls)
		}
		switch {
		case c.In.Op == Observe && !granted(c.Out.Session, c.Out.Number):
			out[c.Out.Session] = max(out[c.Out.Session], c.Op.Return)
		case c.In.Op == Release && !c.Out.Unknown && !granted(c.In.Session, c.In.Number):
			out[c.In.Session] = max(out[c.In.Session], c.Op.Return)
		}
	}
	return out
}
