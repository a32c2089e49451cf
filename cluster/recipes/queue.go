package recipes

import (
	"errors"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Queue is a first-in first-out queue. Its items are persistent sequential znodes; an item is taken by whoever
// succeeds in deleting it.
type Queue struct{ folder folder }

// NewQueue makes an end of the queue at path. The znode is made when it is needed.
func NewQueue(p host.Process, c *client.Client, path string) *Queue {
	return &Queue{folder{p: p, c: c, path: path}}
}

// Enqueue adds an item at the end.
func (q *Queue) Enqueue(item []byte, timeout time.Duration) (Outcome, error) {
	_, _, outcome, err := q.folder.add(item, 0, true, Deadline(q.folder.p, timeout))
	return outcome, err
}

// Dequeue takes the first item; ok is false after Done if the queue was empty. With Unknown, item is what the call
// tried to take: it may be gone.
func (q *Queue) Dequeue(timeout time.Duration) (item []byte, ok bool, outcome Outcome, err error) {
	until := Deadline(q.folder.p, timeout)
	for {
		items, err := q.folder.present(until)
		if err != nil {
			return nil, false, NoEffect, err
		}
		if len(items) == 0 {
			return nil, false, Done, nil
		}
		// Newcomers go to the end. So if all before one are gone, that one is first, even in an old list.
		for _, m := range items {
			item, outcome, err := q.take(m.name, until)
			if errors.Is(err, wire.NoNode) {
				continue
			}
			return item, err == nil, outcome, err
		}
		if q.folder.p.Now() >= until {
			return nil, false, NoEffect, ErrGaveUp
		}
	}
}

// take reads an item and deletes it; wire.NoNode if another client was faster.
func (q *Queue) take(name string, until time.Duration) (item []byte, outcome Outcome, err error) {
	path := q.folder.at(name)
	err = Settle(q.folder.p, until, func() (err error) {
		item, _, err = q.folder.c.Get(path, nil)
		return err
	})
	if err != nil {
		return nil, NoEffect, err
	}
	doubt := false // a delete was sent and its answer lost
	for {
		err := bendDeleted(q.folder.c.Delete(path, wire.AnyVersion))
		switch {
		case err == nil:
			return item, Done, nil
		case errors.Is(err, wire.NoNode) && doubt:
			// It is not known whether this client's delete removed it or another's.
			return item, Unknown, client.ErrConnectionLoss
		case errors.Is(err, wire.NoNode):
			return nil, NoEffect, err
		case errors.Is(err, wire.NotEmpty):
			return item, NoEffect, foreignBelow(path)
		case !Passing(err) || q.folder.p.Now() >= until:
			return item, failed(err, doubt), err
		}
		doubt = doubt || client.MaybeApplied(err)
		if doubt && bendDoubted() {
			return nil, NoEffect, wire.NoNode
		}
	}
}
