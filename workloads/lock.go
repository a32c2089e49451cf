package workloads

import (
	"errors"
	"time"

	"ordeal/cluster/recipes"
)

var errClosedInstead = errors.New("the session was closed instead")

func stepLock(w *worker) {
	o, m := w.e.object(w.index()), w.manner()
	l := recipes.NewLock(w.p, w.c, o.path)
	session := w.session()
	var token int64
	switch n := w.p.Rand().IntN(100); {
	case n < 20:
		token = w.tryAcquire(o, l, session)
	case n < 30:
		token = w.acquire(o, l, session, w.p.UpTo(500*time.Millisecond))
	default:
		token = w.acquire(o, l, session, w.p.Patience())
	}
	if token == 0 {
		return
	}
	for range w.p.Rand().IntN(3) {
		w.fenced(o, session, token)
	}
	w.hold(o, m)
	w.fenced(o, session, token)
	w.release(o, l, m, session, token)
}

// acquire returns the token, or 0 without the lock.
func (w *worker) acquire(o *object, l *recipes.Lock, session string, patience time.Duration) (token int64) {
	w.do(o, "acquire", session, func() (_ any, outcome recipes.Outcome, err error) {
		defer w.wait(o)()
		token, outcome, err = l.Acquire(patience)
		if err != nil {
			return nil, outcome, err
		}
		return []any{session, token}, outcome, nil
	})
	return token
}

// tryAcquire returns the token, or 0 without the lock.
func (w *worker) tryAcquire(o *object, l *recipes.Lock, session string) (token int64) {
	w.do(o, "acquire", session, func() (_ any, outcome recipes.Outcome, err error) {
		var held bool
		token, held, outcome, err = l.TryAcquire(w.p.Patience())
		switch {
		case err != nil:
			return nil, outcome, err
		case held:
			return []any{session, "held"}, outcome, nil
		}
		return []any{session, token}, outcome, nil
	})
	return token
}

func (w *worker) release(o *object, l *recipes.Lock, m manner, session string, token int64) bool {
	return w.giveBack(o, "release", m, []any{session, token}, func() (recipes.Outcome, error) {
		return l.Release(w.p.Patience())
	})
}

func probeLock(w *worker, o *object) bool {
	l := recipes.NewLock(w.p, w.c, o.path)
	session := w.session()
	token := w.acquire(o, l, session, w.p.Patience())
	return token != 0 && w.release(o, l, usual, session, token)
}

// drainLock has nothing to do: a lock holds nothing that could be lost. Probe shows whether it can still be acquired.
func drainLock(*worker, *object) bool { return true }
