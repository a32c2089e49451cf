package cluster

import (
	"cmp"
	"slices"
	"time"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
	"ordeal/host"
)

// conn is a client's connection to this server.
type conn struct {
	id    uint64 // of this boot; it is the watcher's name, too
	host  host.Conn
	phase phase
	// hasReadOnly is the form of the client's handshake.
	hasReadOnly bool
	// readOnly says that it came while there was no leader, and is served reads only.
	readOnly bool
	session  int64
	passwd   []byte
	// ids are who the client is, for ACLs. The list is never changed in place.
	ids []wire.ID
	// heard is whether something came in since the leader was told.
	heard bool
	// heardAt is the tick at which something last came in, the answer to the handshake counted.
	heardAt uint64
	// calls wait for their answer, in the order in which they came in.
	calls []*call
	room  [1]*call // for the one that most clients wait for
	// early are the frames that came before it had its session; see early.go.
	early [][]byte
	// paused says that it is not read from for now; see throttle.go.
	paused bool
	// etcd is what it has if it carries calls of etcd's API, else nil.
	etcd *etcdConn
	// leaderless says that it came while there was no leader.
	leaderless bool
	// holding counts those of them that hold back what is behind them.
	holding int
	// untold says that a watch has fired of which the client is not told, since it may not read the znode.
	untold bool

	// For operators and against connections that come to nothing; see traffic.go.
	sinceTick uint64
	usage     usage
	traffic   *traffic
}

type phase uint8

const (
	phaseNew       phase = iota // nothing came in yet
	phaseAttaching              // the handshake is in the log, or on its way
	phaseAttached
	phaseCalls // it carries calls of etcd's API
	phaseGone
)

// call is one request of a client.
type call struct {
	xid     int32
	op      wire.OpCode
	since   time.Duration // when it came in, on the monotonic clock
	request wire.Request  // nil if it can't be served: err then says why
	ids     []wire.ID     // who asks: whom the client had claimed to be by then
	err     wire.Code
	// A write is answered when its transaction was applied: reply is then the answer.
	write bool
	reply []byte
	// held says that it is a write behind a sync, and not on its way yet. See hold.
	held bool
	// A sync is answered when index has been applied; confirmed says that index is known. A read may wait for index, too,
	// and awaits says that it does.
	index     uint64
	confirmed bool
	awaits    bool
}

// isUnknown says that the operation is unknown. As in ZooKeeper, the answer to such ends the connection: what SASL
// would prove is not known either, but its clients go on without.
func (cl *call) isUnknown() bool {
	return cl.request == nil && cl.op != wire.OpMulti && cl.op != wire.OpMultiRead && cl.op != wire.OpSASL
}

// callsMax is how many requests a connection may have unanswered. A client that sends more is cut off.
const callsMax = 10_000

// conns are the connections of this server.
type conns struct {
	last         uint64
	sessionsMade uint64
	// outstanding counts the requests that have no answer, and paused are the connections that wait for it to be less.
	outstanding int
	paused      []*conn
	// left are the sessions that something came in from on connections that are gone since.
	left      []int64
	byHost    map[host.Conn]*conn
	bySession map[int64]*conn
	list      []*conn // all of them, by id
	traffic   traffic
}

func newConns() conns {
	return conns{
		byHost:    make(map[host.Conn]*conn),
		bySession: make(map[int64]*conn),
	}
}

func (cs *conns) add(h host.Conn, tick uint64) *conn {
	cs.last++
	c := &conn{id: cs.last, host: h, sinceTick: tick, traffic: &cs.traffic}
	c.calls = c.room[:0]
	cs.byHost[h], cs.list = c, append(cs.list, c)
	return c
}

func (cs *conns) of(h host.Conn) *conn         { return cs.byHost[h] }
func (cs *conns) attached(session int64) *conn { return cs.bySession[session] }
func (cs *conns) attach(c *conn)               { cs.bySession[c.session] = c }

// sorted lists all of them by id, for whoever closes some on the way.
func (cs *conns) sorted() []*conn { return slices.Clone(cs.list) }

// place is where the connection of an id is in the list, or would be.
func (cs *conns) place(id uint64) (i int, found bool) {
	return slices.BinarySearchFunc(cs.list, id, func(c *conn, id uint64) int { return cmp.Compare(c.id, id) })
}

// byID is the connection of an id, nil for none.
func (cs *conns) byID(id uint64) *conn {
	if i, found := cs.place(id); found {
		return cs.list[i]
	}
	return nil
}

// remove takes one out that is gone.
func (cs *conns) remove(c *conn) {
	delete(cs.byHost, c.host)
	if i, found := cs.place(c.id); found {
		cs.list = slices.Delete(cs.list, i, i+1)
	}
	if cs.bySession[c.session] == c {
		delete(cs.bySession, c.session)
	}
}

// takeHeard lists the sessions that something came in from since it was last called.
func (cs *conns) takeHeard() []int64 {
	heard := cs.left
	cs.left = nil
	for _, c := range cs.list {
		if c.heard && c.phase == phaseAttached {
			heard = append(heard, c.session)
		}
		c.heard = c.bendHeard()
	}
	return heard
}

