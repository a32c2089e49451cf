// Package queues is what clients do with queues besides the plain one: the workloads priority, delay and work.
package queues

import (
	"strconv"
	"time"

	"ordeal/cluster/recipes"
	"ordeal/workloads"
)

// All are the workloads of the package.
func All() []workloads.Workload {
	return []workloads.Workload{
		workloads.Write("priority", 24, 3, workloads.Steps{Step: priority, Probe: probePriority, Drain: drainPriority}),
		workloads.Write("delay", 30, 4, workloads.Steps{Step: delay, Probe: probeDelay, Drain: drainDelay}),
		workloads.Write("work", 24, 4, workloads.Steps{EndsSessions: true, Step: work, Probe: probeWork, Drain: drainWork}),
	}
}

const (
	// priorities is how many there are.
	priorities = 4
	// delayMax is the longest delay of an item.
	delayMax = time.Second
	// workMax is how long an item is worked on, mostly.
	workMax = 60 * time.Millisecond
)

func bytesOf(v int64) []byte { return strconv.AppendInt(nil, v, 10) }

// decode reads an item; bytes that no client wrote are item 0, which none has.
func decode(item []byte) int64 {
	n, _ := strconv.ParseInt(string(item), 10, 64)
	return n
}

func priority(h workloads.Hand) {
	if o := h.Object(); h.Chance(50) {
		putPriority(h, o)
	} else {
		takePriority(h, o)
	}
}

func putPriority(h workloads.Hand, o *workloads.Object) bool {
	v, p := h.NewValue(), int64(h.Rand().IntN(priorities))
	_, outcome := h.Do(o, "put", []any{v, p}, func() (any, recipes.Outcome, error) {
		outcome, err := recipes.NewPriorityQueue(h, h.Session(), o.Path()).Put(bytesOf(v), uint8(p), h.Patience())
		return v, outcome, err
	})
	return outcome == recipes.Done
}

// takePriority reports whether an answer came, and whether that was that the queue is empty.
func takePriority(h workloads.Hand, o *workloads.Object) (answered, empty bool) {
	_, outcome := h.Do(o, "take", nil, func() (any, recipes.Outcome, error) {
		item, ok, outcome, err := recipes.NewPriorityQueue(h, h.Session(), o.Path()).Take(h.Patience())
		if ok || item != nil {
			return decode(item), outcome, err
		}
		empty = outcome == recipes.Done
		return nil, outcome, err
	})
	return outcome == recipes.Done, empty
}

func probePriority(h workloads.Hand, o *workloads.Object) bool {
	if !putPriority(h, o) {
		return false
	}
	answered, _ := takePriority(h, o)
	return answered
}

// drainPriority takes out all that is left.
func drainPriority(h workloads.Hand, o *workloads.Object) bool {
	for {
		if answered, empty := takePriority(h, o); !answered || empty {
			return empty
		}
	}
}

func delay(h workloads.Hand) {
	if o := h.Object(); h.Chance(45) {
		putDelay(h, o)
	} else {
		takeDelay(h, o)
		// A queue that is kept learns from its first take.
		h.Sleep(h.UpTo(delayMax / 4))
	}
}

func putDelay(h workloads.Hand, o *workloads.Object) bool {
	v, d := h.NewValue(), h.UpTo(delayMax)
	_, outcome := h.Do(o, "put", []any{v, d.Milliseconds()}, func() (any, recipes.Outcome, error) {
		stamp, outcome, err := recipes.NewDelayQueue(h, h.Session(), o.Path()).Put(bytesOf(v), d, h.Patience())
		if err != nil {
			return nil, outcome, err
		}
		return []any{v, stamp.Time}, outcome, nil
	})
	return outcome == recipes.Done
}

