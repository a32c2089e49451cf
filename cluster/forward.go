package cluster

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/tree"
)

// How a request gets into the log once. Every server numbers its requests, from 1 in each boot. They wait in its outbox
// until they come back applied. The outbox is sent to the leader of the term, from the front, as often as need be: the
// leader's intake takes only what is next, and the state machine (state.admit) applies only what is next, so that a
// message that is lost, repeated or overtaken delays a request and does nothing worse.

// outbox holds the requests of this server that have not been applied here yet, in order.
type outbox struct {
	incarnation uint64
	last        uint64 // the newest number given
	waiting     []*request
	bytes       int // of what waits; see request.bytes
	// term is the newest term of which an entry was applied here. Its leader, if it is still there, will listen.
	term uint64
	// sentAt is the tick at which something was last sent or came back.
	sentAt uint64
}

// request is a transaction that a client waits for.
type request struct {
	seq  uint64
	term uint64 // when it was made, and the tick
	made uint64
	sent bool // to a leader, at least once
	txn  []byte
	conn *conn
	call *call     // nil for the handshake
	etcd *EtcdCall // of etcd's API, whose requests have no session; nil for one of the service itself
}

// usualTxnBytes is room enough for most transactions, and requestBytes about what a request takes besides.
const usualTxnBytes, requestBytes = 160, 512

func (r *request) bytes() int { return len(r.txn) + requestBytes }

// resendTicks is how long an outbox waits without news before it sends everything again.
const resendTicks = 6

// submit sends a transaction on its way into the log.
func (n *Node) submit(c *conn, cl *call, txn tree.Txn) {
	n.enqueue(&request{txn: tree.AppendTxn(make([]byte, 0, usualTxnBytes), txn), conn: c, call: cl})
}

// enqueue gives a request its number, and sends it.
func (n *Node) enqueue(r *request) {
	n.outbox.last++
	r.seq, r.term, r.made = n.outbox.last, n.role.term, n.ticks
	n.outbox.waiting, n.outbox.bytes = append(n.outbox.waiting, r), n.outbox.bytes+r.bytes()
	if len(n.outbox.waiting) == 1 {
		n.outbox.sentAt = n.ticks
	}
	if n.outbox.term == n.role.term && n.role.leader != 0 {
		n.forward(n.outbox.waiting[len(n.outbox.waiting)-1:])
	}
}

// forwardAll sends everything that waits, in as many messages as it takes.
func (n *Node) forwardAll() {
	n.outbox.sentAt = n.ticks
	limits := &n.config.Limits
	for rest := n.outbox.waiting; len(rest) > 0; {
		size, count := 0, 0
		for count < len(rest) && count < limits.ForwardRequests && size < limits.ForwardBytes {
			size += len(rest[count].txn)
			count++
		}
		n.forward(rest[:count])
		rest = bendCut(rest[count:])
	}
}

// forward sends consecutive requests to the leader, which may be this node.
func (n *Node) forward(requests []*request) {
	if n.role.leader == n.config.ID {
		markSent(requests)
		batch := forwardBatch{server: n.config.ID, incarnation: n.outbox.incarnation, first: requests[0].seq}
		for _, r := range requests {
			batch.txns = append(batch.txns, r.txn)
		}
		n.take(batch)
		return
	}
	to, ok := n.addrOf(n.role.leader)
	if !ok {
		return
	}
	markSent(requests)
	b := []byte{byte(peerForward)}
	for _, v := range []uint64{n.config.ID, n.outbox.incarnation, requests[0].seq, uint64(len(requests))} {
		b = binary.AppendUvarint(b, v)
	}
	for _, r := range requests {
		b = binary.AppendUvarint(b, uint64(len(r.txn)))
		b = append(b, r.txn...)
	}
	n.post(to, b)
}

func markSent(requests []*request) {
	for _, r := range requests {
		r.sent = true
	}
}

// tickOutbox sends everything again if nothing has come back for a while.
func (n *Node) tickOutbox() {
	silent := n.ticks-n.outbox.sentAt >= resendTicks
	if len(n.outbox.waiting) > 0 && n.role.leader != 0 && silent && !bendNotAgain() {
		n.did(SentAgain)
		n.forwardAll()
	}
}

