package checker

import (
	"fmt"

	"ordeal/history"
)

// Conservation looks at what went into a queue and what came out: an element that came out twice, or that was never put
// in, or that is lost. An element is lost if its enqueue was ok and it was not dequeued, although a dequeue that was
// invoked after the enqueue found the queue empty; unless a dequeue whose result is unknown may have taken it. Where no
// dequeue found the queue empty, what remained is measured and not judged.
//
// It takes elements for different if they are equal, so workloads enqueue every value once.
func Conservation() Checker {
	return Checker{"conservation", func(_ history.History, ops []history.Operation) Verdict {
		var bad []Verdict
		var left, unknown int64
		byKey := ledgers(ops)
		for _, key := range sortedKeys(byKey) {
			l := byKey[key]
			v := l.judge()
			left, unknown = left+l.left, unknown+int64(l.blind)
			if v.Outcome == Invalid {
				v.Key, v.Reason = key, aboutKey(key)+v.Reason
				bad = append(bad, v)
			}
		}
		v := Compose("conservation", bad...)
		v.Measures = []Measure{
			{"left in the queue or lost", left, "elements"}, {"taken by unknown dequeues", unknown, "elements at most"},
		}
		return v
	}}
}

// ledger is what went into one queue and what came out.
type ledger struct {
	enqueued []*history.Operation // ok, in the order of their invokes
	offered  numbering            // invoked and not failed
	refused  numbering            // failed
	dequeued []*history.Operation
	tried    numbering          // named by an unknown dequeue
	blind    int                // unknown dequeues that name nothing
	empty    *history.Operation // of those that found nothing, the one invoked last
	anyEmpty bool
	left     int64
}

func ledgers(ops []history.Operation) map[string]*ledger {
	byKey := map[string]*ledger{}
	for i := range ops {
		op := &ops[i]
		if op.F != "enqueue" && op.F != "dequeue" {
			continue
		}
		l := byKey[op.Key]
		if l == nil {
			l = &ledger{offered: newNumbering(0), refused: newNumbering(0), tried: newNumbering(0)}
			byKey[op.Key] = l
		}
		if op.F == "enqueue" {
			l.enqueue(op)
		} else {
			l.dequeue(op)
		}
	}
	return byKey
}

func (l *ledger) enqueue(op *history.Operation) {
	if !history.Plain(op.Argument) {
		return // malformed, which the specification reports
	}
	if op.End == history.Fail {
		l.refused.add(op.Argument, 0)
		return
	}
	l.offered.add(op.Argument, 0)
	if op.End == history.OK {
		l.enqueued = append(l.enqueued, op)
	}
}

func (l *ledger) dequeue(op *history.Operation) {
	switch {
	case !history.Plain(op.Result) || op.End == history.Fail:
	case op.End == history.OK && op.Result == nil:
		l.empty, l.anyEmpty = op, true
	case op.End == history.OK:
		l.dequeued = append(l.dequeued, op)
	case op.Result == nil:
		l.blind++
	default:
		l.tried.add(op.Result, 0)
	}
}

func contradicted(reason string, ops ...*history.Operation) Verdict {
	return Verdict{Outcome: Invalid, Reason: reason, Evidence: shown(ops...)}
}

func (l *ledger) judge() Verdict {
	got := newNumbering(len(l.dequeued))
	for i, op := range l.dequeued {
		v := op.Result
		if !got.add(v, i) {
			other, _ := got.find(v)
			return contradicted(fmt.Sprintf("%v came out twice", v), l.dequeued[other], op)
		}
		switch {
		case l.offered.has(v):
		case l.refused.has(v):
			return contradicted(fmt.Sprintf("%v came out, and putting it in had failed", v), op)
		default:
			return contradicted(fmt.Sprintf("%v came out, and was never put in", v), op)
		}
	}
	return l.judgeLoss(got)
}

func (l *ledger) judgeLoss(got numbering) Verdict {
	var lost []*history.Operation
	for _, op := range l.enqueued {
		if got.has(op.Argument) || l.tried.has(op.Argument) {
			continue
		}
		l.left++
		if l.anyEmpty && op.Return < l.empty.Call {
			lost = append(lost, op)
		}
	}
	if len(lost) <= l.blind {
		return Verdict{Outcome: Valid}
	}
	reason := fmt.Sprintf("%d elements are lost, the first of them %v", len(lost)-l.blind, lost[0].Argument)
	return Verdict{Outcome: Invalid, Reason: reason, Evidence: shown(lost[0], l.empty)}
}
