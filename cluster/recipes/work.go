package recipes

import (
	"errors"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// WorkQueue is a queue of items that are worked on: who takes one has it until it is finished, and if the session of
// that one ends before, another may take it. So work is begun at least once, and finished once.
//
// Guaranteed: an item is one taker's at a time, in the service's order; it is finished by whoever has it, once, and
// then it is gone; one that is not finished is never lost. Not guaranteed: that work is begun once only (a taker that
// is cut off may go on for a while after another has taken the item: what it does elsewhere needs the fencing token);
// and an order: takers go for the oldest first, past those that others have.
type WorkQueue struct{ folder folder }

// Work is an item that a taker has. Token grows with each take of an item.
type Work struct {
	Item  []byte
	Token int64

	path    string // of the item
	own     string // of the znode that is this take's alone
	session int64
}

// NewWorkQueue makes an end of the queue at path. The znode is made when it is needed.
func NewWorkQueue(p host.Process, c *client.Client, path string) *WorkQueue {
	return &WorkQueue{folder{p: p, c: c, path: path}}
}

// Put adds an item.
func (q *WorkQueue) Put(item []byte, timeout time.Duration) (Outcome, error) {
	_, _, outcome, err := q.folder.add(item, 0, true, Deadline(q.folder.p, timeout))
	return outcome, err
}

// Take takes an item that no other has. After Done, ok is false if there was none; left says how many it came to, one
// by one, that others had: 0 says that the queue was empty. After Unknown the end of the session gives back what may
// have been taken.
func (q *WorkQueue) Take(timeout time.Duration) (w Work, ok bool, left int, outcome Outcome, err error) {
	until := Deadline(q.folder.p, timeout)
	for {
		items, err := q.folder.present(until)
		if err != nil {
			return Work{}, false, 0, NoEffect, err
		}
		for _, m := range items {
			w, outcome, err := q.take(q.folder.at(m.name), until)
			switch {
			case err == nil:
				return w, true, 0, Done, nil
			case errors.Is(err, wire.NodeExists):
				left++
			case !errors.Is(err, wire.NoNode):
				return Work{}, false, 0, outcome, err
			}
		}
		// Where all that were listed are finished by now, others may have been put in since.
		if left > 0 || len(items) == 0 {
			return Work{}, false, left, Done, nil
		}
		if q.folder.p.Now() >= until {
			return Work{}, false, 0, NoEffect, ErrGaveUp
		}
	}
}

// take takes an item: wire.NodeExists if another has it, wire.NoNode if it is gone.
func (q *WorkQueue) take(path string, until time.Duration) (w Work, outcome Outcome, err error) {
	session, _ := q.folder.c.Session()
	for {
		w = Work{session: session, path: path, own: path + "/" + ownName + marks.New(q.folder.p.Rand())}
		_, err := q.folder.c.Multi(bendHeld(0,
			client.CreateRequest(w.path+heldName, nil, wire.FlagEphemeral),
			client.CreateRequest(w.own, nil, wire.FlagEphemeral))...)
		if err == nil || client.MaybeApplied(err) {
			var stat wire.Stat
			seen := Settle(q.folder.p, until, func() (err error) {
				_, stat, err = q.folder.c.SyncGet(w.own, nil)
				if err == nil {
					w.Token = stat.Czxid
					w.Item, _, err = q.folder.c.Get(w.path, nil)
				}
				return err
			})
			switch {
			case seen == nil:
				q.bendTaken(w)
				return w, Done, nil
			case !errors.Is(seen, wire.NoNode) || err == nil:
				return Work{}, Unknown, seen
			}
		}
		if !Passing(err) || q.folder.p.Now() >= until {
			return Work{}, NoEffect, err
		}
	}
}

// Finish takes an item out for good, if the taker still has it. c may be the client of another session than the one
// that took it. NoEffect with ErrLost says that the taker has it no more: another may be at work on it, or have
// finished it. Unknown is said of another session alone.
func (q *WorkQueue) Finish(c *client.Client, w Work, timeout time.Duration) (Outcome, error) {
	return q.end(c, w, timeout, bendFinishing(c, w.path,
		wire.DeleteRequest{Path: w.own, Version: wire.AnyVersion},
		wire.DeleteRequest{Path: w.path + heldName, Version: wire.AnyVersion},
		wire.DeleteRequest{Path: w.path, Version: wire.AnyVersion}))
}

// GiveBack lets others take an item. NoEffect with ErrLost is as with Finish.
func (q *WorkQueue) GiveBack(w Work, timeout time.Duration) (Outcome, error) {
	return q.end(q.folder.c, w, timeout, []wire.Request{
		wire.DeleteRequest{Path: w.own, Version: wire.AnyVersion},
		wire.DeleteRequest{Path: w.path + heldName, Version: wire.AnyVersion}})
}

// end carries out deletes of which the first is of what is this take's alone.
func (q *WorkQueue) end(c *client.Client, w Work, timeout time.Duration, deletes []wire.Request) (Outcome, error) {
	until, doubt := Deadline(q.folder.p, timeout), false
	deletes = bendHeld(1, deletes...)
	for {
		_, err := c.Multi(deletes...)
		switch {
		case errors.Is(err, wire.NotEmpty):
			return NoEffect, foreignBelow(w.path)
		case err == nil:
			return Done, nil
		case doubt && errors.Is(err, wire.NoNode):
			return doubted(c, w)
		case errors.Is(err, wire.NoNode):
			return NoEffect, ErrLost
		case !Passing(err) || q.folder.p.Now() >= until:
			return failed(err, doubt), err
		}
		doubt = doubt || client.MaybeApplied(err)
	}
}

// doubted says what became of deletes whose answer was lost, where the take is over by now: while the session that took
// the item lives, only they can have ended it. Else the item is there, or another taker may have finished it.
func doubted(c *client.Client, w Work) (Outcome, error) {
	if id, _ := c.Session(); id == w.session {
		return Done, nil
	}
	if _, _, err := c.SyncGet(w.path, nil); err == nil {
		return NoEffect, ErrLost
	}
	return Unknown, ErrLost
}
