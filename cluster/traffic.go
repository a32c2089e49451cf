package cluster

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
)

// traffic counts what went over the client port. Operators are shown it; nothing is decided by it.
type traffic struct {
	// received and sent are frames: requests and words, answers and events.
	received, sent uint64
	// all are the latencies of every request, reads and writes those of one kind.
	all, reads, writes latency
	// garbage counts connections that were closed for what they sent, and unfinished those that never sent a whole
	// handshake.
	garbage, unfinished uint64
	// paused counts how often a connection was not read from for a while.
	paused uint64
	// authFailed counts claims that did not hold; plainNear and plainFar the connections without TLS, from this machine
	// and from others.
	authFailed, plainNear, plainFar uint64
	// proposals is what this node proposed as leader, answers what it sent to clients.
	proposals, answers sizes
}

// sizes are those of a kind of message, in bytes.
type sizes struct {
	any            bool
	last, min, max int
}

// Sizes are the last, the smallest and the largest of what was counted, in bytes; -1 for none.
type Sizes struct{ Last, Min, Max int }

func (s *sizes) show() Sizes {
	if !s.any {
		return Sizes{-1, -1, -1}
	}
	return Sizes{s.last, s.min, s.max}
}

func (s *sizes) note(n int) {
	if !s.any {
		s.min = n
	}
	s.any, s.last, s.min, s.max = true, n, min(s.min, n), max(s.max, n)
}

// String is as ZooKeeper writes it: last, smallest and largest, −1 for none.
func (s *sizes) String() string {
	shown := s.show()
	return fmt.Sprintf("%d/%d/%d", shown.Last, shown.Min, shown.Max)
}

// reset is what the word srst asks for. Connections that came to nothing stay counted.
func (t *traffic) reset() {
	*t = traffic{garbage: t.garbage, unfinished: t.unfinished, paused: t.paused}
}

// latency is how long requests took from their frame to their answer, in ms.
type latency struct {
	count               uint64
	last, min, max, sum int64
}

func (l *latency) add(ms int64) {
	if l.count == 0 || ms < l.min {
		l.min = ms
	}
	l.max = max(l.max, ms)
	l.last = ms
	l.sum += ms
	l.count++
}

// mean is the mean in ms with up to four digits behind the point, and always one.
func (l *latency) mean() string {
	if l.count == 0 {
		return "0.0"
	}
	n := int64(l.count)
	parts := (l.sum*10_000 + n/2) / n
	fraction := strings.TrimRight(fmt.Sprintf("%04d", parts%10_000), "0")
	if fraction == "" {
		fraction = "0"
	}
	return fmt.Sprintf("%d.%s", parts/10_000, fraction)
}

// usage is what one connection did, for the words cons and stat.
type usage struct {
	received, sent uint64
	latency        latency
	lastOp         wire.OpCode
	lastXid        int32
	lastZxid       int64
	lastAt         time.Duration // monotonic
	establishedMs  int64         // time of day
	timeoutMs      int32
}

// send hands a frame to the connection, and counts it.
func (c *conn) send(frame []byte) {
	c.usage.sent++
	c.traffic.sent++
	c.traffic.answers.note(len(frame))
	c.host.Send(frame)
}

// countPlain counts a connection without TLS.
func (c *conn) countPlain() {
	if over, ok := c.host.(host.Encrypted); ok && over.Encrypted() {
		return
	}
	if from, err := netip.ParseAddrPort(c.host.Peer()); err == nil && from.Addr().IsLoopback() {
		c.traffic.plainNear++
	} else {
		c.traffic.plainFar++
	}
}

func (c *conn) receive() {
	c.usage.received++
	c.traffic.received++
}

// answered counts a request that was just answered.
func (c *conn) answered(cl *call, zxid int64, now time.Duration) {
	c.took(cl.op, cl.write, now-cl.since, zxid, now)
	if cl.xid >= 0 {
		c.usage.lastXid = cl.xid
	}
}

// welcomed counts a handshake that was just answered: it is a write.
func (c *conn) welcomed(zxid int64, now time.Duration) {
	c.took(wire.OpCreateSession, true, now-c.usage.lastAt, zxid, now)
}

func (c *conn) took(op wire.OpCode, write bool, d time.Duration, zxid int64, now time.Duration) {
	ms := int64(d / time.Millisecond)
	u, t := &c.usage, c.traffic
	u.latency.add(ms)
	t.all.add(ms)
	if write {
		t.writes.add(ms)
	} else {
		t.reads.add(ms)
	}
	u.lastOp, u.lastZxid, u.lastAt = op, zxid, now
}

// shortOps are the names that ZooKeeper shows for the last operation of a connection.
var shortOps = map[wire.OpCode]string{
	wire.OpCreate: "CREA", wire.OpCreate2: "CREA", wire.OpDelete: "DELE", wire.OpExists: "EXIS", wire.OpGetData: "GETD",
	wire.OpSetData: "SETD", wire.OpGetChildren: "GETC", wire.OpGetChildren2: "GETC", wire.OpSync: "SYNC",
	wire.OpPing: "PING", wire.OpCheck: "CHEC", wire.OpMulti: "MULT", wire.OpCreateSession: "SESS",
	wire.OpCloseSession: "CLOS", wire.OpSetWatches: "SETW", wire.OpSetWatches2: "STW2", wire.OpAddWatch: "ADDW",
	wire.OpRemoveWatches: "REMW", wire.OpCheckWatches: "CHKW", wire.OpGetACL: "GETA", wire.OpSetACL: "SETA",
	wire.OpReconfig: "RECO", wire.OpCreateContainer: "CREA", wire.OpCreateTTL: "CREA", wire.OpMultiRead: "MLTR",
	wire.OpAuth: "AUTH", wire.OpGetEphemerals: "GETE", wire.OpGetAllChildrenNumber: "GETACN", wire.OpWhoAmI: "HOMI",
}

func shortOp(op wire.OpCode) string {
	if name, ok := shortOps[op]; ok {
		return name
	}
	return "NA"
}

// strangerTicks is how long a connection may stay without a whole handshake: five TickTimes, as long as ZooKeeper's
// default at its default tickTime.
const strangerTicks = 5 * raftTicksPerTick

// StrangerPatience is how long that is, for a host that hears a connection's first bytes before the node does.
func StrangerPatience(c Config) time.Duration {
	return strangerTicks * (c.withDefaults().TickTime / raftTicksPerTick)
}

// tickStrangers closes the connections that have sent no whole handshake for too long.
func (n *Node) tickStrangers() {
	if n.ticks%raftTicksPerTick != 0 || bendStrangers() {
		return
	}
	for _, c := range n.conns.sorted() {
		if c.phase == phaseNew && n.ticks-c.sinceTick >= strangerTicks {
			n.conns.traffic.unfinished++
			n.host.Log().Info("connection closed: no handshake came", "peer", c.host.Peer())
			n.close(c)
		}
	}
}
