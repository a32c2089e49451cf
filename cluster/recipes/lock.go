package recipes

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// Lock is a fair lock: who comes first gets it first. One Lock is one contender; a session may have several.
//
// The lock is held from the grant until it is released or the session ends. A holder can't always know that its
// session has ended (it may be cut off, or paused), so what the lock protects must check tokens: each grant's is
// larger than all before, and a resource that has seen a larger one must refuse a smaller one.
type Lock struct{ line line }

// NewLock makes a contender for the lock at path. The znode is made when it is needed.
func NewLock(p host.Process, c *client.Client, path string) *Lock {
	return &Lock{line{folder: folder{p: p, c: c, path: path}}}
}

// Acquire waits for the lock, for about timeout or Forever, and returns the fencing token. When it gives up it takes
// itself out of the line: NoEffect says that it never had the lock, and that no other found it having it. After Unknown
// only the end of the session makes sure that the lock isn't left held.
func (l *Lock) Acquire(timeout time.Duration) (token int64, outcome Outcome, err error) {
	return l.line.acquire(timeout)
}

// TryAcquire takes the lock if it is free, and else says that it was held by another at some instant during the call.
// timeout bounds only what the network takes.
func (l *Lock) TryAcquire(timeout time.Duration) (token int64, held bool, outcome Outcome, err error) {
	until := Deadline(l.line.p, timeout)
	_, _, taken, err := l.line.first(until)
	if err != nil {
		return 0, false, NoEffect, err
	}
	if taken {
		return 0, true, Done, nil
	}
	if outcome, err = l.line.enter(until); err != nil {
		return 0, false, outcome, err
	}
	// Time is up at once: either the contender is first, or it leaves a line in which another is.
	switch outcome, err = l.line.await(l.line.p.Now()); {
	case err == nil:
		return l.line.token, false, Done, nil
	case outcome == NoEffect:
		return 0, true, Done, nil
	}
	return 0, false, outcome, err
}

// Release gives the lock back. NoEffect with ErrLost says that it was no longer held.
func (l *Lock) Release(timeout time.Duration) (Outcome, error) {
	return l.line.leave(Deadline(l.line.p, timeout))
}
