package checker

import (
	"fmt"

	"ordeal/history"
)

// Sanity is unknown when a history is not worth a verdict: it breaks history.Assumptions, its times go back, or nothing
// that a client asked for succeeded. It counts how the clients' operations ended.
func Sanity() Checker {
	return Checker{"sanity", func(events history.History, ops []history.Operation) Verdict {
		for i := 1; i < len(events); i++ {
			if events[i].Time < events[i-1].Time {
				return Verdict{Outcome: Unknown, Reason: fmt.Sprintf("event %d is stamped %s, and the one before it %s",
					i, events[i].Time, events[i-1].Time)}
			}
		}
		return succeeded(ops)
	}}
}

// Succeeded is unknown when no client's operation is ok. It is what Sanity asks of a history from elsewhere, whose
// times may be anything.
func Succeeded() Checker {
	return Checker{"succeeded", func(_ history.History, ops []history.Operation) Verdict { return succeeded(ops) }}
}

func succeeded(ops []history.Operation) Verdict {
	var count [4]int64
	for i := range ops {
		if ops[i].Process >= 0 || ops[i].Process == history.Anonymous {
			count[ops[i].End]++
		}
	}
	v := Verdict{Outcome: Valid, Measures: []Measure{
		{"ok", count[history.OK], "operations"},
		{"fail", count[history.Fail], "operations"},
		{"info", count[history.Info], "operations"},
	}}
	if count[history.OK] == 0 {
		v.Outcome, v.Reason = Unknown, "nothing succeeded, so nothing was tried"
	}
	return v
}
