package cluster

import (
	"encoding/binary"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// How a server asks the leader about leases: what they have left, and to renew them. The questions that have gathered
// go in one message, and the leader answers when a majority has said that it leads; see reads.go.

// renewals are the questions of this server, and as leader those that it can't answer yet.
type renewals struct {
	asked   uint64 // messages so far, in this boot
	fresh   bool   // some of those that wait are in no message yet
	waiting []*renewal
	held    []*readRound
}

// renewal is a question about a lease.
type renewal struct {
	call  *EtcdCall
	id    int64
	renew bool
	// answer is called with the seconds that it was granted, and those that it has left, 0 and −1 if it is not there;
	// and with the entry that the leader had applied at least, which what is said of its keys must show.
	answer func(granted, left int64, index uint64)
	// question is the number of the message that it is in, 0 for none yet.
	question, askedAt uint64
	since             uint64 // tick
}

// leaseItem is such a question in a message, and its answer.
type leaseItem struct {
	id            int64
	renew         bool
	granted, left int64
}

// renewalsMax is how many are in one message.
const renewalsMax = 2000

func (n *Node) askLease(r *renewal) {
	if r.since = n.ticks; n.bendAlive(r) {
		return
	}
	n.etcd.renewals.waiting = append(n.etcd.renewals.waiting, r)
	n.etcd.renewals.fresh = true
}

// askFreshLeases puts the questions that are in no message.
func (n *Node) askFreshLeases() {
	e := &n.etcd.renewals
	for e.fresh && n.role.leader != 0 && n.outbox.term == n.role.term {
		e.fresh = false
		e.asked++
		var items []leaseItem
		for _, w := range e.waiting {
			if w.question != 0 || w.call.ended {
				continue
			}
			if len(items) == renewalsMax {
				e.fresh = true
				break
			}
			w.question, w.askedAt = e.asked, n.ticks
			items = append(items, leaseItem{id: w.id, renew: w.renew})
		}
		if len(items) > 0 {
			n.sendLeaseQuestion(readQuestion{n.config.ID, n.outbox.incarnation, n.role.term, e.asked}, items)
		}
	}
}

func (n *Node) sendLeaseQuestion(q readQuestion, items []leaseItem) {
	if n.role.leader == n.config.ID {
		n.takeRound(q, items)
		return
	}
	if to, ok := n.addrOf(n.role.leader); ok {
		b := appendUvarints(peerLeases, q.server, q.incarnation, q.term, q.number, uint64(len(items)))
		for _, i := range items {
			b = binary.AppendVarint(b, i.id)
			b = append(b, boolByte(i.renew))
		}
		n.post(to, b)
	}
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}

func (n *Node) leaseQuestionCame(b []byte) {
	r := reader{b: b}
	q := readQuestion{server: r.uvarint(), incarnation: r.uvarint(), term: r.uvarint(), number: r.uvarint()}
	var items []leaseItem
	for left := r.uvarint(); left > 0 && !r.bad; left-- {
		items = append(items, leaseItem{id: r.varint(), renew: r.byte() != 0})
	}
	if !r.bad && len(items) > 0 {
		n.takeRound(q, items)
	}
}

// answerLeases answers a message as leader, or keeps it until the log has what must be in it first: the end of a lease
// that was proposed, and that what it had left at a checkpoint does not hold any more; and until the leader has applied
// what was committed when the message came. Its own disk may be the last: what the others have applied may be answered
// already, that a lease was revoked too.
func (n *Node) answerLeases(r *readRound) {
	l := &n.etcd.lessor
	if !l.running || l.term != n.role.term {
		return
	}
	if r.index > n.state.index {
		n.etcd.renewals.held = append(n.etcd.renewals.held, r)
		return
	}
	hold := false
	for _, i := range r.items {
		one, there := n.keys().Lease(i.id)
		if !i.renew || !there {
			continue
		}
		one.Remaining = bendRemaining(one)
		if one.Remaining > 0 {
			n.enter(nil, kv.Entry{Service: true, Request: &etcdwire.LeaseCheckpointRequest{
				Checkpoints: []etcdwire.LeaseCheckpoint{{ID: i.id}},
			}})
		}
		hold = hold || one.Remaining > 0 || l.expiring[i.id]
	}
	if hold {
		n.etcd.renewals.held = append(n.etcd.renewals.held, r)
		return
	}
	for at := range r.items {
		i := &r.items[at]
		i.granted, i.left = 0, -1
		if one, there := n.keys().Lease(i.id); there {
			if i.renew {
				l.count(i.id, n.ticks+n.leaseTicks(one.TTL))
			}
			// Behind an election a lease has more than it was granted; clients are told of none of that.
			i.granted, i.left = one.TTL, min(one.TTL, n.secondsLeft(i.id))
		}
	}
	n.sendLeaseAnswer(r)
}

func (n *Node) sendLeaseAnswer(r *readRound) {
	if r.server == n.config.ID {
		n.leasesAnswered(r.incarnation, r.number, r.items, r.index)
		return
	}
	if to, ok := n.addrOf(r.server); ok {
		b := appendUvarints(peerLeasesAnswer, r.incarnation, r.number, uint64(len(r.items)))
		for _, i := range r.items {
			for _, v := range []int64{i.id, i.granted, i.left} {
				b = binary.AppendVarint(b, v)
			}
		}
		n.post(to, binary.AppendUvarint(b, r.index))
	}
}

func (n *Node) leaseAnswerCame(b []byte) {
	r := reader{b: b}
	incarnation, number := r.uvarint(), r.uvarint()
	var items []leaseItem
	for left := r.uvarint(); left > 0 && !r.bad; left-- {
		items = append(items, leaseItem{id: r.varint(), granted: r.varint(), left: r.varint()})
	}
	index := uint64(0) // a leader of an older version does not say it
	if len(r.b) > 0 {
		index = r.uvarint()
	}
	if !r.bad {
		n.leasesAnswered(incarnation, number, items, index)
	}
}

// leasesAnswered hands the answers to those that asked, which are in the order of the question.
func (n *Node) leasesAnswered(incarnation, number uint64, items []leaseItem, index uint64) {
	if incarnation != n.outbox.incarnation {
		return
	}
	var answered []*renewal
	left := n.etcd.renewals.waiting[:0]
	for _, w := range n.etcd.renewals.waiting {
		if w.question == number && number != 0 {
			answered = append(answered, w)
		} else {
			left = append(left, w)
		}
	}
	clear(n.etcd.renewals.waiting[len(left):])
	n.etcd.renewals.waiting = left
	byID := make(map[int64]leaseItem, len(items))
	for _, i := range items {
		byID[i.id] = i
	}
	for _, w := range answered {
		if i, ok := byID[w.id]; ok && !w.call.ended {
			w.answer(i.granted, i.left, index)
		}
	}
}

// renewHeld asks anew who leads for what was kept, now that an entry was applied, of whatever kind.
func (n *Node) renewHeld() {
	held := n.etcd.renewals.held
	if len(held) == 0 {
		return
	}
	n.etcd.renewals.held = nil
	for _, r := range held {
		waits := r.index > n.state.index
		for _, i := range r.items {
			one, there := n.keys().Lease(i.id)
			one.Remaining = bendRemaining(one)
			waits = waits || there && i.renew && (one.Remaining > 0 || n.etcd.lessor.expiring[i.id])
		}
		if waits {
			n.etcd.renewals.held = append(n.etcd.renewals.held, r)
		} else {
			n.takeRoundAt(r.readQuestion, r.items, r.index)
		}
	}
}

// reaskLeases puts every question anew: there is another leader.
func (n *Node) reaskLeases() {
	for _, w := range n.etcd.renewals.waiting {
		w.question, n.etcd.renewals.fresh = 0, true
	}
}

// tickRenewals asks again what has no answer, and ends the streams whose keep-alives have had none for too long.
func (n *Node) tickRenewals() {
	e := &n.etcd.renewals
	if len(e.waiting) == 0 {
		return
	}
	left := e.waiting[:0]
	for _, w := range e.waiting {
		if !w.call.ended && n.ticks-w.since >= n.requestPatience() {
			w.call.fail(etcdwire.ErrTimeout)
		}
		if w.call.ended {
			continue
		}
		if w.question != 0 && n.ticks-w.askedAt >= syncRetryTicks {
			w.question, e.fresh = 0, true
		}
		left = append(left, w)
	}
	clear(e.waiting[len(left):])
	e.waiting = left
}
