package checker

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
)

// totalQueue looks at what went into a queue of any order and what came out, once it was drained: elements that were
// put in and never came out are lost, and those that came out and were never put in, or had failed to be, are
// unexpected. One that came out more often than it was put in is a duplicate, which is measured and, unless o says
// so, no violation.
//
// A dequeue whose end is unknown may have taken one element, and an unknown drain any number.
func totalQueue(o Options) Checker {
	return whole("total-queue", func(ops []history.Operation) ([]Verdict, []Measure) {
		q := totals{counts: map[any]*total{}}
		for i := range ops {
			op := &ops[i]
			if why := q.note(op); why != "" {
				q.bad.malformed(op, why)
				return q.bad.list, nil
			}
		}
		return q.judge(o)
	})
}

// total counts one element of a queue.
type total struct {
	value               any
	tried, put, out     int64
	enqueue, dequeue    *history.Operation
	enqueued, recovered bool
	made                made
}

type totals struct {
	bad    violations
	counts map[any]*total
	order  []*total
	// blind is how many dequeues are unknown; emptied says that a drain is, drained that one was ok.
	blind            int64
	emptied, drained bool
	last             *history.Operation // the drain that was called last
}

func (q *totals) of(v any) *total {
	t := q.counts[history.Single(v)]
	if t == nil {
		t = &total{value: v}
		q.counts[history.Single(v)] = t
		q.order = append(q.order, t)
	}
	return t
}

func (t *total) came(op *history.Operation) {
	t.out++
	t.dequeue = op
	t.made.show(op)
}

func (q *totals) note(op *history.Operation) (why string) {
	ok := op.End == history.OK
	switch op.F {
	case "enqueue":
		t := q.of(op.Argument)
		if op.End != history.Fail {
			t.tried++
			t.made.by(op)
		}
		if ok {
			t.put++
		}
		t.enqueue, t.enqueued = op, true
	case "dequeue":
		switch {
		case ok && op.Result != nil:
			t := q.of(op.Result)
			t.came(op)
		case op.End == history.Info:
			q.blind++
		}
	case "drain":
		list, isList := elementsOf(op.Result)
		if ok && !isList {
			return "its result is no list of elements"
		}
		q.emptied = q.emptied || op.End == history.Info
		if ok {
			q.drained, q.last = true, op
			for _, v := range list {
				q.of(v).came(op)
			}
		}
	default:
		return noOperation(op, "enqueue", "dequeue", "drain")
	}
	return ""
}

func (q *totals) judge(o Options) ([]Verdict, []Measure) {
	var lost, unexpected, duplicated, recovered, left int64
	var firstLost *total
	for _, t := range q.order {
		if t.made.early() {
			unexpected++
			q.bad.add("unexpected", fmt.Sprintf("%s came out before anything put it in", model.TextOf(t.value)),
				t.made.shown, t.made.first)
		}
		switch {
		case t.out > 0 && t.tried == 0:
			unexpected += t.out
			why := "was never put in"
			ops := []*history.Operation{t.dequeue}
			if t.enqueued {
				why, ops = "failed to be put in", []*history.Operation{t.enqueue, t.dequeue}
			}
			q.bad.add("unexpected", fmt.Sprintf("%s came out, and %s", model.TextOf(t.value), why), ops...)
			continue
		case t.out > t.tried:
			duplicated += t.out - t.tried
			if !o.Duplicates {
				break
			}
			q.bad.add("duplicated", fmt.Sprintf("%s came out %d times, and was put in %d times", model.TextOf(t.value), t.out,
				t.tried), t.enqueue, t.dequeue)
		case t.out > t.put:
			recovered += t.out - t.put
		case t.out < t.put && (!q.drained || t.enqueue.Return > q.last.Call):
			left += t.put - t.out
		case t.out < t.put:
			lost += t.put - t.out
			if firstLost == nil {
				firstLost = t
			}
		}
	}
	if n := lost - q.blind; n > 0 && !q.emptied {
		q.bad.add("lost", fmt.Sprintf("elements never came out, though the queue was drained: %d, the first of them %s",
			n, model.TextOf(firstLost.value)), firstLost.enqueue, q.last)
	}
	if q.emptied && lost > 0 {
		q.bad.list = append(q.bad.list, Verdict{Outcome: Unknown,
			Reason: fmt.Sprintf("a drain has no known end, and may have got the %d elements that are lost", lost)})
	}
	return q.bad.list, []Measure{{"lost", lost, "elements"}, {"unexpected", unexpected, "elements"},
		{"duplicated", duplicated, "elements"}, {"recovered", recovered, "elements"}, {"left", left, "elements"}}
}
