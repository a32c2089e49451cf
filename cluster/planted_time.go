package cluster

import (
	"math"
	"time"

	"github.com/pingcap/failpoint"
)

// What the planted bugs do by which something waits, or ends, too long; see planted.go.

// bendAskedOnce reports whether the question of a sync that got no answer is not put again.
func bendAskedOnce() bool {
	once := false
	failpoint.Inject("bugSyncAskedOnce", func(_ failpoint.Value) { once = true })
	return once
}

// bendNotAgain reports whether requests that nothing comes back of are not sent again.
func bendNotAgain() bool {
	once := false
	failpoint.Inject("bugForwardNotAgain", func(_ failpoint.Value) { once = true })
	return once
}

// bendWaiting returns the request that is answered when a change of the ensemble has come about: for
// bugChangeToldAtLeader, none at a server that does not lead.
func (n *Node) bendWaiting(r *request) *request {
	if r != nil && !n.isLeader() {
		failpoint.Inject("bugChangeToldAtLeader", func(_ failpoint.Value) { r = nil })
	}
	return r
}

// bendLeaderless is called when a server has sent its clients away, since it had no leader: for bugStaysShut, it lets
// none in until it leads.
func (n *Node) bendLeaderless() {
	failpoint.Inject("bugStaysShut", func(_ failpoint.Value) { n.planted.shut = true })
}

// bendAccept reports whether a client is turned away.
func (n *Node) bendAccept() bool {
	n.planted.shut = n.planted.shut && !n.isLeader()
	return n.planted.shut
}

// bendDeadline is when a session is over that was heard of: for bugDeadlinesAdd, so much later than before.
func (e *expirer) bendDeadline(session int64, deadline, ticks uint64) uint64 {
	failpoint.Inject("bugDeadlinesAdd", func(_ failpoint.Value) {
		deadline = max(deadline, e.deadlines[session]+ticks)
	})
	return deadline
}

// bendAttached is called when a session is attached to another connection: for bugAttachedNotCounted, its time is not
// counted before its client is heard of again.
func (e *expirer) bendAttached(session int64) {
	if e.running {
		failpoint.Inject("bugAttachedNotCounted", func(_ failpoint.Value) { e.deadlines[session] = math.MaxUint64 })
	}
}

// bendReapAt is when a leader looks again for what is due: bugReapsByMilliseconds takes milliseconds for ticks.
func (n *Node) bendReapAt(tick uint64) uint64 {
	failpoint.Inject("bugReapsByMilliseconds", func(_ failpoint.Value) {
		tick = n.ticks + uint64(n.config.ReapEvery/time.Millisecond)
	})
	return tick
}

// bendKept reports whether a server that has no leader keeps its clients.
func bendKept() bool {
	kept := false
	failpoint.Inject("bugClientsKept", func(_ failpoint.Value) { kept = true })
	return kept
}
