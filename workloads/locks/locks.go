// Package locks is what clients do with locks besides the plain one: the workloads rwlock, semaphore, reentrant,
// multilock and guard.
package locks

import (
	"errors"
	"strconv"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/workloads"
)

// All are the workloads of the package.
func All() []workloads.Workload {
	return []workloads.Workload{
		written("rwlock", 4, readWrite),
		written("semaphore", 5, semaphore),
		written("reentrant", 3, reentrant),
		written("multilock", 4, several),
		written("guard", 3, guarded),
	}
}

// opsMax is how many operations a lock sees.
const opsMax = 60

// permits is how many permits the semaphores have.
const permits = 2

// written is a workload whose clients do something with a lock. Its probes do the same, until it has worked.
func written(name string, perObject int, use func(h workloads.Hand, o *workloads.Object, m workloads.Manner) bool,
) workloads.Workload {
	return workloads.Write(name, opsMax, perObject, workloads.Steps{
		EndsSessions: true,
		Step:         func(h workloads.Hand) { use(h, h.Object(), h.Manner()) },
		Probe:        func(h workloads.Hand, o *workloads.Object) bool { return use(h, o, workloads.Usual) },
		Drain: func(h workloads.Hand, o *workloads.Object) bool {
			return name != "multilock" && name != "guard" || look(h, o)
		},
	})
}

// take records an operation that gives a lock, and returns the token, 0 without the lock.
func take(h workloads.Hand, o *workloads.Object, f string, argument any, session string,
	acquire func() (int64, recipes.Outcome, error)) (token int64) {
	h.Do(o, f, argument, func() (_ any, outcome recipes.Outcome, err error) {
		defer h.Waiting(o)()
		token, outcome, err = acquire()
		if err != nil {
			token = 0
			return nil, outcome, err
		}
		return []any{session, token}, outcome, nil
	})
	return token
}

func readWrite(h workloads.Hand, o *workloads.Object, m workloads.Manner) bool {
	l, session := recipes.NewReadWriteLock(h, h.Session(), o.Path()), h.SessionName()
	f, acquire := "read", l.Read
	if h.Chance(40) {
		f, acquire = "write", l.Write
	}
	token := take(h, o, f, session, session, func() (int64, recipes.Outcome, error) { return acquire(h.Patience()) })
	if token == 0 {
		return false
	}
	h.Hold(o, m)
	return h.GiveBack(o, "release", m, []any{session, token}, func() (recipes.Outcome, error) {
		return l.Release(h.Patience())
	})
}

func semaphore(h workloads.Hand, o *workloads.Object, m workloads.Manner) bool {
	s, session := recipes.NewSemaphore(h, h.Session(), o.Path(), permits), h.SessionName()
	lease := take(h, o, "acquire", session, session, func() (int64, recipes.Outcome, error) {
		return s.Acquire(h.Patience())
	})
	if lease == 0 {
		return false
	}
	h.Hold(o, m)
	return h.GiveBack(o, "release", m, []any{session, lease}, func() (recipes.Outcome, error) {
		return s.Release(h.Patience())
	})
}

// reentrant takes a lock up to three times, and gives it back as often, with pauses between.
func reentrant(h workloads.Hand, o *workloads.Object, m workloads.Manner) bool {
	l, session := recipes.NewReentrantLock(h, h.Session(), o.Path()), h.SessionName()
	times, token := 1+h.Rand().IntN(3), int64(0)
	for range times {
		token = take(h, o, "acquire", session, session, func() (int64, recipes.Outcome, error) {
			return l.Acquire(h.Patience())
		})
		if token == 0 {
			h.Abandon() // it may be held from before
			return false
		}
		h.Hold(o, m)
	}
	for range times {
		if !h.GiveBack(o, "release", m, []any{session, token}, func() (recipes.Outcome, error) {
			return l.Release(h.Patience())
		}) {
			return false
		}
		h.Hold(o, workloads.Usual)
	}
	return true
}

