package workloads

import (
	"errors"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

const (
	// watchMax is how long a watch waits for its register to change: a few clients write it several times as often.
	watchMax = 300 * time.Millisecond
	// watchLookMax is the longest pause between two looks.
	watchLookMax = 20 * time.Millisecond
)

// errElsewhere ends a watch where another server can't be held to having applied what the event is of.
var errElsewhere = errors.New("the event's server did not say its zxid, and another one was read")

// watch sets a watch and looks again and again, without waiting for the event, so that what it sees in the end shows
// which came first: the event, or the data that it announces. It changes nothing, so no end of it is unknown.
//
// Half of the looks are linearizable reads. They wait in the server for a write that is pending, and are answered
// at the very instant at which the server applies it and sends the event.
func (w *worker) watch(o *object) {
	w.do(o, "watch", nil, func() (any, recipes.Outcome, error) {
		event := client.NewWatch()
		defer w.c.Forget(event)
		first, err := w.setWatch(o, event)
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		server := w.c.Server()
		for until := w.p.Now() + watchMax; ; w.p.Sleep(w.p.UpTo(watchLookMax)) {
			now, err := w.look(o)
			if err != nil {
				return nil, recipes.NoEffect, err
			}
			// Nothing has come from the connection since the answer: the process runs before the next frame does.
			e, fired := event.Wait(0)
			switch {
			case e.Err != nil:
				return nil, recipes.NoEffect, e.Err
			case fired && now == first && e.Zxid < 0 && w.c.Server() != server:
				return nil, recipes.NoEffect, errElsewhere
			case fired || now != first || w.p.Now() >= until:
				return []any{first, now, fired}, recipes.Done, nil
			}
		}
	})
}

// setWatch sets a watch in one of the two ways that there are, and returns the version at which it stands.
func (w *worker) setWatch(o *object, event *client.Watch) (version int64, err error) {
	var stat wire.Stat
	if w.p.Chance(50) {
		_, stat, err = w.c.Get(o.path, event)
		return int64(stat.Version), err
	}
	stat, there, err := w.c.Exists(o.path, event)
	if err == nil && !there {
		err = wire.NoNode
	}
	return int64(stat.Version), err
}

// look reads a register's version: as of now, or as far as the client's server is.
func (w *worker) look(o *object) (version int64, err error) {
	get := w.c.Get
	if w.p.Chance(50) {
		get = w.c.SyncGet
	}
	_, stat, err := get(o.path, nil)
	if errors.Is(err, wire.NoNode) {
		return gone, nil
	}
	return int64(stat.Version), err
}
