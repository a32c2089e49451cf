package recipes

import (
	"errors"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// MultiLock is a lock on several paths at once: all of them in one transaction, or none. So no order of paths has to be
// kept to, and no holder of some waits for others.
//
// Guaranteed: on each path one holder at a time, in the service's order; the token grows on every path; a Guard of a
// lock that is lost does nothing. Not guaranteed: fairness. Whoever asks for many paths may wait for ever while others
// take single ones. MultiLock and Lock know nothing of each other.
//
// On each path stands a znode of a fixed name, which is the exclusion, and on the first one of a name that no other
// lock ever has, which is how a lock tells itself from the next: the versions of both are 0.
type MultiLock struct {
	p     host.Process
	c     *client.Client
	paths []string
	own   string // the path of the znode that is this lock's alone; "" while it is not held
	token int64
}

// NewMultiLock makes a contender for the locks at paths, of which there must be one at least. The znodes are made when
// they are needed.
func NewMultiLock(p host.Process, c *client.Client, paths ...string) *MultiLock {
	if len(paths) == 0 {
		panic("recipes: a lock on several paths has at least one")
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(paths)))
	return &MultiLock{p: p, c: c, paths: sorted}
}

const (
	heldName = "/held" // the znode by which a path is locked
	ownName  = "by-"   // begins the name of a znode that is one take's alone
)

// Acquire waits until all paths are free, for about timeout or Forever, locks them and returns the token. When it gives
// up, NoEffect says that it never had any of them.
func (m *MultiLock) Acquire(timeout time.Duration) (token int64, outcome Outcome, err error) {
	until := Deadline(m.p, timeout)
	if m.own != "" {
		return 0, NoEffect, ErrHeld
	}
	for {
		own := m.paths[0] + "/" + ownName + marks.New(m.p.Rand())
		taken, outcome, err := m.take(own, until)
		switch {
		case err == nil:
			m.own = own
			return m.token, Done, nil
		case outcome == Unknown:
			return 0, Unknown, err
		case errors.Is(err, wire.NodeExists):
			m.wait(taken, until)
		case errors.Is(err, wire.NoNode):
			if err := m.ensure(until); err != nil {
				return 0, NoEffect, err
			}
		case !Passing(err):
			return 0, NoEffect, err
		}
		if m.p.Now() >= until {
			return 0, NoEffect, ErrGaveUp
		}
	}
}

// take tries to lock all paths. If one is taken the error is wire.NodeExists.
func (m *MultiLock) take(own string, until time.Duration) (taken string, outcome Outcome, err error) {
	requests := []wire.Request{client.CreateRequest(own, nil, wire.FlagEphemeral)}
	for _, path := range m.bendPaths() {
		requests = append(requests, client.CreateRequest(path+heldName, nil, wire.FlagEphemeral))
	}
	results, err := m.c.Multi(requests...)
	if !client.MaybeApplied(err) {
		_, at := wire.MultiResponse{Results: results}.Failed()
		return m.paths[max(0, min(at, len(m.paths))-1)], NoEffect, err
	}
	// It is done, or its answer was lost. When its znode was made is the token.
	var stat wire.Stat
	seen := Settle(m.p, until, func() (err error) {
		_, stat, err = m.c.SyncGet(own, nil)
		return err
	})
	switch {
	case seen == nil:
		m.token = stat.Czxid
		return "", Done, nil
	case errors.Is(seen, wire.NoNode) && err != nil:
		return "", NoEffect, err
	case errors.Is(seen, wire.NoNode):
		return "", Unknown, ErrLost
	}
	return "", Unknown, seen
}

// wait waits until a path may be free.
func (m *MultiLock) wait(path string, until time.Duration) {
	w := client.NewWatch()
	if _, there, err := m.c.Exists(path+heldName, w); err == nil && there {
		w.Wait(timeLeft(m.p, until))
	}
	m.c.Forget(w)
}

func (m *MultiLock) ensure(until time.Duration) error {
	for _, path := range m.paths {
		if err := ensurePath(m.p, m.c, path, until); err != nil {
			return err
		}
	}
	return nil
}

// Release frees all paths. NoEffect with ErrLost says that they were no longer held.
func (m *MultiLock) Release(timeout time.Duration) (Outcome, error) {
	until := Deadline(m.p, timeout)
	if m.own == "" {
		return NoEffect, ErrNotHeld
	}
	doubt := false // it was sent and its answer lost
	for {
		// The own znode goes first: where it is gone, so is the lock, and what stands on the paths is another's.
		requests := []wire.Request{wire.DeleteRequest{Path: m.own, Version: wire.AnyVersion}}
		for _, path := range m.bendPaths() {
			requests = append(requests, wire.DeleteRequest{Path: path + heldName, Version: wire.AnyVersion})
		}
		_, err := m.c.Multi(bendReleased(requests, doubt)...)
		switch {
		case err == nil || doubt && errors.Is(err, wire.NoNode):
			m.own = ""
			return Done, nil
		case errors.Is(err, wire.NoNode):
			m.own = ""
			return NoEffect, ErrLost
		case !Passing(err) || m.p.Now() >= until:
			return failed(err, doubt), err
		}
		doubt = doubt || client.MaybeApplied(err)
	}
}

// Guard carries out writes together, and only if the lock is held when they take effect: see Lock.Guard.
func (m *MultiLock) Guard(c *client.Client, writes ...wire.Request) ([]wire.MultiResult, Outcome, error) {
	if m.own == "" {
		return nil, NoEffect, ErrNotHeld
	}
	return guard(c, m.bendGuard(), writes)
}
