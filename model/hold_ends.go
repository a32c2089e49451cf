package model

import (
	"slices"

	"ordeal/history"
)

// SpreadEnds gives operations the intervals in which they may have been that their events do not show: ends of
// sessions, and reads of what a client has kept.
//
// A read "cached" has the result [v version since]: the client knew it as of after the event with the index since. It
// is returned as one from that event on, with the result [v version].
//
// An observer inside the service
// records "end" at the instant, with the session as its value. One outside finds out later, and records [session
// since]: the end lies between the event with the index since and the one that records it. Such an operation is
// returned as one from that event on, and with the session as its argument; all others as they are.
func SpreadEnds(ops []history.Operation) []history.Operation {
	spread := ops
	for i, op := range ops {
		if since, ok := cachedSince(op); ok {
			if &spread[0] == &ops[0] {
				spread = slices.Clone(ops)
			}
			spread[i].Call, spread[i].Result = since, op.Result.([]any)[:2]
			continue
		}
		l, _ := op.Argument.([]any)
		if op.Process != history.Service || op.F != "end" || len(l) != 2 {
			continue
		}
		session, isName := l[0].(string)
		since, isIndex := l[1].(int64)
		if !isName || !isIndex || since < 0 || since > int64(op.Call) {
			continue // malformed, as the specification will say
		}
		if &spread[0] == &ops[0] {
			spread = slices.Clone(ops)
		}
		spread[i].Argument, spread[i].Call = session, int(since)
	}
	return spread
}

// cachedSince is the event behind which a cached read's value was there.
func cachedSince(op history.Operation) (event int, ok bool) {
	l, _ := op.Result.([]any)
	if op.F != "cached" || op.End != history.OK || len(l) != 3 {
		return 0, false
	}
	since, isIndex := l[2].(int64)
	return int(since), isIndex && since >= 0 && since <= int64(op.Call)
}
