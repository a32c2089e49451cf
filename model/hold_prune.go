package model

import (
	"math"
	"slices"

	"ordeal/history"
	"ordeal/model/ordered"
)

// grantedIn tells whether a session was granted something by a number, for certain.
func grantedIn(calls []HoldCall) func(session string, number int64) bool {
	var tokens []ordered.Token
	for i := range calls {
		if c := &calls[i]; c.In.Op == Acquire && !c.Out.Unknown && !c.Out.Held {
			tokens = append(tokens, ordered.Token{Session: c.Out.Session, Number: c.Out.Number})
		}
	}
	slices.SortFunc(tokens, ordered.Token.Compare)
	return func(session string, number int64) bool {
		_, found := slices.BinarySearchFunc(tokens, ordered.Token{Session: session, Number: number}, ordered.Token.Compare)
		return found
	}
}

// holdPruner leaves out evidence that does not count (see hold.go), unknown operations that only looked, and unknown
// acquires that nothing vouches for: take one out of a legal order, and what stood between it and the freeing of the
// object is still legal. parse reads those that failed.
func holdPruner(parse holdParse) func(calls []HoldCall, failed []history.Operation) []HoldCall {
	return func(calls []HoldCall, failed []history.Operation) []HoldCall {
		if !slices.ContainsFunc(calls, func(c HoldCall) bool {
			return c.In.Op == Observe || c.Out.Held || c.In.Op == Acquire && c.Out.Unknown
		}) {
			return calls
		}
		granted := grantedIn(calls)
		unseen := newAttempts(unseenAttempts(calls, failed, parse))
		calls = slices.DeleteFunc(calls, func(c HoldCall) bool {
			if c.In.Op == Observe {
				known := c.Out.Session == "" || granted(c.Out.Session, c.Out.Number)
				return c.Out.Unknown || !known && unseen.gaveUp(c)
			}
			return c.Out.Held && unseen.ofOther(c)
		})
		vouched := vouchedSessions(calls, granted)
		return slices.DeleteFunc(calls, func(c HoldCall) bool {
			return c.In.Op == Acquire && c.Out.Unknown && !vouched[c.In.Session]
		})
	}
}

func unseenAttempts(calls []HoldCall, failed []history.Operation, parse holdParse) []attempt {
	var out []attempt
	for _, op := range failed {
		if in, _, err := parse(op); err == nil && in.Op == Acquire {
			out = append(out, attempt{in.Session, op.Call, op.Return})
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

// vouchedSessions are those that were seen to hold the object, or to let go of it, by a number that no known grant
// gave.
func vouchedSessions(calls []HoldCall, granted func(string, int64) bool) map[string]bool {
	out := map[string]bool{}
	for i := range calls {
		switch c := &calls[i]; {
		case c.In.Op == Observe && !granted(c.Out.Session, c.Out.Number):
			out[c.Out.Session] = true
		case c.In.Op == Release && !c.Out.Unknown && !granted(c.In.Session, c.In.Number):
			out[c.In.Session] = true
		}
	}
	return out
}
