package recipes

import (
	"slices"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// What only the planted bugs of the queues need: see planted.go.

// bendPriority returns an item's priority: bugPriorityIgnored has all the same.
func bendPriority(n int64) int64 {
	failpoint.Inject("bugPriorityIgnored", func(_ failpoint.Value) { n = 0 })
	return n
}

// bendStamped reports whether a stamp that was seen before is enough, which it never is: for bugDelayByLocalClock, from
// the first on.
func (q *DelayQueue) bendStamped() bool {
	enough := false
	failpoint.Inject("bugDelayByLocalClock", func(_ failpoint.Value) { enough = q.stamp.Zxid != 0 })
	return enough
}

// bendNow returns the time by which items are due: that of a stamp. For bugDelayByLocalClock, the process's own clock
// has gone on since.
func (q *DelayQueue) bendNow(now Stamp) int64 {
	ms := now.Time
	failpoint.Inject("bugDelayByLocalClock", func(_ failpoint.Value) {
		ms += (q.queue.folder.p.Now() - q.at).Milliseconds()
	})
	return ms
}

// bendHeld returns requests of which one is of that which there can be one of: for bugWorkTakenTwice, without that.
func bendHeld(at int, requests ...wire.Request) []wire.Request {
	failpoint.Inject("bugWorkTakenTwice", func(_ failpoint.Value) { requests = slices.Delete(requests, at, at+1) })
	return requests
}

// bendTaken is called when an item was taken: bugWorkGoneAtTake removes it at once.
func (q *WorkQueue) bendTaken(w Work) {
	failpoint.Inject("bugWorkGoneAtTake", func(_ failpoint.Value) {
		_, _ = q.folder.c.Multi(wire.DeleteRequest{Path: w.own, Version: wire.AnyVersion},
			wire.DeleteRequest{Path: w.path + heldName, Version: wire.AnyVersion},
			wire.DeleteRequest{Path: w.path, Version: wire.AnyVersion})
	})
}

// bendFinishing returns the deletes that finish an item: for bugWorkFinishedByName, of whatever is below it by now.
func bendFinishing(c *client.Client, path string, deletes ...wire.Request) []wire.Request {
	failpoint.Inject("bugWorkFinishedByName", func(_ failpoint.Value) {
		names, _, _ := c.SyncChildren(path, nil)
		deletes = deletes[2:] // the item
		for _, name := range names {
			held := wire.DeleteRequest{Path: path + "/" + name, Version: wire.AnyVersion}
			deletes = slices.Insert(deletes, 0, wire.Request(held))
		}
	})
	return deletes
}
