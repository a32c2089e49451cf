package checker

import (
	"cmp"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// fastBag decides unordered queues whose elements are all different. Elements have nothing to do with each other but
// that an answer "empty" has an instant at which none of them was in the queue. An element that was put in as late
// and taken as early as it can be was there between the return of its enqueue and the call of its dequeue, or not at
// all; so an answer is right if some instant of it lies in no such interval.
func fastBag(part model.Part[model.QueueInput, model.QueueOutput]) finding {
	byValue := newNumbering(len(part.Calls) / 2)
	list := make([]element, 0, len(part.Calls)/2+1)
	for _, c := range part.Calls {
		switch {
		case c.In.Enqueue && !byValue.add(c.In.Value, len(list)):
			return finding{}
		case c.In.Enqueue:
			list = append(list, element{
				enqueue: c.Op, put: interval{c.Op.Call, returned(c.Op)}, taken: interval{endless, endless},
			})
		}
	}
	var empties []*history.Operation
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
				return f
			}
		}
	}
	slices.SortFunc(list, func(a, b element) int { return cmp.Compare(a.put.call, b.put.call) })
	return foundEmpty(list, empties)
}
