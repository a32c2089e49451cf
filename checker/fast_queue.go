package checker

import (
	"cmp"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// element is what happened to one element of a queue: the interval in which it was put in, and that in which it was
// taken, which lies at the end of time if it never was.
type element struct {
	enqueue, dequeue *history.Operation
	put, taken       interval
}

type interval struct{ call, ret int }

// fastQueue decides queues whose elements are all different: Henzinger, Sezgin and Vafeiadis, "Aspect-oriented
// linearizability proofs" (2013). A queue is right unless an element comes from nowhere or twice, two elements overtake
// each other, or a dequeue finds the queue empty while something certainly stood in it.
//
// An unknown operation has no return. An unknown dequeue that names its element either took it or did not, which is the
// same as taking it at the end; one that names none is left to a search, as are elements that were put in twice.
func fastQueue(part model.Part[model.QueueInput, model.QueueOutput]) finding {
	if slices.ContainsFunc(part.Calls, func(c model.QueueCall) bool {
		return !c.In.Enqueue && c.Out.Unknown && c.Out.Value == nil
	}) {
		return finding{}
	}
	list, empties, f, ok := putAndTaken(part)
	if !ok {
		return f
	}
	if f := inOrder(list); f.outcome == Invalid {
		return f
	}
	return foundEmpty(list, empties)
}

// putAndTaken are the elements of a queue, in the order in which they were put in, and the dequeues that found it
// empty. It is not ok if one was put in twice, which is left to a search, or taken as it can't be, which f says.
func putAndTaken(part model.Part[model.QueueInput, model.QueueOutput]) (
	list []element, empties []*history.Operation, f finding, ok bool,
) {
	byValue := newNumbering(len(part.Calls) / 2)
	list = make([]element, 0, len(part.Calls)/2+1)
	for _, c := range part.Calls {
		switch {
		case c.In.Enqueue && !byValue.add(c.In.Value, len(list)):
			return nil, nil, finding{}, false
		case c.In.Enqueue:
			list = append(list, element{
				enqueue: c.Op, put: interval{c.Op.Call, returned(c.Op)}, taken: interval{endless, endless},
			})
		}
	}
	for _, c := range part.Calls {
		switch {
		case c.In.Enqueue:
		case c.Out.Value == nil:
			empties = append(empties, c.Op)
		default:
			var e *element
			if at, known := byValue.find(c.Out.Value); known {
				e = &list[at]
			}
			if f := take(e, c.Op); f.outcome == Invalid {
				return nil, nil, f, false
			}
		}
	}
	slices.SortFunc(list, func(a, b element) int { return cmp.Compare(a.put.call, b.put.call) })
	return list, empties, finding{}, true
}

// take records a dequeue with its element. A known one counts before unknown ones, of which the first invoked counts.
func take(e *element, op *history.Operation) finding {
	unknown := op.End == history.Info
	switch {
	case unknown && e == nil:
		return finding{}
	case e == nil:
		return wrong("an element was taken that was never put in", op)
	case unknown && e.taken.call != endless:
		return finding{}
	case !unknown && e.taken.ret != endless:
		return wrong("one element was taken twice", e.dequeue, op)
	case !unknown && op.Return < e.put.call:
		return wrong("an element was taken before it was put in", op, e.enqueue)
	}
	e.dequeue, e.taken = op, interval{op.Call, returned(op)}
	return finding{}
}

// inOrder looks for an element that was put in before another and taken after it, or never. list is in the order in
// which the elements' enqueues were called.
func inOrder(list []element) finding {
	byReturn := slices.Clone(list)
	slices.SortFunc(byReturn, func(a, b element) int {
		return cmp.Or(cmp.Compare(a.put.ret, b.put.ret), cmp.Compare(a.put.call, b.put.call))
	})
	var latest *element // of those put in before, the one taken last
	next := 0
	for _, b := range list {
		for ; next < len(byReturn) && byReturn[next].put.ret < b.put.call; next++ {
			if a := &byReturn[next]; latest == nil || a.taken.call > latest.taken.call {
				latest = a
			}
		}
		if latest != nil && b.taken.ret < latest.taken.call {
			ops := []*history.Operation{latest.enqueue, b.enqueue, b.dequeue}
			if latest.taken.call != endless {
				ops = append(ops, latest.dequeue)
			}
			return wrong("two elements were taken in another order than they were put in", ops...)
		}
	}
	return finding{}
}

// foundEmpty looks for a dequeue that found nothing although at every instant of it some element stood in the queue.
func foundEmpty(list []element, empties []*history.Operation) finding {
	var full []interval // from an enqueue's return to its dequeue's call, and joined where they overlap
	slices.SortFunc(list, func(a, b element) int { return cmp.Compare(a.put.ret, b.put.ret) })
	for _, e := range list {
		switch n := len(full); {
		case e.put.ret >= e.taken.call:
		case n > 0 && e.put.ret < full[n-1].ret:
			full[n-1].ret = max(full[n-1].ret, e.taken.call)
		default:
			full = append(full, interval{e.put.ret, e.taken.call})
		}
	}
	for _, op := range empties {
		i, _ := slices.BinarySearchFunc(full, op.Call, func(f interval, call int) int { return cmp.Compare(f.call, call) })
		if i > 0 && op.Return < full[i-1].ret {
			return wrong("a dequeue found the queue empty while something stood in it throughout", op)
		}
	}
	return finding{outcome: Valid}
}
