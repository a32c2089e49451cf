package client

import (
	"fmt"
	"slices"
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
)

const (
	// The wait before another attempt lies between half of a bound and the bound, which doubles from the first to
	// the last with every attempt in a row that fails.
	backoffFirst = 20 * time.Millisecond
	backoffLast  = 640 * time.Millisecond
	// An attempt may take the session's timeout divided by the number of servers, so that every server can be tried
	// before the session is over, but not less than this.
	attemptMin = 100 * time.Millisecond
)

// link is one connection, from the dial to its end. The client has one at a time, and what an older one still says
// is ignored.
type link struct {
	c      *Client
	conn   host.Conn
	server host.Addr
	dialed time.Duration
	sent   time.Duration // when the last frame left
	heard  time.Duration // when the last frame came
	pinged time.Duration // when the ping under way left, or noPing
	// eager says that what waited was sent with the handshake.
	eager bool
	// readOnly says that the server has no leader.
	readOnly bool
	flying   []*call  // sent and not answered, in the order of their xids
	room     [1]*call // for the one that most clients wait for
	claims   []*claim // made on this connection and not answered, in order
	said     []*claim // all that were made on this connection
	// Frames that left and came, and the xid of the last answer.
	outgoing, incoming uint64
	answered           int32
	// forgot says that the server may have watches that the client has forgotten.
	forgot bool
}

const noPing time.Duration = -1

// dial tries the next server and asks for the session.
func (c *Client) dial() {
	now := c.p.Now()
	server := c.servers[c.next]
	c.next = (c.next + 1) % len(c.servers)
	l := &link{c: c, server: server, dialed: now, sent: now, heard: now, pinged: noPing}
	c.link = l
	c.schedule()
	l.conn = c.p.Dial(server, l)
	l.outgoing++
	l.conn.Send(wire.ConnectRequest{
		LastZxidSeen: max(c.zxid, c.told),
		TimeoutMs:    int32(c.cfg.SessionTimeout / time.Millisecond),
		SessionID:    c.id,
		Passwd:       c.passwd,
		HasReadOnly:  true,
		ReadOnly:     c.cfg.ReadOnly,
	}.Encode())
	if l.eager = c.cfg.Eager && c.id != 0; l.eager {
		l.sendWaiting()
	}
}

// unlink gives the connection up. What was sent on it stays unknown.
func (c *Client) unlink() {
	l := c.link
	if l == nil {
		return
	}
	c.link = nil
	l.conn.Close()
	for _, k := range c.bendUnlinked(l.flying) {
		k.finish(ErrConnectionLoss)
	}
	l.flying = nil
}

// drop gives the connection up and goes on to another one after a while.
func (c *Client) drop(reason string) {
	c.p.Log().Debug("client: the connection is given up", "session", c.id, "reason", reason)
	c.unlink()
	c.state = seeking
	bound := min(backoffFirst<<min(c.failures, 10), backoffLast)
	c.failures++
	c.retryAt = c.p.Now() + bound/2 + time.Duration(c.p.Rand().Int64N(int64(bound/2)))
	c.schedule()
	c.wake.Set()
}

// schedule sets the one timer to the next instant at which the client must act. Frames push that instant back without
// setting the timer again: it then fires early and finds nothing to do.
func (c *Client) schedule() {
	c.timer()
	c.timer = c.p.After(max(0, c.due()-c.p.Now()), c.onTimer)
}

func (c *Client) due() time.Duration {
	l := c.link
	switch {
	case l == nil:
		return c.retryAt
	case c.state != serving:
		return l.dialed + c.attemptMax()
	case l.pinged != noPing:
		return l.heard + c.readMax()
	default:
		return min(l.heard+c.readMax(), l.sent+c.pingEvery())
	}
}

func (c *Client) attemptMax() time.Duration {
	return max(attemptMin, c.bendAttempt(c.timeout/time.Duration(len(c.servers))))
}

