package model

import (
	"slices"

	"ordeal/history"
)

// An unordered queue gives out what was put in, in any order; it is empty at the start. Its operations are those of a
// queue, and a dequeue that got v is legal when v is in it.
//
// An unknown dequeue that names no element may have taken any. All that could show is that a queue was found empty, so
// answers "empty" from its call on are left out.

// UnorderedQueue is the specification of an unordered queue: the state is its elements, sorted by history.Compare.
func UnorderedQueue() QueueSpec {
	s := Queue()
	s.Name = "unordered-queue"
	s.Step = stepBag
	s.Prune = func(calls []QueueCall, _ []history.Operation) []QueueCall {
		blind := int(^uint(0) >> 1)
		for _, c := range calls {
			if !c.In.Enqueue && c.Out.Unknown && c.Out.Value == nil {
				blind = min(blind, c.Op.Call)
			}
		}
		calls = slices.DeleteFunc(calls, func(c QueueCall) bool {
			return !c.In.Enqueue && c.Out.Value == nil && (c.Out.Unknown || c.Op.Return >= blind)
		})
		return pruneQueue(calls, nil)
	}
	return s
}

func stepBag(s []any, in QueueInput, out QueueOutput) ([]any, bool) {
	v := out.Value
	if in.Enqueue {
		v = in.Value
	}
	at, there := slices.BinarySearchFunc(s, v, history.Compare)
	switch {
	case in.Enqueue:
		return slices.Insert(slices.Clone(s), at, v), true
	case v == nil:
		return s, len(s) == 0
	case there:
		return slices.Delete(slices.Clone(s), at, at+1), true
	}
	return s, out.Unknown
}
