package model

import (
	"slices"

	"ordeal/history"
)

// SpreadEnds gives the ends of sessions the intervals in which they may have been. An observer inside the service
// records "end" at the instant, with the session as its value. One outside finds out later, and records [session
// since]: the end lies between the event with the index since and the one that records it. Such an operation is
// returned as one from that event on, and with the session as its argument; all others as they are.
func SpreadEnds(ops []history.Operation) []history.Operation {
	spread := ops
	for i, op := range ops {
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
