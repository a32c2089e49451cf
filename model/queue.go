package model

import (
	"errors"
	"slices"

	"ordeal/history"
	"ordeal/model/ordered"
)

// A queue is first in, first out, and empty at the start.
//
//	F        argument  ok result  legal when             then
//	enqueue  v         anything   always                 v is the last
//	dequeue  nil       v          v is the first         it is taken
//	dequeue  nil       nil        the queue is empty     -
//
// An unknown enqueue takes effect. An unknown dequeue whose completion names an element takes that one where it is the
// first, or nothing; one that names none takes the first, if there is one. Elements are never nil.

// QueueInput is a request to a queue: to enqueue Value, or to dequeue.
type QueueInput struct {
	Enqueue bool
	Value   any
}

// QueueOutput is a queue's answer to a dequeue: Value, nil for an empty queue; or, if Unknown, what it tried to take,
// nil if that is unknown.
type QueueOutput struct {
	Unknown bool
	Value   any
}

// QueueCall is an operation on a queue.
type QueueCall = Call[QueueInput, QueueOutput]

// QueueSpec is the specification of a queue; the state is the elements, the first first.
type QueueSpec = Spec[[]any, QueueInput, QueueOutput]

// Queue is the specification of a queue.
func Queue() QueueSpec {
	return QueueSpec{
		Name:  "queue",
		Step:  stepQueue,
		Equal: func(a, b []any) bool { return slices.Equal(a, b) },
		Hash: func(s []any) uint64 {
			h := uint64(ordered.Seed)
			for _, v := range s {
				h = ordered.HashValue(h, v)
			}
			return h
		},
		Parse: parseQueue,
		Prune: pruneQueue,
		Relax: func(c QueueCall) (QueueCall, bool) {
			looks := !c.In.Enqueue && !c.Out.Unknown && c.Out.Value == nil
			return unknown(c, QueueOutput{Unknown: true, Value: c.Out.Value}), !looks
		},
		Describe: func(in QueueInput, out QueueOutput) string {
			s := "dequeue -> " + TextOf(out.Value)
			if in.Enqueue {
				s = "enqueue " + TextOf(in.Value)
			}
			if out.Unknown {
				s += " (unknown)"
			}
			return s
		},
		DescribeState: func(s []any) string { return TextOf(s) },
	}
}

func stepQueue(s []any, in QueueInput, out QueueOutput) ([]any, bool) {
	switch {
	case in.Enqueue:
		return append(s[:len(s):len(s)], in.Value), true
	case len(s) > 0 && (s[0] == out.Value || out.Unknown && out.Value == nil):
		return s[1:], true
	case out.Unknown:
		return s, true
	}
	return s, len(s) == 0 && out.Value == nil
}

func parseQueue(op history.Operation) (in QueueInput, out QueueOutput, err error) {
	out.Unknown = op.End != history.OK
	switch op.F {
	case "enqueue":
		in.Enqueue = true
		if in.Value = history.Single(op.Argument); in.Value == nil {
			err = errors.New("it enqueues nil, which is what an empty queue answers")
		}
	case "dequeue":
		out.Value = history.Single(op.Result)
	default:
		err = unknownF(op.F, "queue", "dequeue", "enqueue")
	}
	return in, out, err
}

// pruneQueue leaves out unknown enqueues of elements that no dequeue is known to have got, and then unknown dequeues of
// elements that were never put in: without them every legal order stays legal. An unknown dequeue that names no element
// may have got any, so with one of those nothing is left out.
func pruneQueue(calls []QueueCall, _ []history.Operation) []QueueCall {
	if !slices.ContainsFunc(calls, func(c QueueCall) bool { return c.Out.Unknown }) {
		return calls
	}
	got := map[any]bool{}
	for _, c := range calls {
		switch {
		case c.In.Enqueue:
		case c.Out.Unknown && c.Out.Value == nil:
			return calls
		case !c.Out.Unknown:
			got[c.Out.Value] = true
		}
	}
	calls = slices.DeleteFunc(calls, func(c QueueCall) bool {
		return c.In.Enqueue && c.Out.Unknown && !got[c.In.Value]
	})
	enqueued := map[any]bool{}
	for _, c := range calls {
		if c.In.Enqueue {
			enqueued[c.In.Value] = true
		}
	}
	return slices.DeleteFunc(calls, func(c QueueCall) bool {
		return !c.In.Enqueue && c.Out.Unknown && !enqueued[c.Out.Value]
	})
}
