package recipes

import (
	"time"

	"ordeal/cluster/etcdrecipes"
	"ordeal/workloads/clients"
)

// resourceLatencyMax is the longest way to what a lock protects, one way.
const resourceLatencyMax = 2 * time.Millisecond

func (w *worker) place(o *object) etcdrecipes.Place { return etcdrecipes.NewPlace(o.name(), w.lease) }

func stepLock(w *worker, o *object) {
	m, p := w.manner(), w.place(o)
	once := w.c.Chance(20)
	token := w.lock(o, p, once)
	if token == 0 {
		return
	}
	for range w.c.Rand().IntN(3) {
		w.fenced(o, p, token)
	}
	w.hold(o, m)
	w.fenced(o, p, token)
	w.giveBack(o, "release", m, p, token)
}

// lock waits for a lock, or tries to take it once, and returns the token: 0 without the lock.
func (w *worker) lock(o *object, p etcdrecipes.Place, once bool) int64 {
	return w.take(o, "acquire", p, func(k keys) (made int64, held bool, err error) {
		if once {
			made, free, err := etcdrecipes.TryLock(k, p)
			return made, !free, err
		}
		made, _, err = etcdrecipes.Lock(k, p)
		return made, false, err
	})
}

// fenced writes on the resource that a lock protects.
func (w *worker) fenced(o *object, p etcdrecipes.Place, token int64) {
	w.do(o, "fenced", []any{sessionName(p.Lease), token, w.c.NewValue()}, func() (any, clients.Outcome, error) {
		w.sleep(w.c.UpTo(resourceLatencyMax))
		accepted := o.resource.Write(token)
		w.sleep(w.c.UpTo(resourceLatencyMax))
		if accepted {
			return "accepted", clients.Done, nil
		}
		return "refused", clients.Done, nil
	})
}

func probeLock(w *worker, o *object) bool {
	p := w.place(o)
	token := w.lock(o, p, false)
	return token != 0 && w.giveBack(o, "release", usual, p, token)
}
