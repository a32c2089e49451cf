package recipes

import (
	"errors"
	"fmt"
	"time"

	"ordeal/cluster/etcdrecipes"
	"ordeal/workloads/clients"
)

var (
	errLost    = errors.New("the session was over, and what it held was gone")
	errHadIt   = errors.New("the session had it still, since it could not be given back before")
	errRevoked = errors.New("the lease was revoked instead")
)

// sessionName is what histories call a lease.
func sessionName(lease int64) string { return fmt.Sprintf("0x%x", uint64(lease)) }

// manner is how a holder of a lock or an office behaves.
type manner uint8

const (
	usual   manner = iota
	slow           // holds on for up to the lease's time, and keeps it alive
	stunned        // stops as if paused until the lease must be over, and then goes on as if nothing had happened
	leaving        // revokes the lease instead of giving back
	killing        // revokes the lease of a client that waits
)

func (w *worker) manner() manner {
	switch n := w.c.Rand().IntN(100); {
	case n < 2:
		return slow
	case n < 4:
		return stunned
	case n < 8:
		return leaving
	case n < 12:
		return killing
	}
	return usual
}

const (
	// holdMax is how long the usual holder holds, and lurkMax how long one waits until another client waits.
	holdMax = 60 * time.Millisecond
	lurkMax = 500 * time.Millisecond
	// givingPatience is how long a client waits for what it gives back to be gone, and triesMax how often it tries again.
	givingPatience = 600 * time.Millisecond
	triesMax       = 5
)

// hold lets the time pass in which the client holds an object, and tries to give back what it could not before.
func (w *worker) hold(o *object, m manner) {
	w.settle()
	switch m {
	case slow:
		w.sleep(w.c.UpTo(w.ttl))
	case stunned:
		w.c.Sleep(w.ttl + w.c.UpTo(w.ttl))
	case killing:
		for until := w.c.Now() + lurkMax; w.e.waiting(o, w) == nil && w.c.Now() < until; {
			w.sleep(w.c.UpTo(holdMax))
		}
		if v := w.e.waiting(o, w); v != nil {
			_ = w.revoke(v.lease) // it may be over, or stay: then it is as if nothing had been tried
		}
		w.sleep(w.c.UpTo(2 * holdMax))
	default:
		w.sleep(w.c.UpTo(holdMax))
	}
}

// settle tries once more to give back what there was no answer for, as a program's mutex may be told to.
func (w *worker) settle() {
	list := w.owed
	w.owed = nil
	for _, one := range list {
		one.tries++
		_, err := etcdrecipes.Free(w.keysFor(givingPatience), one.key, one.made)
		switch {
		case w.lease == 0:
			return
		case outcomeOf(err) == clients.Done:
		case one.tries < triesMax:
			w.owed = append(w.owed, one)
		default:
			w.abandon()
			return
		}
	}
}

// take records an operation that gives something, and returns the token: 0 without it. What a session had still is no
// grant.
func (w *worker) take(o *object, f string, p etcdrecipes.Place, get func(k keys) (made int64, held bool, err error),
) (token int64) {
	session := sessionName(p.Lease)
	_, outcome := w.do(o, f, session, func() (any, clients.Outcome, error) {
		w.waits = o
		defer func() { w.waits = nil }()
		made, held, err := get(w.keys())
		switch {
		case made != 0 && w.had[made]:
			return nil, clients.NoEffect, errHadIt
		case made == 0 && err != nil:
			w.over = w.over || gone(err)
			return nil, outcomeOf(err), err
		case err == nil && !held:
			w.had[made], token = true, made
			return []any{session, made}, clients.Done, nil
		}
		if _, left := etcdrecipes.Free(w.keysFor(partingPatience), p.Key, made); outcomeOf(left) != clients.Done {
			return nil, clients.Unknown, errors.Join(err, left)
		}
		if held {
			return []any{session, "held"}, clients.Done, nil
		}
		return nil, clients.NoEffect, err
	})
	switch {
	case outcome == clients.Unknown:
		w.abandon() // it may wait, or hold, still
	case token == 0:
		w.settle()
	}
	return token
}

// giveBack ends a hold by the operation f. Without an answer the client keeps its session now and then, and tries again
// when it holds something next.
func (w *worker) giveBack(o *object, f string, m manner, p etcdrecipes.Place, token int64) bool {
	value := []any{sessionName(p.Lease), token}
	_, outcome := w.do(o, f, value, func() (any, clients.Outcome, error) {
		if m == leaving {
			_ = w.revoke(p.Lease) // or it ends by itself
			return nil, clients.NoEffect, errRevoked
		}
		k := w.keys()
		if w.c.Role() == clients.Running {
			k = w.keysFor(givingPatience)
		}
		was, err := etcdrecipes.Free(k, p.Key, token)
		switch {
		case err != nil:
			return nil, outcomeOf(err), err
		case !was:
			return nil, clients.NoEffect, errLost
		}
		return value, clients.Done, nil
	})
	switch {
	case outcome == clients.Unknown && w.lease == p.Lease && w.c.Chance(85):
		w.owed = append(w.owed, owed{p.Key, token, 0})
	case outcome != clients.Done:
		w.abandon()
	}
	return outcome == clients.Done
}
