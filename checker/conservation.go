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
// Of equal elements it can't tell which came out: they are counted.
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
	offered  numbering            // invoked and not failed: how often
	refused  numbering            // failed
	dequeued []*history.Operation
	tried    numbering          // named by an unknown dequeue: how often
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
		return // what has parts is left to the specification
	}
	if op.End == history.Fail {
		l.refused.add(op.Argument, 0)
		return
	}
	l.offered.count(op.Argument, 1)
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
		l.tried.count(op.Result, 1)
	}
}

func contradicted(reason string, ops ...*history.Operation) Verdict {
	return Verdict{Outcome: Invalid, Reason: reason, Evidence: shown(ops...)}
}

func (l *ledger) judge() Verdict {
	got := newNumbering(len(l.dequeued))
	for _, op := range l.dequeued {
		v := op.Result
		put, _ := l.offered.find(v)
		times := got.count(v, 1)
		switch {
		case times <= put:
		case put > 0:
			return l.tooOften(v, times, put)
		case l.refused.has(v):
			return contradicted(fmt.Sprintf("%v came out, and putting it in had failed", v), op)
		default:
			return contradicted(fmt.Sprintf("%v came out, and was never put in", v), op)
		}
	}
	return l.judgeLoss(got)
}

// tooOften says that an element came out more often than it was put in.
func (l *ledger) tooOften(v any, times, put int) Verdict {
	var takes []*history.Operation
	for _, one := range l.dequeued {
		if one.Result == v && len(takes) < times {
			takes = append(takes, one)
		}
	}
	if put == 1 {
		return contradicted(fmt.Sprintf("%v came out twice", v), takes...)
	}
	return contradicted(fmt.Sprintf("%v came out %d times, and was put in %d times", v, times, put), takes...)
}

// judgeLoss looks for what was put in before a dequeue found nothing, and did not come out. Whatever came out counts
// for what must have come out, as far as there is that.
func (l *ledger) judgeLoss(got numbering) Verdict {
	var lost, later []*history.Operation
	due := func(op *history.Operation) bool { return l.anyEmpty && op.Return < l.empty.Call }
	missing := func(op *history.Operation) bool {
		return got.count(op.Argument, -1) < 0 && l.tried.count(op.Argument, -1) < 0
	}
	for _, op := range l.enqueued {
		switch {
		case !due(op):
			later = append(later, op)
		case missing(op):
			lost = append(lost, op)
		}
	}
	l.left = int64(len(lost))
	for _, op := range later {
		if missing(op) {
			l.left++
		}
	}
	if len(lost) <= l.blind {
		return Verdict{Outcome: Valid}
	}
	reason := fmt.Sprintf("%d elements are lost, the first of them %v", len(lost)-l.blind, lost[0].Argument)
	return Verdict{Outcome: Invalid, Reason: reason, Evidence: shown(lost[0], l.empty)}
}
