package checker

import "ordeal/model"

// fastBag decides unordered queues whose elements are all different. Elements have nothing to do with each other but
// that an answer "empty" has an instant at which none of them was in the queue. An element that was put in as late
// and taken as early as it can be was there between the return of its enqueue and the call of its dequeue, or not at
// all; so an answer is right if some instant of it lies in no such interval.
func fastBag(part model.Part[model.QueueInput, model.QueueOutput]) finding {
	list, empties, f, ok := putAndTaken(part)
	if !ok {
		return f
	}
	return foundEmpty(list, empties)
}
