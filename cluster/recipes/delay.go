package recipes

import (
	"errors"
	"fmt"
	"math"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// DelayQueue is a queue whose items come out when their time has come, by the service's clock: an item is due so long
// after the time that the service stamped on it when it was put in, and whether it is due says a time that the service
// stamps on a write of the taker's. No other clock counts.
//
// Guaranteed: no item comes out before it is due by these stamps, and none twice. Not guaranteed: an order among items
// that are due; that the service's clock is right (its stamps are its leader's time of day, which may jump); and that
// an item whose taker dies is not lost with it.
type DelayQueue struct {
	queue Queue
	// stamp is the last that was seen, and at what time of the process.
	stamp Stamp
	at    time.Duration
}

// Stamp is a time in milliseconds, and the transaction on which the service stamped it.
type Stamp struct{ Time, Zxid int64 }

// Due is an item that was taken: since when it was due, and the stamp that says so.
type Due struct {
	Item  []byte
	Since int64
	Now   Stamp
}

// NewDelayQueue makes an end of the queue at path. The znode is made when it is needed.
func NewDelayQueue(p host.Process, c *client.Client, path string) *DelayQueue {
	q := &DelayQueue{queue: *NewQueue(p, c, path)}
	q.queue.folder.shape = marks.Long
	return q
}

// Put adds an item that is due so long after now, to the millisecond, and returns the stamp that it was put in by.
func (q *DelayQueue) Put(item []byte, delay, timeout time.Duration) (Stamp, Outcome, error) {
	f := q.queue.folder
	f.kind = fmt.Sprintf("%016x", max(0, delay.Milliseconds()))
	_, stat, outcome, err := f.add(item, 0, true, Deadline(f.p, timeout))
	return Stamp{stat.Ctime, stat.Czxid}, outcome, err
}

// Take takes an item that is due; ok is false after Done if none was, by the stamp in due. With Unknown, due is what
// the call tried to take: it may be gone.
func (q *DelayQueue) Take(timeout time.Duration) (due Due, ok bool, outcome Outcome, err error) {
	f := &q.queue.folder
	until := Deadline(f.p, timeout)
	for {
		now, err := q.now(until)
		if err != nil {
			return Due{}, false, NoEffect, err
		}
		items, err := f.present(until)
		if err != nil {
			return Due{}, false, NoEffect, err
		}
		due, ok, outcome, err := q.takeOf(items, now, until)
		if !errors.Is(err, wire.NoNode) {
			return due, ok, outcome, err
		}
		if f.p.Now() >= until {
			return Due{}, false, NoEffect, ErrGaveUp
		}
	}
}

// takeOf takes one of the items that is due; wire.NoNode if another client was faster everywhere.
func (q *DelayQueue) takeOf(items []member, now Stamp, until time.Duration) (Due, bool, Outcome, error) {
	faster := false
	for _, m := range items {
		var stat wire.Stat
		err := Settle(q.queue.folder.p, until, func() (err error) {
			_, stat, err = q.queue.folder.c.Get(q.queue.folder.at(m.name), nil)
			return err
		})
		if errors.Is(err, wire.NoNode) {
			faster = true // it may have been due, and another may have come since
			continue
		}
		if err != nil {
			return Due{}, false, NoEffect, err
		}
		due := Due{Since: stat.Ctime + delayOf(m.name), Now: now}
		if due.Since > q.bendNow(now) {
			continue
		}
		item, outcome, err := q.queue.take(m.name, until)
		if errors.Is(err, wire.NoNode) {
			faster = true
			continue
		}
		due.Item = item
		return due, err == nil, outcome, err
	}
	if faster {
		return Due{}, false, NoEffect, wire.NoNode
	}
	return Due{Now: now}, false, Done, nil
}

// now has the service stamp a write.
func (q *DelayQueue) now(until time.Duration) (Stamp, error) {
	f := &q.queue.folder
	for {
		if q.bendStamped() {
			return q.stamp, nil
		}
		stat, err := f.c.Set(f.path, nil, wire.AnyVersion)
		switch {
		case err == nil:
			q.stamp, q.at = Stamp{stat.Mtime, stat.Mzxid}, f.p.Now()
			return q.stamp, nil
		case errors.Is(err, wire.NoNode):
			if err := ensurePath(f.p, f.c, f.path, until); err != nil {
				return Stamp{}, err
			}
		case !Passing(err):
			return Stamp{}, err
		}
		if f.p.Now() >= until {
			return Stamp{}, ErrGaveUp
		}
	}
}

// delayOf is what an item's name says, in milliseconds: no more than Put can write.
func delayOf(name string) int64 {
	return int64(min(marks.KindNumber(name), uint64(time.Duration(math.MaxInt64).Milliseconds())))
}
