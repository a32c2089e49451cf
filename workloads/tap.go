package workloads

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/workloads/second"
)

// tapped is the process of a session whose connections are tapped: what the client library and the servers say to each
// other goes through a tap, which changes what real clients do otherwise than the library.
type tapped struct {
	host.Process
	w   *worker
	rng *rand.Rand
	// tree is what the workload tree knows of the client.
	tree *treeClient
	// asked is the timeout that the session asked for last, and last the newest connection.
	asked int32
	last  *tap
}

// tap is one connection.
type tap struct {
	of      *tapped
	conn    host.Conn
	handler host.ConnHandler
	// begun says that the handshake was sent, and welcomed that it was answered.
	begun, welcomed bool
	second          *second.Codec // nil if the client's own codec is spoken
}

var (
	_ host.Conn        = (*tap)(nil)
	_ host.ConnHandler = (*tap)(nil)
)

// tapped is the process of a new client.
func (w *worker) tapped(p host.Process, tree *treeClient) (host.Process, *tapped) {
	if !w.e.cfg.Habits.taps() {
		return p, nil
	}
	t := &tapped{Process: p, w: w, tree: tree, rng: w.p.Aside(asideTap).Rand()}
	return t, t
}

// Dial implements host.Process.
func (t *tapped) Dial(to host.Addr, h host.ConnHandler) host.Conn {
	c := &tap{of: t, handler: h}
	if t.w.e.cfg.Habits.Second {
		c.second = &second.Codec{}
	}
	t.last = c
	if t.w.e.cfg.Habits.Eager && t.w.tree != nil {
		t.w.tree.numbered(t.tree)
	}
	c.conn = t.Process.Dial(to, c)
	return c
}

// breakOff breaks the client's connection, as a network does of which neither end knows why.
func (t *tapped) breakOff() {
	if c := t.last; c != nil {
		c.conn.Close()
		c.handler.Closed()
	}
}

// Send implements host.Conn.
func (c *tap) Send(frame []byte) {
	if !c.begun {
		c.begun = true
		frame = c.of.ask(frame)
	}
	if c.second != nil {
		frame = c.second.Outgoing(frame)
	}
	c.conn.Send(frame)
}

// Close implements host.Conn.
func (c *tap) Close() { c.conn.Close() }

// Peer implements host.Conn.
func (c *tap) Peer() string { return c.conn.Peer() }

// Opened implements host.ConnHandler.
func (c *tap) Opened() { c.handler.Opened() }

// Frame implements host.ConnHandler.
func (c *tap) Frame(frame []byte) {
	if c.second != nil {
		read, err := c.second.Incoming(frame)
		if err != nil && c.of.w.e.cfg.Breach != nil {
			c.of.w.e.cfg.Breach("what servers send is what the protocol's description says", fmt.Sprintf(
				"%d bytes from %s can't be read: %v", len(frame), c.conn.Peer(), err))
		}
		frame = read
	}
	if !c.welcomed {
		c.welcomed = true
		c.of.granted(frame)
	}
	c.handler.Frame(frame)
}

// Closed implements host.ConnHandler.
func (c *tap) Closed() { c.handler.Closed() }

// ask has a handshake ask for another timeout.
func (t *tapped) ask(frame []byte) []byte {
	r, err := wire.DecodeConnectRequest(frame)
	if err != nil || !t.w.e.cfg.Habits.Asks {
		return frame
	}
	r.TimeoutMs = t.w.e.cfg.Habits.drawTimeout(t.rng)
	t.asked = r.TimeoutMs
	if tell := t.w.e.cfg.Asked; tell != nil && r.SessionID != 0 {
		tell(r.SessionID, t.w.e.cfg.Habits.grants(r.TimeoutMs))
	}
	return r.Encode()
}

// granted tells what the session was granted.
func (t *tapped) granted(frame []byte) {
	r, err := wire.DecodeConnectResponse(frame)
	if tell := t.w.e.cfg.Granted; err == nil && r.SessionID != 0 && t.w.e.cfg.Habits.Asks && tell != nil {
		tell(Grant{Session: r.SessionID, Asked: t.asked, Granted: r.TimeoutMs})
	}
}

// grants is the timeout of a session that asks for one.
func (h Habits) grants(ms int32) time.Duration {
	return min(max(time.Duration(ms)*time.Millisecond, h.TimeoutMin), h.TimeoutMax)
}

// drawTimeout draws what a session asks for, in milliseconds: mostly something that can be granted.
func (h Habits) drawTimeout(rng *rand.Rand) int32 {
	low, high := int32(h.TimeoutMin.Milliseconds()), int32(h.TimeoutMax.Milliseconds())
	if rng.IntN(2) == 0 {
		return low + rng.Int32N(high-low+1)
	}
	odd := []int32{math.MinInt32, -1, 0, 1, low - 1, low, high, high + 1, math.MaxInt32}
	return odd[rng.IntN(len(odd))]
}
