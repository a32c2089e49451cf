package recipes

import (
	"errors"
	"strconv"
	"time"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
)

// What only the planted bugs of the recipes need stands here, apart from what serves. As in package cluster, functions
// whose names begin with bend change nothing in a plain build and while their bug is not switched on: they return what
// they were given, or report false. A bug of one line is a mark where the line is that it changes.

// bendUnheard reports whether a member whose creation was not answered is made once more, without a look for it.
func bendUnheard() bool {
	again := false
	failpoint.Inject("bugOrphanInLine", func(_ failpoint.Value) { again = true })
	return again
}

// bendMarked finds the name that bears a mark: for bugAdoptsAnothersNode, whichever is first.
func (f *folder) bendMarked(names []string, mark string) (name string, found bool) {
	name, found = marks.Find(names, mark)
	failpoint.Inject("bugAdoptsAnothersNode", func(_ failpoint.Value) {
		if list := members(f.shape, names); len(list) > 0 {
			name, found = list[0].name, true
		}
	})
	return name, found
}

// bendAnothers reports whether a contender takes the znode of another session for its own.
func bendAnothers() bool {
	taken := false
	failpoint.Inject("bugAdoptsAnothersNode", func(_ failpoint.Value) { taken = true })
	return taken
}

// bendPresent returns the call that lists the members as of now: for bugLookAtOldLine, as the server has them.
func (f *folder) bendPresent() func(path string, w *client.Watch) ([]string, wire.Stat, error) {
	list := f.c.SyncChildren
	failpoint.Inject("bugLookAtOldLine", func(_ failpoint.Value) { list = f.c.Children })
	return list
}

// bendNumbers is called with the members before they are sorted: bugLineByName has them stand by their marks.
func bendNumbers(list []member) {
	failpoint.Inject("bugLineByName", func(_ failpoint.Value) {
		for i := range list {
			if mark := marks.Of(list[i].name); len(mark) == marks.Digits {
				number, _ := strconv.ParseUint(mark, 16, 63)
				list[i].number = int64(number)
			}
		}
	})
}

// bendLooked returns the error of a look at the line: bugLockNoRecheck forgets that a contender that has waited, and
// saw none before it, is not in line itself.
func bendLooked(waited bool, err error) error {
	failpoint.Inject("bugLockNoRecheck", func(_ failpoint.Value) {
		if waited && (errors.Is(err, ErrLost) || errors.Is(err, client.ErrSessionExpired)) {
			err = nil
		}
	})
	return err
}

// bendLeaving is called before a contender's znode is deleted; doubt says whether it was tried before. The second try
// of bugReleasesAnothers deletes whichever is first.
func (l *line) bendLeaving(doubt bool, until time.Duration) {
	failpoint.Inject("bugReleasesAnothers", func(_ failpoint.Value) {
		if name, _, ok, err := l.first(until); doubt && ok && err == nil {
			l.own = name
		}
	})
}

// bendDeleted returns the error of an item's deletion: bugQueueItemTwice forgets that another client was faster.
func bendDeleted(err error) error {
	failpoint.Inject("bugQueueItemTwice", func(_ failpoint.Value) {
		if errors.Is(err, wire.NoNode) {
			err = nil
		}
	})
	return err
}

// bendDoubted reports whether an item is passed over when it is not known whether its deletion took effect.
func bendDoubted() bool {
	passed := false
	failpoint.Inject("bugQueueItemLost", func(_ failpoint.Value) { passed = true })
	return passed
}

// bendAtOnce reads several znodes at one instant: for bugReadsApart, one after the other.
func bendAtOnce(c *client.Client, ops []wire.Request) (results []wire.MultiResult, err error) {
	apart := false
	failpoint.Inject("bugReadsApart", func(_ failpoint.Value) { apart = true })
	if !apart {
		return c.SyncMultiRead(ops...)
	}
	for _, op := range ops {
		one, err := c.SyncMultiRead(op)
		if err != nil {
			return nil, err
		}
		results = append(results, one...)
	}
	return results, nil
}

// bendReadOnly reports whether a transaction does not mind changes of what it only reads.
func bendReadOnly() bool {
	unchecked := false
	failpoint.Inject("bugReadUnchecked", func(_ failpoint.Value) { unchecked = true })
	return unchecked
}

// bendCommitted carries out a transaction's writes: for bugCommitAgain, once more if the answer was lost.
func bendCommitted(c *client.Client, ops []wire.Request) (results []wire.MultiResult, err error) {
	results, err = c.Multi(ops...)
	failpoint.Inject("bugCommitAgain", func(_ failpoint.Value) {
		if errors.Is(err, client.ErrConnectionLoss) {
			results, err = c.Multi(ops...)
		}
	})
	return results, err
}

// bendNext returns the number from which a log is read next: for bugReaderSkips, the one behind the last that was
// there, read or not.
func bendNext(next, last int64) int64 {
	failpoint.Inject("bugReaderSkips", func(_ failpoint.Value) { next = last })
	return next
}
