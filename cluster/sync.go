package cluster

import (
	"encoding/binary"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3"
)

// syncs are the reads that wait until the leader, confirmed by a quorum, has said how far they must see (raft's
// ReadIndex; Raft thesis, section 6.4).
type syncs struct {
	asked   uint64
	waiting []*waitingSync
}

// waitingSync is one of them.
type waitingSync struct {
	conn *conn
	call *call
	// context is the question's name. It is never used twice: an answer that comes late must not be taken for the
	// answer to a later question.
	context uint64
	askedAt uint64 // tick
}

// syncRetryTicks is how long a question may stay without answer before it is put anew.
const syncRetryTicks = 6

// beginSync asks the leader how far this sync must see.
func (n *Node) beginSync(c *conn, cl *call) {
	planted := false
	if n.isLeader() {
		failpoint.Inject("bugStaleSync", func(_ failpoint.Value) { planted = true })
		failpoint.Inject("bugSyncBeforeTerm", func(_ failpoint.Value) {
			planted, cl.index = !n.intake.open, n.state.index
		})
	}
	if planted {
		cl.confirmed = true
		return
	}
	w := &waitingSync{conn: c, call: cl}
	n.syncs.waiting = append(n.syncs.waiting, w)
	n.ask(w)
}

func (n *Node) ask(w *waitingSync) {
	n.syncs.asked++
	w.context, w.askedAt = n.syncs.asked, n.ticks
	b := make([]byte, 0, 24)
	for _, v := range []uint64{n.config.ID, n.outbox.incarnation, w.context} {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	n.raft.ReadIndex(b)
}

// syncConfirmed takes the leader's answer.
func (n *Node) syncConfirmed(r raft.ReadState) {
	k := reader{b: r.RequestCtx}
	id, incarnation, context := k.uint64(), k.uint64(), k.uint64()
	if k.bad || id != n.config.ID || incarnation != n.outbox.incarnation {
		return
	}
	index := r.Index
	failpoint.Inject("bugSyncBeforeApplied", func(_ failpoint.Value) { index = 0 })
	for _, w := range n.syncs.waiting {
		if w.context == context {
			w.call.index, w.call.confirmed = index, true
		}
	}
	n.syncsApplied()
}

// syncsApplied answers the syncs whose index has been applied.
func (n *Node) syncsApplied() {
	var ready []*waitingSync
	rest := n.syncs.waiting[:0]
	for _, w := range n.syncs.waiting {
		switch {
		case w.conn.phase == phaseGone:
		case w.call.confirmed && w.call.index <= n.state.index:
			ready = append(ready, w)
		default:
			rest = append(rest, w)
		}
	}
	clear(n.syncs.waiting[len(rest):])
	n.syncs.waiting = rest
	for _, w := range ready {
		n.answer(w.conn)
	}
}

// tickSyncs asks again what was not answered: the question or the answer may be lost, or the leader deposed.
func (n *Node) tickSyncs() {
	for _, w := range n.syncs.waiting {
		if !w.call.confirmed && n.ticks-w.askedAt >= syncRetryTicks && n.role.leader != 0 {
			n.did(AskedSyncAgain)
			n.ask(w)
		}
	}
}
