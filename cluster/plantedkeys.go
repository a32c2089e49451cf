package cluster

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// What only the planted bugs of etcd's API need: see planted.go.

// bendRoom is how many bytes the store has, as the quota is held to it.
func bendRoom(size int64) int64 {
	failpoint.Inject("bugQuotaIgnored", func(_ failpoint.Value) { size = 0 })
	failpoint.Inject("bugQuotaCountsTwice", func(_ failpoint.Value) { size *= 2 })
	return size
}

// bendLarge reports whether a request may be of any size.
func bendLarge() bool {
	taken := false
	failpoint.Inject("bugLargeTaken", func(_ failpoint.Value) { taken = true })
	return taken
}

// bendMembers reports whether who the members are is answered from what the server has.
func bendMembers(linearizable bool) bool {
	failpoint.Inject("bugStaleMembers", func(_ failpoint.Value) { linearizable = false })
	return linearizable
}

// bendInForce reports whether servers that a change under way adds are shown already.
func bendInForce() bool {
	early := false
	failpoint.Inject("bugMemberShownEarly", func(_ failpoint.Value) { early = true })
	return early
}

// bendNumber is the highest number that was given out, to a member that is there or to any.
func bendNumber(highest, here uint64) uint64 {
	failpoint.Inject("bugMemberNumberAgain", func(_ failpoint.Value) { highest = here })
	return highest
}

// bendLearnerCount is how many learners count when one is added.
func bendLearnerCount(learners int) int {
	failpoint.Inject("bugLearnersUncounted", func(_ failpoint.Value) { learners = 0 })
	return learners
}

// bendPromoted reports whether a member can't be promoted, since it votes already.
func bendPromoted(votes bool) bool {
	failpoint.Inject("bugVoterPromoted", func(_ failpoint.Value) { votes = false })
	return votes
}

// bendWhole reports whether a message is divided that is not to be.
func bendWhole() bool {
	divides := false
	failpoint.Inject("bugDividedUnasked", func(_ failpoint.Value) { divides = true })
	return divides
}

// bendPart is called with a part of a message that is divided.
func bendPart(r *etcdwire.WatchResponse) {
	failpoint.Inject("bugPartUnmarked", func(_ failpoint.Value) { r.Fragment = false })
	failpoint.Inject("bugPartLosesEvent", func(_ failpoint.Value) {
		if r.Fragment && len(r.Events) > 1 {
			r.Events = r.Events[:len(r.Events)-1]
		}
	})
}

// bendStart is the revision that a watch is to be told of next, behind what its request says.
func bendStart(next, now int64) int64 {
	failpoint.Inject("bugWatchFromNow", func(_ failpoint.Value) {
		if next > 0 {
			next = max(next, now)
		}
	})
	return next
}

// bendBehind reports whether a watch goes on although what it is to be told of next was compacted.
func (w *watcher) bendBehind(compacted int64) bool {
	goesOn := false
	failpoint.Inject("bugWatchOverCompaction", func(_ failpoint.Value) {
		w.next = compacted
		goesOn = true
	})
	return goesOn
}

// bendReplaced reports whether watches are left as they are when a snapshot takes the state's place.
func bendReplaced() bool {
	left := false
	failpoint.Inject("bugWatchesNotBehind", func(_ failpoint.Value) { left = true })
	return left
}

// bendEvents are the events of one revision that a watch is told of.
func bendEvents(events []etcdwire.Event, e etcdwire.Event) []etcdwire.Event {
	events = append(events, e)
	failpoint.Inject("bugEventOfEachKey", func(_ failpoint.Value) {
		for i := range events[:len(events)-1] {
			if string(events[i].KV.Key) == string(e.KV.Key) {
				events[i] = e
				events = events[:len(events)-1]
				break
			}
		}
	})
	return events
}

// bendTold reports whether the events of the newest revision are held back until the next tick: progress is told
// meanwhile.
func (t *watching) bendTold(n *Node, revision int64) bool {
	held := false
	failpoint.Inject("bugProgressOvertakes", func(_ failpoint.Value) {
		for _, w := range t.touched {
			events := w.events
			w.events = nil
			n.planted.told = append(n.planted.told, func() {
				w.events = append(events, w.events...)
				w.tell(n, revision)
			})
		}
		held = true
	})
	return held
}

