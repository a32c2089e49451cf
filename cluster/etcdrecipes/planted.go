package etcdrecipes

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/etcdwire"
)

// What only the planted bugs need: each is a mistake that recipes for etcd have had.

// bendLooks reports whether a look at who stands before, or who leads, is answered from what the server has:
// bugKeyLineStale does that.
func bendLooks() bool {
	stale := false
	failpoint.Inject("bugKeyLineStale", func(_ failpoint.Value) { stale = true })
	return stale
}

// bendBefore changes whom a waiter waits for, and says whether it then looks no more for others: with
// bugKeyWaitsForFirst, whoever made its key first.
func bendBefore(r *etcdwire.RangeRequest) (once bool) {
	failpoint.Inject("bugKeyWaitsForFirst", func(_ failpoint.Value) { r.SortOrder, once = etcdwire.SortAscend, true })
	return once
}

// bendWaitsOnce reports whether whoever waited looks no more whether another is before it: bugKeyWaitOnce.
func bendWaitsOnce() bool {
	once := false
	failpoint.Inject("bugKeyWaitOnce", func(_ failpoint.Value) { once = true })
	return once
}

// bendRechecks reports whether whoever waited looks whether its own key is still there: with bugKeyGoneHolds it holds
// what it waited for without one.
func bendRechecks() bool {
	looks := true
	failpoint.Inject("bugKeyGoneHolds", func(_ failpoint.Value) { looks = false })
	return looks
}

// bendFreedByName reports whether a key is freed by its name alone, whenever it was made: bugKeyFreedByName.
func bendFreedByName() bool {
	byName := false
	failpoint.Inject("bugKeyFreedByName", func(_ failpoint.Value) { byName = true })
	return byName
}

// bendReads reports whether a register is read from what the server has: bugKeyReadStale.
func bendReads() bool {
	stale := false
	failpoint.Inject("bugKeyReadStale", func(_ failpoint.Value) { stale = true })
	return stale
}

// bendSetsInSteps reports whether a register is compared and set by two requests: bugKeySetInSteps.
func bendSetsInSteps() bool {
	steps := false
	failpoint.Inject("bugKeySetInSteps", func(_ failpoint.Value) { steps = true })
	return steps
}

func setInSteps(k Keys, key, value []byte, expected int64) (version int64, was bool, err error) {
	r, err := Read(k, key)
	if err != nil || r.Version != expected {
		return 0, false, err
	}
	version, err = Set(k, key, value)
	return version, err == nil, err
}

// bendNumbered returns the process after which an item is named: with bugKeyQueueNumbered it is named after nothing but
// how many its process has put.
func bendNumbered(process int64) int64 {
	failpoint.Inject("bugKeyQueueNumbered", func(_ failpoint.Value) { process = 0 })
	return process
}

// bendFirst changes which item is taken first: with bugKeyQueueByName, the one whose name comes first.
func bendFirst(r *etcdwire.RangeRequest) {
	failpoint.Inject("bugKeyQueueByName", func(_ failpoint.Value) { r.SortTarget = etcdwire.SortByKey })
}

// bendClaim returns the comparisons under which an item is taken: with bugKeyQueueUnclaimed there are none.
func bendClaim(c []etcdwire.Compare) []etcdwire.Compare {
	failpoint.Inject("bugKeyQueueUnclaimed", func(_ failpoint.Value) { c = nil })
	return c
}
