package recipes

import (
	"strconv"

	"ordeal/cluster/etcdrecipes"
	"ordeal/workloads/clients"
)

// Somewhat more goes out than comes in, so that consumers find the queue empty now and then.
func stepQueue(w *worker, o *object) {
	if w.c.Chance(45) {
		w.enqueue(o)
	} else {
		w.dequeue(o)
	}
}

func (w *worker) enqueue(o *object) bool {
	v := w.c.NewValue()
	w.items++
	_, outcome := w.do(o, "enqueue", v, func() (any, clients.Outcome, error) {
		err := etcdrecipes.Enqueue(w.keys(), o.name(), w.process, w.items, strconv.AppendInt(nil, v, 10))
		return v, outcomeOf(err), err
	})
	return outcome == clients.Done
}

// dequeue reports whether the answer came, and whether that was that the queue is empty.
func (w *worker) dequeue(o *object) (answered, empty bool) {
	result, outcome := w.do(o, "dequeue", nil, func() (any, clients.Outcome, error) {
		item, ok, err := etcdrecipes.Dequeue(w.keys(), o.name())
		if ok || item != nil {
			return valueOf(item), outcomeOf(err), err
		}
		return nil, outcomeOf(err), err
	})
	return outcome == clients.Done, outcome == clients.Done && result == nil
}

func probeQueue(w *worker, o *object) bool {
	if !w.enqueue(o) {
		return false
	}
	answered, _ := w.dequeue(o)
	return answered
}

// drainQueue takes out all that is left.
func drainQueue(w *worker, o *object) bool {
	for {
		if answered, empty := w.dequeue(o); !answered || empty {
			return empty
		}
	}
}
