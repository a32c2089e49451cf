package cluster

import "github.com/pingcap/failpoint"

// syncs are the reads that wait until the leader has said how far they must see; see reads.go.
type syncs struct {
	asked uint64 // questions so far, in this boot
	// told is the question that was answered last, and sees the entry that its reads must see.
	told, sees uint64
	fresh      bool // some of those that wait are in no question yet
	waiting    []*waitingSync
}

// waitingSync is one of them.
type waitingSync struct {
	conn *conn
	etcd *EtcdCall // in place of conn: a call of etcd's API, which goes on with then
	then func()
	call *call
	// question is the number of the one that it is in, 0 for none yet. It is never used twice: an answer that comes
	// late must not be taken for the answer to a later question.
	question uint64
	askedAt  uint64 // tick
}

// Questions says how many questions this node has asked in this boot of how far its reads must see; which of them was
// answered last, 0 for none, and with which entry.
func (n *Node) Questions() (asked, told, sees uint64) {
	return n.syncs.asked, n.syncs.told, n.syncs.sees
}

// gone says that it waits for no client any more.
func (w *waitingSync) gone() bool {
	if w.etcd != nil {
		return w.etcd.ended
	}
	return w.conn.phase == phaseGone
}

// syncRetryTicks is how long a question may stay without answer before it is put anew.
const syncRetryTicks = 6

// beginSync asks the leader how far this sync must see.
func (n *Node) beginSync(c *conn, cl *call) {
	if n.isLeader() && n.bendSync(cl) {
		return
	}
	n.syncs.waiting = append(n.syncs.waiting, &waitingSync{conn: c, call: cl})
	n.syncs.fresh = true
}

// askFresh puts one question for all reads that are in none. It waits for an entry of the term: whose leader is known
// then, and listens. An answer that is there at once may let further reads begin.
func (n *Node) askFresh() {
	for n.syncs.fresh && n.role.leader != 0 && n.outbox.term == n.role.term {
		n.syncs.fresh = false
		n.syncs.asked++
		for _, w := range n.syncs.waiting {
			if w.question == 0 && !w.call.confirmed {
				w.question, w.askedAt = n.syncs.asked, n.ticks
			}
		}
		n.sendQuestion(readQuestion{n.config.ID, n.outbox.incarnation, n.role.term, n.syncs.asked})
	}
}

// syncConfirmed takes the leader's answer to a question.
func (n *Node) syncConfirmed(incarnation, question, index uint64) {
	if incarnation != n.outbox.incarnation {
		return
	}
	n.syncs.told, n.syncs.sees = question, index
	failpoint.Inject("bugSyncBeforeApplied", func(_ failpoint.Value) { index = 0 })
	for _, w := range n.syncs.waiting {
		if w.question == question {
			w.call.index, w.call.confirmed = index, true
		}
	}
	n.syncsApplied()
}

// syncsApplied answers the syncs whose index has been applied.
func (n *Node) syncsApplied() {
	if len(n.syncs.waiting) == 0 {
		return
	}
	var ready []*waitingSync
	rest := n.syncs.waiting[:0]
	for _, w := range n.syncs.waiting {
		switch {
		case w.gone():
		case w.call.confirmed && w.call.index <= n.state.index:
			ready = append(ready, w)
		default:
			rest = append(rest, w)
		}
	}
	clear(n.syncs.waiting[len(rest):])
	n.syncs.waiting = rest
	for _, w := range ready {
		switch {
		case w.etcd == nil:
			n.answer(w.conn)
		case !w.gone():
			w.then()
		}
	}
}

// tickSyncs asks again what was not answered: the question or the answer may be lost, or the leader deposed.
func (n *Node) tickSyncs() {
	for _, w := range n.syncs.waiting {
		if w.question != 0 && !w.call.confirmed && n.ticks-w.askedAt >= syncRetryTicks && n.role.leader != 0 &&
			!bendAskedOnce() {
			n.did(AskedSyncAgain)
			w.question, n.syncs.fresh = 0, true
		}
	}
}

// reaskSyncs puts every question that has no answer anew: there is another leader.
func (n *Node) reaskSyncs() {
	for _, w := range n.syncs.waiting {
		if !w.call.confirmed {
			w.question, n.syncs.fresh = 0, true
		}
	}
}
