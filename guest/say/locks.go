package say

import (
	"errors"
	"fmt"
	"time"
)

// Locker is a client of a service of locks, which sessions hold.
type Locker interface {
	// Session waits for a session, for so long at most, or for ever if that is negative, and returns its name, by which
	// histories know it; "" if there is none.
	Session(patience time.Duration) string
	// Acquire waits for a lock of which the session is to be the holder, and returns a number that grows with each grant
	// of it. If err is not nil, the outcome says whether the lock may be held, now or later.
	Acquire(key string) (number int64, outcome Outcome, err error)
	// Release gives back what the last Acquire has got. If err is not nil, the outcome says whether the lock may be free.
	Release(key string) (Outcome, error)
	// Holder looks who has a lock, as of an instant during the call: "" if it is free.
	Holder(key string) (session string, number int64, err error)
	// Close ends the session, or leaves it to end. An Acquire that is under way returns in time.
	Close()
}

// Ender is a Locker of a service that does not tell when sessions end, so that its clients have to.
type Ender interface {
	Locker
	// Over says whether the session is to end, as after Close, which ends nothing here.
	Over() bool
	// End ends the session, and frees what it holds. If err is not nil, the outcome says whether it may end so later.
	End() (Outcome, error)
}

const (
	// looks is of how many turns in a hundred a client only looks.
	looks = 40
	// holdMax is how long a lock is held at most.
	holdMax = 100 * time.Millisecond
)

var errImpatient = errors.New("not within the client's patience")

// Locks takes the client's turns with so many locks: it takes one, holds it and gives it back, or looks who has it. The
// history is one of the model lock. After an outcome that is unknown the session is closed, or ended by an Ender.
func Locks(keys int, c Locker) {
	for t := range Turns() {
		key := fmt.Sprintf("l%d", 1+t.Rand().IntN(keys))
		if t.Kind == Drain {
			continue // a lock holds nothing that could be lost
		}
		session := c.Session(t.Patience)
		switch {
		case session == "":
			t.Fail()
		case t.Kind == Run && t.Rand().IntN(100) < looks:
			holder(t, c, key)
		case !hold(t, c, key, session):
			t.Fail()
			if e, ok := c.(Ender); ok && e.Over() {
				_, _ = end(t, e, session, keys) // it is in the history
			}
		}
	}
}

// end ends a session, which is an operation on each of so many locks.
func end(t *Turn, c Ender, session string, keys int) (Outcome, error) {
	if keys == 0 {
		return c.End()
	}
	_, outcome := t.Do(fmt.Sprintf("l%d", keys), "end", session, func() (any, Outcome, error) {
		outcome, err := end(t, c, session, keys-1)
		return nil, outcome, err
	})
	return outcome, nil
}

// hold takes a lock, holds it, and gives it back.
func hold(t *Turn, c Locker, key, session string) bool {
	grant, outcome := t.Do(key, "acquire", session, func() (any, Outcome, error) {
		number, outcome, err := within(t.Patience, func() (int64, Outcome, error) { return c.Acquire(key) })
		if err == nil && c.Session(0) != session {
			outcome, err = Unknown, errors.New("the session is another one by now")
		}
		return closing(c, []any{session, number}, outcome, err)
	})
	if outcome != OK {
		return false
	}
	time.Sleep(time.Duration(t.Rand().Int64N(int64(holdMax))))
	_, outcome = t.Do(key, "release", grant, func() (any, Outcome, error) {
		outcome, err := c.Release(key)
		return closing(c, grant, outcome, err)
	})
	return outcome == OK
}

// within waits for a call, for so long at most, or for ever if that is negative.
func within(patience time.Duration, call func() (int64, Outcome, error)) (int64, Outcome, error) {
	if patience < 0 {
		return call()
	}
	type answer struct {
		number  int64
		outcome Outcome
		err     error
	}
	answers := make(chan answer, 1)
	go func() {
		number, outcome, err := call()
		answers <- answer{number, outcome, err}
	}()
	select {
	case a := <-answers:
		return a.number, a.outcome, a.err
	case <-time.After(patience):
		return 0, Unknown, errImpatient
	}
}

// closing closes the session after an outcome that is unknown.
func closing(c Locker, result any, outcome Outcome, err error) (any, Outcome, error) {
	switch {
	case err == nil:
		return result, OK, nil
	case outcome == Unknown:
		c.Close()
	}
	return nil, outcome, err
}

// holder looks who has a lock.
func holder(t *Turn, c Locker, key string) {
	t.Do(key, "observe", nil, func() (any, Outcome, error) {
		session, number, err := c.Holder(key)
		switch {
		case err != nil:
			return nil, None, err // to look changes nothing
		case session == "":
			return nil, OK, nil
		}
		return []any{session, number}, OK, nil
	})
}
