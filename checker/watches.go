package checker

import (
	"fmt"

	"ordeal/history"
)

// Watches looks at what clients saw of an object on which they had set a watch: [v0 v1 fired] says that the watch was
// set when the version was v0, that a later read saw version v1, and whether the watch's event had come by then. It is
// what ZooKeeper promises of watches, and of one session's reads: the event comes before the data behind it; there is
// no event without a change; and no read shows an older version than one before. All of it holds across connections,
// because a client that comes back sets its watches again before anything else, at a server that has applied whatever
// its session has seen.
//
// A version that is negative is that of an object which is gone, which may be before or behind any other. Versions that
// are not must not come again: where objects are removed and made anew, this can't judge.
func Watches() Checker {
	return Checker{"watches", func(_ history.History, ops []history.Operation) Verdict {
		var bad []Verdict
		var fired, quiet int64
		for i := range ops {
			op := &ops[i]
			if op.F != "watch" || op.End != history.OK {
				continue
			}
			w, ok := readWatched(op.Result)
			if !ok {
				return malformedEvent(op, "its result is [version version fired]")
			}
			if reason := w.wrong(); reason != "" {
				bad = append(bad, Verdict{Outcome: Invalid, Checker: "watches", Key: op.Key,
					Evidence: shown(op), Reason: aboutKey(op.Key) + reason})
			}
			if w.fired {
				fired++
			} else {
				quiet++
			}
		}
		v := Compose("watches", bad...)
		v.Measures = []Measure{{"events", fired, "watches"}, {"no event", quiet, "watches"}}
		return v
	}}
}

// watched is the result of a watch.
type watched struct {
	first, last int64
	fired       bool
}

func readWatched(v any) (w watched, ok bool) {
	l, _ := v.([]any)
	if len(l) != 3 {
		return w, false
	}
	first, isFirst := l[0].(int64)
	last, isLast := l[1].(int64)
	fired, isFired := l[2].(bool)
	return watched{first, last, fired}, isFirst && isLast && isFired
}

// wrong says what is, or nothing.
func (w watched) wrong() string {
	switch {
	case w.first != w.last && !w.fired:
		return fmt.Sprintf("a watch was set at version %d, and version %d was read before its event came", w.first, w.last)
	case w.first == w.last && w.fired:
		return fmt.Sprintf("the event of a watch that was set at version %d came, "+
			"and what was read after it was version %d still", w.first, w.last)
	case w.last >= 0 && w.last < w.first:
		return fmt.Sprintf("version %d was read after version %d", w.last, w.first)
	}
	return ""
}
