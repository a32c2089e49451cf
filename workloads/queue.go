package workloads

import (
	"strconv"

	"ordeal/cluster/recipes"
)

// Somewhat more goes out than comes in, so that consumers find the queue empty now and then.
func stepQueue(w *worker) {
	o := w.e.object(w.index())
	if w.p.Chance(45) {
		w.enqueue(o)
	} else {
		w.dequeue(o)
	}
}

func (w *worker) enqueue(o *object) bool {
	v := w.p.NewValue()
	_, outcome := w.do(o, "enqueue", v, func() (any, recipes.Outcome, error) {
		outcome, err := recipes.NewQueue(w.p, w.c, o.path).Enqueue(strconv.AppendInt(nil, v, 10), w.p.Patience())
		return v, outcome, err
	})
	return outcome == recipes.Done
}

// dequeue reports whether the answer came, and whether that was that the queue is empty.
func (w *worker) dequeue(o *object) (answered, empty bool) {
	result, outcome := w.do(o, "dequeue", nil, func() (any, recipes.Outcome, error) {
		item, ok, outcome, err := recipes.NewQueue(w.p, w.c, o.path).Dequeue(w.p.Patience())
		if ok || item != nil {
			return decode(item), outcome, err
		}
		return nil, outcome, err
	})
	return outcome == recipes.Done, outcome == recipes.Done && result == nil
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
