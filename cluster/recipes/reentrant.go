package recipes

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// ReentrantLock is a Lock that its holder may take again, and has to give back as often.
//
// Guaranteed: what Lock guarantees; to take it again shows that it is still held, as it asks the service: one that was
// lost meanwhile is not believed to be held (CURATOR-604). Taken again it has the same token.
type ReentrantLock struct {
	lock  Lock
	times int
}

// NewReentrantLock makes a contender for the lock at path. The znode is made when it is needed.
func NewReentrantLock(p host.Process, c *client.Client, path string) *ReentrantLock {
	return &ReentrantLock{lock: *NewLock(p, c, path)}
}

// Acquire waits for the lock, unless the contender has it, and returns its token. NoEffect with ErrLost says that the
// contender had it, and has it no longer: what it did under it since is for the tokens to sort out. Outcomes are else
// those of Lock.Acquire.
func (r *ReentrantLock) Acquire(timeout time.Duration) (token int64, outcome Outcome, err error) {
	if r.times == 0 {
		if token, outcome, err = r.lock.Acquire(timeout); err == nil {
			r.times = 1
		}
		return token, outcome, err
	}
	if err := bendConfirmed(r.lock.line.confirm(Deadline(r.lock.line.p, timeout))); err != nil {
		return 0, NoEffect, err
	}
	r.times++
	return r.lock.line.token, Done, nil
}

// Release gives the lock back once; only the last one frees it. NoEffect with ErrLost says that it was no longer held.
func (r *ReentrantLock) Release(timeout time.Duration) (Outcome, error) {
	switch {
	case r.times == 0:
		return NoEffect, ErrNotHeld
	case r.times > 1 && !bendInnerFrees():
		if err := r.lock.line.confirm(Deadline(r.lock.line.p, timeout)); err != nil {
			return NoEffect, err
		}
		r.times--
		return Done, nil
	}
	outcome, err := r.lock.Release(timeout)
	if outcome == Done {
		r.times--
	}
	return outcome, err
}
