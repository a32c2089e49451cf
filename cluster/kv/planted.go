package kv

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/etcdwire"
)

// What only the planted bugs of keys need stands here, apart from what serves. As in package cluster, functions whose
// names begin with bend change nothing in a plain build and while their bug is not switched on: they return what they
// were given, or report false. A bug of one line is a mark where the line is that it changes.

// bendRefused is how many bytes a request is taken to need while there is no room.
func bendRefused(request etcdwire.Message, cost int64) int64 {
	failpoint.Inject("bugAlarmStopsDeletes", func(_ failpoint.Value) { cost++ })
	failpoint.Inject("bugAlarmLetsTxnPass", func(_ failpoint.Value) {
		if _, is := request.(*etcdwire.TxnRequest); is {
			cost = 0
		}
	})
	return cost
}

// bendPublished reports whether a server's own word counts about where the others find it.
func bendPublished() bool {
	counts := false
	failpoint.Inject("bugPublishedPlaceCounts", func(_ failpoint.Value) { counts = true })
	return counts
}

// bendEnded reports whether all alarms of a kind end with one.
func bendEnded() bool {
	all := false
	failpoint.Inject("bugAlarmEndsAll", func(_ failpoint.Value) { all = true })
	return all
}

// bendRange is called with the answer to a range at a revision, of which the request has its own view.
func bendRange(r *etcdwire.RangeRequest, at int64, response *etcdwire.RangeResponse) {
	failpoint.Inject("bugHeaderOfAskedRevision", func(_ failpoint.Value) { response.Header.Revision = at })
	failpoint.Inject("bugCountLimited", func(_ failpoint.Value) {
		if r.Limit > 0 && !r.CountOnly {
			response.Count = min(response.Count, r.Limit)
		}
	})
}

// bendCompacted is the compacted revision as reads are held to it.
func (s *Store) bendCompacted() int64 {
	compacted := s.compacted
	failpoint.Inject("bugCompactedIsRead", func(_ failpoint.Value) { compacted = notCompacted })
	failpoint.Inject("bugCompactedItselfRefused", func(_ failpoint.Value) { compacted++ })
	return compacted
}

// bendView is the revision at which a range inside a transaction sees the keys.
func (w *write) bendView() int64 {
	revision := w.revision()
	failpoint.Inject("bugTxnReadsBefore", func(_ failpoint.Value) { revision = w.began })
	return revision
}

// bendDetach reports whether a key stays with the lease that it had, whatever lease it is given.
func bendDetach() bool {
	kept := false
	failpoint.Inject("bugOldLeaseKept", func(_ failpoint.Value) { kept = true })
	return kept
}

// bendRevoked are the keys that go with a lease.
func bendRevoked(keys []string) []string {
	failpoint.Inject("bugRevokeLeavesKey", func(_ failpoint.Value) { keys = keys[:max(0, len(keys)-1)] })
	return keys
}

// bendRevision is the revision behind a write.
func (w *write) bendRevision(revision int64) int64 {
	failpoint.Inject("bugRevisionOfEachKey", func(_ failpoint.Value) { revision = w.began + int64(w.s.written) })
	return revision
}

// bendLoaded is called when a snapshot was read.
func (s *Store) bendLoaded() {
	failpoint.Inject("bugLeaseKeysNotInSnapshot", func(_ failpoint.Value) {
		for _, l := range s.leases.byID { //house:unordered each for itself
			clear(l.keys)
		}
	})
	failpoint.Inject("bugCompactedNotInSnapshot", func(_ failpoint.Value) {
		s.compacted, s.dropped = notCompacted, notCompacted
	})
	failpoint.Inject("bugGrantsNotInSnapshot", func(_ failpoint.Value) {
		for _, u := range s.auth.users { //house:unordered each for itself
			u.reads, u.writes = nil, nil
		}
	})
	failpoint.Inject("bugAlarmsNotInSnapshot", func(_ failpoint.Value) { s.alarms = nil })
	failpoint.Inject("bugRemainingNotInSnapshot", func(_ failpoint.Value) {
		for _, l := range s.leases.byID { //house:unordered each for itself
			s.leases.sum -= l.hash()
			l.remaining = 0
			s.leases.sum += l.hash()
		}
	})
}

// bendEntry is an entry's request as it is applied.
func (s *Store) bendEntry(who Who) Who {
	failpoint.Inject("bugAuthRevisionUnchecked", func(_ failpoint.Value) {
		if who.Revision != 0 {
			who.Revision = s.auth.revision
		}
	})
	return who
}

// beforeDelete is the version that a key had before it was deleted, as far as that is known.
func (k *key) beforeDelete() int64 {
	for v := k.newest; v != nil; v = v.before {
		if !v.deleted() {
			return v.version
		}
	}
	return 0
}

// bendTombstone reports whether a compaction forgets that a key was deleted in the compacted revision itself.
func bendTombstone() bool {
	forgets := false
	failpoint.Inject("bugTombstoneCompacted", func(_ failpoint.Value) { forgets = true })
	return forgets
}