// bendTellHeld tells what bendTold held back.
func (n *Node) bendTellHeld() {
	held := n.planted.told
	n.planted.told = nil
	for _, f := range held {
		f()
	}
}

// bendExpired reports whether no watch is told of the keys that go with a lease whose time is over.
func bendExpired(e kv.Entry) bool {
	silent := false
	failpoint.Inject("bugExpirySilent", func(_ failpoint.Value) {
		_, revokes := e.Request.(*etcdwire.LeaseRevokeRequest)
		silent = e.Service && revokes
	})
	return silent
}

// bendExpireTerm reports whether a leader that leads no more counts the time of leases on, and what it decides counts.
func bendExpireTerm() bool {
	counts := false
	failpoint.Inject("bugDeposedLeaseExpiry", func(_ failpoint.Value) { counts = true })
	return counts
}

// bendLeaseTime is the time that a lease is given, in seconds.
func bendLeaseTime(r *etcdwire.LeaseGrantRequest) int64 {
	ttl := r.TTL
	failpoint.Inject("bugLeaseIDForTTL", func(_ failpoint.Value) { ttl = r.ID & 0xff })
	return ttl
}

// bendRefusedEnd reports whether the end of a lease that was refused is not proposed again.
func bendRefusedEnd() bool {
	forgets := false
	failpoint.Inject("bugRefusedEndForgotten", func(_ failpoint.Value) { forgets = true })
	return forgets
}

// bendInherited is what a new leader gives a lease, in seconds; counted is false if it does not count its time at all.
func bendInherited(left int64) (seconds int64, counted bool) {
	counted = true
	failpoint.Inject("bugNewLeaderEndsLeases", func(_ failpoint.Value) { left = 0 })
	failpoint.Inject("bugInheritedLeasesUncounted", func(_ failpoint.Value) { counted = false })
	return left, counted
}

// bendAlive reports whether the server that is asked to keep a lease alive answers without the leader.
func (n *Node) bendAlive(r *renewal) bool {
	alone := false
	failpoint.Inject("bugKeepAliveFromMemory", func(_ failpoint.Value) {
		if one, there := n.keys().Lease(r.id); there && r.renew {
			r.answer(one.TTL, one.TTL, 0)
			alone = true
		}
	})
	return alone
}

// bendKeysOfLease reports whether a server tells of a lease's keys as of what it has applied.
func bendKeysOfLease() bool {
	old := false
	failpoint.Inject("bugKeysOfLeaseOld", func(_ failpoint.Value) { old = true })
	return old
}

// bendRemaining is what a lease that is kept alive had left at its last checkpoint, as far as that has to be undone.
func bendRemaining(one kv.Lease) int64 {
	remaining := one.Remaining
	failpoint.Inject("bugCheckpointStays", func(_ failpoint.Value) { remaining = 0 })
	return remaining
}

// bendLinear reports whether a read waits for the leader's word.
func bendLinear(linearizable bool) bool {
	failpoint.Inject("bugStaleRange", func(_ failpoint.Value) { linearizable = false })
	return linearizable
}

// bendReadTxn reports whether a transaction that only reads may be answered from any state.
func bendReadTxn(serializable bool) bool {
	failpoint.Inject("bugStaleReadTxn", func(_ failpoint.Value) { serializable = true })
	return serializable
}

// bendGrant is called with a grant whose id the server has chosen.
func (n *Node) bendGrant(r *etcdwire.LeaseGrantRequest) {
	failpoint.Inject("bugLeaseIDsFromZero", func(_ failpoint.Value) {
		r.ID = int64(n.etcd.leasesMade&0xffff) | 1<<41
	})
}

// bendFuture is the revision that a watch is told of next which is to begin in the future.
func bendFuture(next, now int64) int64 {
	failpoint.Inject("bugFutureWatchTold", func(_ failpoint.Value) { next = now })
	return next
}