// severalOf is how many locks an object of the workload multilock has.
const severalOf = 3

func several(h workloads.Hand, o *workloads.Object, m workloads.Manner) bool {
	var names, paths []string
	for i := range severalOf {
		if name := string(rune('a' + i)); h.Chance(30) || i == severalOf-1 && len(names) == 0 {
			names, paths = append(names, name), append(paths, o.Path()+"/"+name)
		}
	}
	l, session := recipes.NewMultiLock(h, h.Session(), paths...), h.SessionName()
	token := take(h, o, "acquire", []any{session, history.Texts(names)}, session, func() (int64, recipes.Outcome, error) {
		return l.Acquire(h.Patience())
	})
	return token != 0 && work(h, o, m, session, token, "free", l)
}

func guarded(h workloads.Hand, o *workloads.Object, m workloads.Manner) bool {
	l, session := recipes.NewLock(h, h.Session(), o.Path()), h.SessionName()
	token := take(h, o, "acquire", session, session, func() (int64, recipes.Outcome, error) {
		return l.Acquire(h.Patience())
	})
	return token != 0 && work(h, o, m, session, token, "release", l)
}

// guard is a lock that guards writes.
type guard interface {
	Guard(c *client.Client, writes ...wire.Request) ([]wire.MultiResult, recipes.Outcome, error)
	Release(timeout time.Duration) (recipes.Outcome, error)
}

// work writes under a lock and gives it back, by the operation f. Where the session is over by then, it writes by
// another session, as whoever does not know that the lock is lost.
func work(h workloads.Hand, o *workloads.Object, m workloads.Manner, session string, token int64, f string, l guard,
) bool {
	if recipes.EnsurePath(h, h.Session(), o.Path()+"/data", h.Patience()) != nil {
		h.Abandon()
		return false
	}
	for range h.Rand().IntN(3) {
		if !write(h, o, session, token, l) {
			return false
		}
	}
	h.Hold(o, m)
	if lost := !h.Session().Alive(); lost {
		return h.Renew() && write(h, o, session, token, l)
	}
	if !write(h, o, session, token, l) {
		return false
	}
	return h.GiveBack(o, f, m, []any{session, token}, func() (recipes.Outcome, error) { return l.Release(h.Patience()) })
}

// write is a guarded write of what a lock protects. It reports false if the session is to be left.
func write(h workloads.Hand, o *workloads.Object, session string, token int64, l guard) bool {
	n := h.NewValue()
	_, outcome := h.Do(o, "guarded", []any{session, token, n}, func() (any, recipes.Outcome, error) {
		results, outcome, err := l.Guard(h.Session(), wire.SetDataRequest{
			Path: o.Path() + "/data", Data: strconv.AppendInt(nil, n, 10), Version: wire.AnyVersion,
		})
		switch {
		case errors.Is(err, recipes.ErrLost):
			return "refused", recipes.Done, nil
		case err != nil:
			return nil, outcome, err
		}
		return []any{n, int64(results[0].Response.(wire.SetDataResponse).Stat.Version)}, outcome, nil
	})
	return outcome != recipes.Unknown && h.Session().Alive()
}

// look reads what a lock protects.
func look(h workloads.Hand, o *workloads.Object) bool {
	_, outcome := h.Do(o, "look", nil, func() (any, recipes.Outcome, error) {
		data, stat, err := h.Session().SyncGet(o.Path()+"/data", nil)
		switch {
		case errors.Is(err, wire.NoNode):
			return []any{nil, int64(0)}, recipes.Done, nil
		case err != nil:
			return nil, recipes.NoEffect, err
		case len(data) == 0:
			return []any{nil, int64(stat.Version)}, recipes.Done, nil
		}
		return []any{number(data), int64(stat.Version)}, recipes.Done, nil
	})
	return outcome == recipes.Done
}

func number(data []byte) any {
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		return n
	}
	return string(data)
}
