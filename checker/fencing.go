package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
)

// fencedWrite is a write on the resource that a lock protects.
type fencedWrite struct {
	token, n int64
	op       *history.Operation
}

// Fencing looks at what the resource behind a lock accepted: a write whose token is below that of a write that had been
// accepted before it was invoked, and one write accepted twice. The resource's own order of concurrent writes is not in
// a history, so those may stand either way. It measures how many writes were refused: what fencing was good for.
func Fencing() Checker {
	return Checker{"fencing", func(_ history.History, ops []history.Operation) Verdict {
		accepted, refused := map[string][]fencedWrite{}, int64(0)
		for i := range ops {
			op := &ops[i]
			if op.F != "fenced" || op.End != history.OK {
				continue
			}
			w, ok := readFenced(op)
			if !ok {
				return malformedEvent(op,
					`its argument is [session token n] or [token n], and its result "accepted" or "refused"`)
			}
			if op.Result == any("refused") {
				refused++
				continue
			}
			accepted[op.Key] = append(accepted[op.Key], w)
		}
		var bad []Verdict
		total := int64(0)
		for _, key := range sortedKeys(accepted) {
			total += int64(len(accepted[key]))
			if v := fenced(accepted[key]); v.Outcome == Invalid {
				v.Key, v.Reason = key, aboutKey(key)+v.Reason
				bad = append(bad, v)
			}
		}
		v := Compose("fencing", bad...)
		v.Measures = []Measure{{"accepted", total, "writes"}, {"refused", refused, "writes"}}
		return v
	}}
}

func readFenced(op *history.Operation) (w fencedWrite, ok bool) {
	l, _ := op.Argument.([]any)
	if _, _, named := numbered(op.Argument); named {
		l = l[1:]
	}
	if len(l) != 2 || op.Result != any("accepted") && op.Result != any("refused") {
		return w, false
	}
	token, isToken := l[0].(int64)
	n, isNumber := l[1].(int64)
	return fencedWrite{token, n, op}, isToken && isNumber
}

// fenced judges the accepted writes of one resource, which are in the order of their invokes.
func fenced(writes []fencedWrite) Verdict {
	seen := map[int64]*history.Operation{}
	for _, w := range writes {
		if other, twice := seen[w.n]; twice {
			return Verdict{Outcome: Invalid, Reason: fmt.Sprintf("write %d was accepted twice", w.n),
				Evidence: shown(other, w.op)}
		}
		seen[w.n] = w.op
	}
	byReturn := slices.Clone(writes)
	slices.SortFunc(byReturn, func(a, b fencedWrite) int { return cmp.Compare(a.op.Return, b.op.Return) })
	var greatest *fencedWrite
	next := 0
	for _, b := range writes {
		for ; next < len(byReturn) && byReturn[next].op.Return < b.op.Call; next++ {
			if a := &byReturn[next]; greatest == nil || a.token > greatest.token {
				greatest = a
			}
		}
		if greatest != nil && greatest.token > b.token {
			return Verdict{Outcome: Invalid, Evidence: shown(greatest.op, b.op), Reason: fmt.Sprintf(
				"a write with token %d was accepted after one with token %d", b.token, greatest.token)}
		}
	}
	return Verdict{Outcome: Valid}
}
