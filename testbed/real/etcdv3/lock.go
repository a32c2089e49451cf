package etcdv3

import (
	"context"
	"errors"
	"fmt"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/client/v3/concurrency"

	"ordeal/workloads/clients"
)

// objects is how many locks and how many offices there are. A client mostly takes that of its number, so that it often
// finds what it gave back free.
const objects = 5

func (w *worker) object() int {
	if w.c.Chance(60) {
		return w.c.Number() % objects
	}
	return w.c.Rand().IntN(objects)
}

func lockKey(i int) string { return fmt.Sprintf("lock%d", i) }

// stepLock takes a lock by etcd's Mutex, holds it for a while and gives it back.
func stepLock(w *worker) {
	key := lockKey(w.object())
	m := concurrency.NewMutex(w.session, key)
	token := w.lock(key, m, w.c.Chance(25))
	if token == 0 {
		return
	}
	w.hold()
	w.unlock(key, m, token)
}

// hold lets the time pass in which something is held: mostly little.
func (w *worker) hold() {
	if w.c.Chance(60) {
		w.c.Sleep(w.c.UpTo(40 * time.Millisecond))
		return
	}
	w.c.Sleep(w.c.UpTo(time.Second))
}

// lock takes a lock, or tries to. It returns the token, the revision at which the holder's key was made, or 0.
func (w *worker) lock(key string, m *concurrency.Mutex, once bool) (token int64) {
	session := sessionName(w.lease)
	result, outcome := w.oneNew(key, "acquire", session, func(ctx context.Context) (any, int64, error) {
		take := m.Lock
		if once {
			take = m.TryLock
		}
		err := take(ctx)
		if errors.Is(err, concurrency.ErrLocked) {
			return []any{session, "held"}, 0, nil
		}
		if err != nil {
			return nil, 0, err
		}
		return []any{session, createdAt(m)}, m.Header().Revision, nil
	})
	switch outcome {
	case clients.Unknown:
		w.abandon() // it may wait for the lock still
	case clients.Done:
		token, _ = result.([]any)[1].(int64)
	}
	return token
}

var errHadIt = errors.New("the session had it still, since its unlock was not done")

// oneNew carries out an operation that is to take something. What the session had already, as its unlock is under
// way, it is given again: that is no grant.
func (w *worker) oneNew(key, f string, argument any, call func(ctx context.Context) (any, int64, error),
) (result any, outcome clients.Outcome) {
	return w.c.Do(key, f, argument, func() (any, clients.Outcome, error) {
		result, outcome, err := w.ask(w.patience(), false, call)
		if outcome != clients.Done {
			return result, outcome, err
		}
		token, isToken := result.([]any)[1].(int64)
		if isToken && w.tokens[token] {
			return nil, clients.NoEffect, errHadIt
		}
		w.tokens[token] = isToken
		return result, outcome, nil
	})
}

// createdAt is the revision at which the holder's key was made, as the mutex itself would compare it.
func createdAt(m *concurrency.Mutex) int64 {
	owner := pb.Compare(m.IsOwner())
	return owner.GetCreateRevision()
}

// errNotTold is what is recorded of an unlock that went well: etcd's client says the same if the key had gone before,
// since the session was over.
var errNotTold = errors.New("done, and it is not told whether it was held until then")

// unlockPatience is how long a client waits for an unlock, unlockPause how long it then waits before it tries again,
// and unlockTries how often it does.
const (
	unlockPatience = time.Second
	unlockPause    = 300 * time.Millisecond
	unlockTries    = 8
)

// unlock gives a lock back. An unlock that failed is tried again, as etcd's Mutex lets one do, beside the client's
// next turns: a program has more than one goroutine, and its session is for all of them.
func (w *worker) unlock(key string, m *concurrency.Mutex, token int64) {
	value := []any{sessionName(w.lease), token}
	if !w.c.Takes() {
		return
	}
	process := w.c.NewProcess()
	o := w.c.Begin(process, key, "release", value)
	client := w.client
	err := w.call(unlockPatience, m.Unlock)
	switch {
	case err == nil:
		o.End(value, clients.Unknown, errNotTold)
		return
	case w.client != client || w.c.Role() != clients.Running:
		o.End(nil, clients.Unknown, err)
		w.abandon()
		return
	}
	w.retries++
	w.v.beside.Add(1)
	go func() {
		defer w.v.beside.Done()
		for range unlockTries {
			time.Sleep(unlockPause)
			ctx, cancel := context.WithTimeout(client.Ctx(), unlockPatience)
			err = m.Unlock(ctx)
			cancel()
			if err == nil {
				break
			}
		}
		w.v.Do(func() {
			w.retries--
			if err == nil {
				err = errNotTold
			}
			o.End(value, clients.Unknown, err)
		})
	}()
}

func probeLock(w *worker) bool {
	m := concurrency.NewMutex(w.session, lockKey(0))
	token := w.lock(lockKey(0), m, false)
	if token != 0 {
		w.unlock(lockKey(0), m, token)
	}
	return token != 0
}
