package recipes

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// PriorityQueue is a queue whose items have priorities: the least comes out first, and of equal ones the first that was
// put in. An item is taken by whoever succeeds in deleting it.
//
// Guaranteed: it is linearizable, so no item comes out before one that was there and goes first, and none comes out
// twice. Not guaranteed: that an item whose taker dies is not lost with it (WorkQueue does that); and that items of a
// greater priority number ever come out while others keep coming.
type PriorityQueue struct{ queue Queue }

// NewPriorityQueue makes an end of the queue at path. The znode is made when it is needed.
func NewPriorityQueue(p host.Process, c *client.Client, path string) *PriorityQueue {
	q := &PriorityQueue{*NewQueue(p, c, path)}
	q.queue.folder.shape = marks.Short
	return q
}

// Put adds an item.
func (q *PriorityQueue) Put(item []byte, priority uint8, timeout time.Duration) (Outcome, error) {
	f := q.queue.folder
	f.kind = fmt.Sprintf("%02x", priority)
	_, _, outcome, err := f.add(item, 0, true, Deadline(f.p, timeout))
	return outcome, err
}

// Take takes the item that goes first; ok is false after Done if the queue was empty. With Unknown, item is what the
// call tried to take: it may be gone.
func (q *PriorityQueue) Take(timeout time.Duration) (item []byte, ok bool, outcome Outcome, err error) {
	f := &q.queue.folder
	until := Deadline(f.p, timeout)
	for {
		items, err := f.present(until)
		if err != nil {
			return nil, false, NoEffect, err
		}
		if len(items) == 0 {
			return nil, false, Done, nil
		}
		slices.SortStableFunc(items, func(a, b member) int { return cmp.Compare(priorityOf(a.name), priorityOf(b.name)) })
		// As long as the first of all is there, it was first at the look. Once it is gone, one that goes before all others
		// may have come since: that takes another look.
		item, outcome, err := q.queue.take(items[0].name, until)
		if !errors.Is(err, wire.NoNode) {
			return item, err == nil, outcome, err
		}
		if f.p.Now() >= until {
			return nil, false, NoEffect, ErrGaveUp
		}
	}
}

// priorityOf is what an item's name says.
func priorityOf(name string) int64 {
	return bendPriority(int64(marks.KindNumber(name)))
}
