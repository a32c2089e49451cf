package config

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// What only the planted bugs of the configuration need. As in package recipes, functions whose names begin with bend
// change nothing in a plain build and while their bug is not switched on.

// bendRelease returns by what the shares of a gray release are drawn, which is the revision with which it began: for
// bugGrayRedrawn, the present one.
func bendRelease(s State) int64 {
	release := s.Gray.Release
	failpoint.Inject("bugGrayRedrawn", func(_ failpoint.Value) { release = s.Revision })
	return release
}

// bendUndone returns the changes that undo a revision: bugRollbackKeepsNew leaves out that settings go.
func bendUndone(changes []Change) []Change {
	failpoint.Inject("bugRollbackKeepsNew", func(_ failpoint.Value) {
		var kept []Change
		for _, c := range changes {
			if !c.Gone {
				kept = append(kept, c)
			}
		}
		changes = kept
	})
	return changes
}

// bendPublishedAgain reports whether a change whose answer was lost is made once more.
func bendPublishedAgain() bool {
	again := false
	failpoint.Inject("bugPublishTwice", func(_ failpoint.Value) { again = true })
	return again
}

// bendAtOnce reads several znodes at one instant: for bugCacheReadsApart, one after the other.
func (s *Store) bendAtOnce(ops []wire.Request) (results []wire.MultiResult, err error) {
	apart := false
	failpoint.Inject("bugCacheReadsApart", func(_ failpoint.Value) { apart = true })
	if !apart {
		return s.c.SyncMultiRead(ops...)
	}
	for _, op := range ops {
		one, err := s.c.SyncMultiRead(op)
		if err != nil {
			return nil, err
		}
		results = append(results, one...)
	}
	return results, nil
}

// bendSameHead reports whether what was read is of one state: bugCacheReadsApart does not mind.
func bendSameHead(same bool) bool {
	failpoint.Inject("bugCacheReadsApart", func(_ failpoint.Value) { same = true })
	return same
}

// bendSetting returns a setting that was read: for bugCacheByVersion, the one of before if its znode's version is the
// same.
func bendSetting(one Setting, before Settings) Setting {
	failpoint.Inject("bugCacheByVersion", func(_ failpoint.Value) {
		if i, there := before.at(one.Name); there && before[i].version == one.version {
			one = before[i]
		}
	})
	return one
}

// bendHead returns the call that reads the head: for bugCacheReadStale, as the server has it.
func (s *Store) bendHead() func(path string, w *client.Watch) ([]byte, wire.Stat, error) {
	get := s.c.SyncGet
	failpoint.Inject("bugCacheReadStale", func(_ failpoint.Value) { get = s.c.Get })
	return get
}

// bendBefore returns the watch that is set before everything is read: for bugReadThenWatch, none.
func bendBefore(w *client.Watch) *client.Watch {
	failpoint.Inject("bugReadThenWatch", func(_ failpoint.Value) { w = nil })
	return w
}

// bendBehind is called behind the reads, and returns whether the watch is set: bugReadThenWatch sets it there.
func (c *Cache) bendBehind(w *client.Watch, watched bool) bool {
	failpoint.Inject("bugReadThenWatch", func(_ failpoint.Value) {
		if w != nil {
			_, _, err := c.s.c.Exists(c.s.path, w)
			watched = err == nil
		}
	})
	return watched
}

// bendStale returns whether a cache says that it is stale: with bugCacheNeverStale it does not.
func bendStale(stale bool) bool {
	failpoint.Inject("bugCacheNeverStale", func(_ failpoint.Value) { stale = false })
	return stale
}