// pop takes the request that was applied off the outbox. The state machine applies a server's requests in order, so it
// is the first.
func (o *outbox) pop(seq uint64) *request {
	if len(o.waiting) == 0 || o.waiting[0].seq != seq {
		panic(fmt.Sprintf("cluster: request %d was applied and is not the next of this server", seq))
	}
	r := o.waiting[0]
	o.waiting[0] = nil
	o.waiting, o.bytes = o.waiting[1:], o.bytes-r.bytes()
	return r
}

// skipTo drops the requests whose results a snapshot has swallowed. Their connections are closed by the caller: their
// results will never be known.
func (o *outbox) skipTo(at cursor) {
	if at.incarnation != o.incarnation {
		return
	}
	for len(o.waiting) > 0 && o.waiting[0].seq <= at.seq {
		o.pop(o.waiting[0].seq)
	}
}

// intake is the leader's side: what is next of each server.
type intake struct {
	open    bool
	cursors []cursor
}

func (i *intake) close() {
	var kept []cursor
	failpoint.Inject("bugIntakeKept", func(_ failpoint.Value) { kept = i.cursors })
	*i = intake{cursors: kept}
}

// begin starts from what has been applied. The caller has applied an entry of its own term, so nothing older is still
// to come.
func (i *intake) begin(s *state) {
	kept := false
	failpoint.Inject("bugIntakeKept", func(_ failpoint.Value) { kept = len(i.cursors) > 0 })
	if i.open = true; !kept {
		i.cursors = slices.Clone(s.cursors)
	}
}

// cursorOf is how far this leader has taken a server's requests.
func (i *intake) cursorOf(server uint64) *cursor {
	for k := range i.cursors {
		if i.cursors[k].server == server {
			return &i.cursors[k]
		}
	}
	i.cursors = append(i.cursors, cursor{server: server})
	return &i.cursors[len(i.cursors)-1]
}

// forwardBatch is consecutive requests of one server.
type forwardBatch struct {
	server, incarnation, first uint64
	txns                       [][]byte
}

// forwarded takes a message with requests from another server.
func (n *Node) forwarded(b []byte) {
	r := reader{b: b}
	batch := forwardBatch{server: r.uvarint(), incarnation: r.uvarint(), first: r.uvarint()}
	for count := r.uvarint(); count > 0 && !r.bad; count-- {
		batch.txns = append(batch.txns, r.bytes())
	}
	if r.bad {
		n.host.Log().Warn("a forward that ends too early", "server", batch.server)
		return
	}
	n.take(batch)
}

// take proposes the requests of a batch that are next of their server, if this node is a leader that knows.
func (n *Node) take(batch forwardBatch) {
	if !n.intake.open || n.role.state != raft.StateLeader {
		return
	}
	at := n.intake.cursorOf(batch.server)
	if batch.incarnation < at.incarnation {
		return
	}
	if batch.incarnation > at.incarnation {
		at.incarnation, at.seq = batch.incarnation, 0
	}
	var entries []*raftpb.Entry
	seq := at.seq
	for i, txn := range batch.txns {
		at := batch.first + uint64(i)
		known := at <= seq && !bendKnown()
		if known || at > seq+1 {
			n.noteDropped(known)
			continue
		}
		seq = max(seq, at)
		c := command{kind: commandRequest, server: batch.server, incarnation: batch.incarnation, seq: at, txn: txn}
		entries = append(entries, &raftpb.Entry{Data: c.encode()})
	}
	if len(entries) > 0 && (n.propose(entries) || bendTakenAnyway()) {
		at.seq = seq
	}
}

// propose appends entries to this leader's log. It reports false if raft would not take them now.
func (n *Node) propose(entries []*raftpb.Entry) bool {
	for _, e := range entries {
		n.conns.traffic.proposals.note(len(e.GetData()))
	}
	kind := raftpb.MsgProp
	err := n.raft.Step(&raftpb.Message{Type: &kind, From: &n.config.ID, Entries: entries})
	return err == nil
}