// readMax is how long a server may be silent, and pingEvery how long the client may: ZooKeeper's two thirds and one
// third of the session's timeout.
func (c *Client) readMax() time.Duration   { return c.bendSilence(c.timeout * 2 / 3) }
func (c *Client) pingEvery() time.Duration { return c.timeout / 3 }

func (c *Client) onTimer() {
	now := c.p.Now()
	if c.state == ended {
		return
	}
	l := c.link
	switch {
	case now < c.due():
		c.schedule()
	case l == nil:
		c.dial()
	case c.state != serving:
		c.drop("the server did not take the session in time")
	case now >= l.heard+c.readMax():
		c.drop("the server was silent for too long")
	default:
		l.ping()
		c.schedule()
	}
}

func (l *link) ping() {
	l.pinged = l.c.p.Now()
	l.send(wire.EncodeRequest(wire.XidPing, wire.PingRequest{}))
}

func (l *link) send(frame []byte) {
	l.sent = l.c.p.Now()
	l.outgoing++
	l.conn.Send(frame)
}

// Opened implements host.ConnHandler. The request for the session is already on its way.
func (l *link) Opened() {}

// Closed implements host.ConnHandler.
func (l *link) Closed() {
	if l.c.link == l {
		l.c.drop("the connection broke")
	}
}

// Frame implements host.ConnHandler.
func (l *link) Frame(payload []byte) {
	c := l.c
	if c.link != l {
		return
	}
	l.heard = c.p.Now()
	l.incoming++
	var err error
	if c.state != serving {
		err = l.connected(payload)
	} else {
		err = l.reply(payload)
	}
	if err != nil && c.link == l {
		c.drop(err.Error())
	}
}

// connected takes the answer to the request for the session, and then sends what has waited.
func (l *link) connected(payload []byte) error {
	c := l.c
	r, err := wire.DecodeConnectResponse(payload)
	switch {
	case err != nil:
		return err
	case r.SessionID == 0 && c.id == 0:
		return fmt.Errorf("client: the server gave no session")
	case r.SessionID == 0:
		c.end(ErrSessionExpired)
		return nil
	case c.id != 0 && r.SessionID != c.id:
		return fmt.Errorf("client: the server gave session %#x instead of %#x", r.SessionID, c.id)
	case r.TimeoutMs <= 0:
		return fmt.Errorf("client: the server gave a session timeout of %d ms", r.TimeoutMs)
	}
	if l.readOnly = r.ReadOnly; r.ReadOnly && !c.cfg.ReadOnly {
		return fmt.Errorf("client: the server has no leader")
	}
	c.id, c.passwd = r.SessionID, r.Passwd
	c.timeout = time.Duration(r.TimeoutMs) * time.Millisecond
	c.contact = max(c.contact, l.dialed)
	c.state, c.failures = serving, 0
	c.links++
	if heard := c.cfg.Heard.Attached; heard != nil {
		heard()
	}
	if l.eager {
		for _, a := range c.claims {
			if !slices.Contains(l.claims, a) { // it was made since
				l.claim(a)
			}
		}
		l.sendQueue()
	} else {
		l.sendWaiting()
	}
	c.schedule()
	c.wake.Set()
	return nil
}

// sendWaiting sends first who the client is, because watches and requests need its permissions, and then the watches,
// so that no read behind them can show what an event has yet to tell.
func (l *link) sendWaiting() {
	for _, a := range bendClaims(l.c.claims) {
		l.claim(a)
	}
	l.forgot = l.c.watches.torn()
	l.bendQueue()
	for _, w := range l.c.watches.requests(l.c.zxid) {
		l.transmit(l.c.setAgain(w))
	}
	l.sendQueue()
}

// sendQueue sends the requests that were made while no connection carried the session.
func (l *link) sendQueue() {
	queue := l.c.queue
	l.c.queue = nil
	for _, k := range queue {
		k.xid = l.c.nextXid()
		l.transmit(k)
	}
}