// takeDelay takes a few items by one end of the queue. It reports whether the last look was answered, and found none.
func takeDelay(h workloads.Hand, o *workloads.Object) (answered, none bool) {
	q := recipes.NewDelayQueue(h, h.Session(), o.Path())
	for range 1 + h.Rand().IntN(3) {
		_, outcome := h.Do(o, "take", nil, func() (any, recipes.Outcome, error) {
			due, ok, outcome, err := q.Take(h.Patience())
			switch none = false; {
			case ok || due.Item != nil:
				return []any{decode(due.Item), due.Since, due.Now.Time}, outcome, err
			case err != nil:
				return nil, outcome, err
			}
			none = true
			return []any{nil, due.Now.Time}, outcome, nil
		})
		if answered = outcome == recipes.Done; !answered {
			return false, false
		}
		h.Sleep(h.UpTo(delayMax / 4))
	}
	return answered, none
}

func probeDelay(h workloads.Hand, o *workloads.Object) bool {
	if !putDelay(h, o) {
		return false
	}
	answered, _ := takeDelay(h, o)
	return answered
}

// drainDelay takes out all that is due within the longest delay. What the service's clock puts off longer stays.
func drainDelay(h workloads.Hand, o *workloads.Object) bool {
	answered, _ := takeDelay(h, o)
	return answered
}

func work(h workloads.Hand) {
	if o := h.Object(); h.Chance(40) {
		putWork(h, o)
	} else {
		doWork(h, o, h.Manner())
	}
}

func putWork(h workloads.Hand, o *workloads.Object) bool {
	v := h.NewValue()
	_, outcome := h.Do(o, "put", v, func() (any, recipes.Outcome, error) {
		outcome, err := recipes.NewWorkQueue(h, h.Session(), o.Path()).Put(bytesOf(v), h.Patience())
		return v, outcome, err
	})
	return outcome == recipes.Done
}

// doWork takes an item and finishes it; at times it gives it back, dies, or finishes it by another session when its own
// is over. It reports whether it was answered, and whether there was nothing at all.
func doWork(h workloads.Hand, o *workloads.Object, m workloads.Manner) (answered, empty bool) {
	q, session := recipes.NewWorkQueue(h, h.Session(), o.Path()), h.SessionName()
	var w recipes.Work
	got := false
	_, outcome := h.Do(o, "take", session, func() (any, recipes.Outcome, error) {
		item, ok, left, outcome, err := q.Take(h.Patience())
		if err != nil {
			return nil, outcome, err
		}
		if !ok {
			if empty = left == 0; !empty {
				return []any{session, "held"}, outcome, nil
			}
			return []any{session, nil}, outcome, nil
		}
		w, got = item, true
		return []any{session, w.Token, decode(w.Item)}, outcome, nil
	})
	if outcome != recipes.Done || !got {
		return outcome == recipes.Done, empty
	}
	if m == workloads.Usual {
		h.Sleep(h.UpTo(workMax))
	} else {
		h.Hold(o, m)
	}
	value := []any{session, decode(w.Item), w.Token}
	if !h.Session().Alive() {
		if !h.Renew() {
			return false, false
		}
		_, outcome := h.Do(o, "finish", value, func() (any, recipes.Outcome, error) {
			outcome, err := q.Finish(h.Session(), w, h.Patience())
			return value, outcome, err
		})
		return outcome != recipes.Unknown, false
	}
	f, end := "finish", func() (recipes.Outcome, error) { return q.Finish(h.Session(), w, h.Patience()) }
	if h.Chance(15) {
		f, end = "give", func() (recipes.Outcome, error) { return q.GiveBack(w, h.Patience()) }
	}
	return h.GiveBack(o, f, m, value, end), false
}

func probeWork(h workloads.Hand, o *workloads.Object) bool {
	if !putWork(h, o) {
		return false
	}
	answered, _ := doWork(h, o, workloads.Usual)
	return answered
}

// drainWork finishes all that is left; what others have comes free when their sessions end. It comes again later and
// later, so that who can't finish anything does not ask for ever.
func drainWork(h workloads.Hand, o *workloads.Object) bool {
	for wait := workMax; ; wait += wait / 8 {
		answered, empty := doWork(h, o, workloads.Usual)
		if !answered || empty {
			return empty
		}
		h.Sleep(min(wait, time.Second))
	}
}