// forget drops what is known of a connection that is gone. What it has in the log stays there.
func (n *Node) forget(c *conn) {
	if c.heard && c.phase == phaseAttached {
		n.conns.left = append(n.conns.left, c.session)
	}
	if c.etcd != nil {
		c.etcd.drop()
	}
	outstanding := len(c.calls)
	failpoint.Inject("bugOutstandingLost", func(_ failpoint.Value) { outstanding = 0 })
	c.phase, c.calls, c.early = phaseGone, nil, nil
	n.conns.remove(c)
	if !bendGone() {
		n.watches.RemoveWatcher(c.id)
	}
	n.settled(outstanding)
}

func (n *Node) close(c *conn) {
	n.forget(c)
	c.host.Close()
}

// closeAll closes those of sessions.
func (n *Node) closeAll(why string) { n.closeThose(why, func(c *conn) bool { return c.etcd == nil }) }

// closeThose says how many there were.
func (n *Node) closeThose(why string, which func(*conn) bool) (closed int) {
	for _, c := range n.conns.sorted() {
		if which(c) {
			n.close(c)
			closed++
		}
	}
	if closed > 0 {
		n.host.Log().Info("clients sent away", "why", why, "connections", closed)
	}
	return closed
}

// frame takes one frame of a client.
func (n *Node) frame(c *conn, frame []byte) {
	c.receive()
	switch c.phase {
	case phaseNew:
		c.usage.lastAt = n.host.Clock().Now()
		switch {
		case n.beginsCalls(frame):
			c.phase, c.etcd = phaseCalls, &etcdConn{calls: map[uint64]*EtcdCall{}}
		case c.leaderless:
			n.close(c)
		default:
			n.handshake(c, frame)
		}
	case phaseAttaching:
		n.early(c, frame)
	case phaseAttached:
		n.request(c, frame)
	case phaseCalls:
		n.callFrame(c, frame)
	}
}

// request takes one request of a client that has its session.
func (n *Node) request(c *conn, frame []byte) {
	header, request, err := wire.DecodeRequest(frame)
	c.heard, c.heardAt = c.heard || !bendSilent(header.Op), n.ticks
	if err != nil && !isUnknownOp(err) || len(c.calls) >= callsMax {
		n.host.Log().Warn("connection refused", "peer", c.host.Peer(), "waiting", len(c.calls), "err", err)
		n.conns.traffic.garbage++
		n.close(c)
		return
	}
	if claim, ok := request.(wire.AuthRequest); ok {
		n.authenticate(c, header.Xid, claim)
		return
	}
	if header.Op != wire.OpSASL && !n.isKnown(c) {
		n.turnAway(c, header.Xid)
		return
	}
	if header.Op == wire.OpPing {
		header.Xid = wire.XidPing // as in ZooKeeper, whatever it was sent under
	}
	cl := &call{xid: header.Xid, op: header.Op, request: request, ids: c.ids, since: n.host.Clock().Now()}
	n.mustSee(cl)
	c.calls = append(c.calls, cl)
	n.conns.outstanding++
	n.bendOvertaking(c, cl)
	if !c.hold(cl) {
		n.start(c, cl)
	}
	n.answer(c)
	n.throttle(c)
}

// holds says that what a request waits for has no place in the log yet: a sync's never has, and a change of the
// ensemble comes into force in a later entry than its own.
func (cl *call) holds() bool { return cl.op == wire.OpSync || cl.op == wire.OpReconfig }

// hold keeps a request back while one that holds is unanswered before it. Otherwise a write could be applied first: and
// then the request before it, and the reads between the two, would show what was asked for after them.
// (A sync behind another may be on its way; whatever else waits in the queue does so anyway.)
func (c *conn) hold(cl *call) bool {
	cl.held = c.holding > 0 && cl.op != wire.OpSync
	if cl.holds() {
		c.holding++
	}
	return cl.held
}

// release starts what was held back by a request that has been answered, up to the next that holds, and with it.
func (n *Node) release(c *conn) {
	c.holding--
	for _, cl := range c.calls {
		if cl.held {
			cl.held = false
			n.start(c, cl)
		}
		if cl.holds() {
			return
		}
	}
}

// answer answers the calls at the head of a connection's queue, as far as they can be.
func (n *Node) answer(c *conn) {
	for len(c.calls) > 0 {
		cl := c.calls[0]
		reply, ready := n.replyTo(c, cl)
		if !ready {
			return
		}
		c.calls[0] = nil
		if c.calls = c.calls[1:]; len(c.calls) == 0 {
			c.calls = c.room[:0]
		}
		n.settled(1)
		c.send(reply)
		c.answered(cl, n.state.tree.Zxid(), n.host.Clock().Now())
		switch {
		case cl.op == wire.OpCloseSession, cl.isUnknown() && !bendUnknown():
			n.close(c)
			return
		case cl.holds():
			n.release(c)
		}
	}
}
