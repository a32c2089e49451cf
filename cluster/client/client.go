package client

import (
	"math"
	"slices"
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
)

// Config says where the cluster is and how patient the client is.
type Config struct {
	// Servers are tried in turn, from a place that chance picks.
	Servers []host.Addr
	// SessionTimeout is what the client asks for; the cluster may grant another. 0 is 4 s.
	SessionTimeout time.Duration
	// Session, if its ID is not 0, is a session to take over: whoever else has it loses it. The zero value asks for a
	// new one.
	Session Credentials
	// ReadOnly says that the client makes do with a server that has no leader, until one that has is found: it then reads
	// what may be long out of date, and all else is refused with wire.NotReadOnly.
	ReadOnly bool
	// Eager says that a client that comes back sends what waits right behind its handshake, without waiting for the answer
	// to that. What was sent so and got no answer may be done behind newer requests: a network that holds up both until
	// the client has gone elsewhere gives the session back to where they arrive.
	Eager bool
	// Xid is the number behind which the client numbers its requests: of one that takes a session over, that of the last
	// request that was made there.
	Xid int32
	// Claims are who the client is from the start, as AddAuth has it later: a server that demands that clients say so
	// serves no request before.
	Claims []wire.AuthRequest
	// RequestTimeout bounds one call, the wait for a connection included. 0 is SessionTimeout.
	RequestTimeout time.Duration
	// Chroot, if it is not "", is the path of a znode that this client takes for the root: "/apps/a". All that it asks for
	// lies below, and every path that it is told begins there. The znode has to be there.
	Chroot string
	// Heard is told what servers say besides the answers to the caller's own requests.
	Heard Heard
}

// passwdBytes is the size of a session's password; who has no session yet sends zeros.
const passwdBytes = 16

// Credentials are what it takes to take a session over.
type Credentials struct {
	ID     int64
	Passwd []byte
}

type state uint8

const (
	seeking state = iota // no connection carries the session, but one may again
	serving              // the connection carries the session
	ended                // expired, closed or abandoned: final
)

// Client is one session with the cluster. Use it from one process only.
type Client struct {
	p      host.Process
	cfg    Config
	chroot chroot

	state   state
	why     error // once ended: the error of every call
	id      int64 // the session, 0 before there is one
	passwd  []byte
	timeout time.Duration // the session's, as granted

	servers  []host.Addr
	next     int           // index of the server to try next
	failures int           // attempts in a row that came to nothing
	retryAt  time.Duration // while there is no link: when to dial
	link     *link         // nil between attempts
	links    int           // connections that have carried the session
	timer    func()        // cancels the timer that is set

	queue   []*call // made, not yet sent
	xid     int32   // the last one given
	zxid    int64   // the highest seen in a reply: watches are set again as of it
	told    int64   // the highest seen in an event: with zxid, what the next server must have applied
	contact time.Duration
	watches watches
	claims  []*claim // who the client says it is, in the order in which it said so

	// wake is set whenever something that a call or a watch waits for may have come. One is enough, because a
	// process waits in one place at a time and looks for itself what it was woken for.
	wake host.Signal
}

// New makes a client, which begins to connect. It needs at least one server.
func New(p host.Process, cfg Config) *Client {
	if len(cfg.Servers) == 0 {
		panic("client: a client needs at least one server")
	}
	if cfg.SessionTimeout <= 0 {
		cfg.SessionTimeout = 4 * time.Second
	}
	if cfg.RequestTimeout <= 0 {
		cfg.RequestTimeout = cfg.SessionTimeout
	}
	c := &Client{
		p: p, cfg: cfg, chroot: chroot(cfg.Chroot),
		id:      cfg.Session.ID,
		passwd:  cfg.Session.Passwd,
		timeout: cfg.SessionTimeout,
		xid:     cfg.Xid,
		servers: slices.Clone(cfg.Servers),
		next:    p.Rand().IntN(len(cfg.Servers)),
		timer:   func() {},
		contact: p.Now(),
		wake:    p.NewSignal(),
	}
	if c.id == 0 {
		c.passwd = make([]byte, passwdBytes)
	}
	for _, one := range cfg.Claims {
		c.claims = append(c.claims, &claim{req: one})
	}
	c.dial()
	return c
}

// Session is the session's id; ok is false before the cluster has given one.
func (c *Client) Session() (id int64, ok bool) { return c.id, c.id != 0 }

// Credentials are the session's, for another client to take it over; their ID is 0 before there is a session.
func (c *Client) Credentials() Credentials { return Credentials{c.id, c.passwd} }

// Timeout is the session's timeout, as the cluster granted it.
func (c *Client) Timeout() time.Duration { return c.timeout }

// Connected says whether a connection carries the session now.
func (c *Client) Connected() bool { return c.state == serving }

// Servers is how many servers are tried in turn.
func (c *Client) Servers() int { return len(c.servers) }

// Connections counts those that have carried the session.
func (c *Client) Connections() int { return c.links }

// Server is the server whose connection carries the session now; "" while none does.
func (c *Client) Server() host.Addr {
	if c.state != serving || c.link == nil {
		return ""
	}
	return c.link.server
}

// ReadOnly says whether the connection that carries the session is to a server without a leader.
func (c *Client) ReadOnly() bool { return c.state == serving && c.link != nil && c.link.readOnly }

// Expired says whether the cluster has said that the session is over.
func (c *Client) Expired() bool { return c.state == ended && c.why == ErrSessionExpired }

// Alive says whether the client can still be used: it has not expired, been closed or been abandoned.
func (c *Client) Alive() bool { return c.state != ended }

// LastContact is the instant, on the process's clock, at which the client sent the latest thing that was answered.
// The cluster heard of the session at that time or later.
func (c *Client) LastContact() time.Duration { return c.contact }

// Silence is for how long, by the client's own clock, nothing has come on the connection that it has or is trying to
// get; 0 between two of them.
func (c *Client) Silence() time.Duration {
	if c.link == nil {
		return 0
	}
	return c.p.Now() - c.link.heard
}

// Overdue says that by the client's own clock the session's timeout has passed since LastContact, so that the cluster
// may have ended the session. It is a hint: the session may live, or be over although it says false.
func (c *Client) Overdue() bool { return c.p.Now()-c.contact >= c.timeout }

// LastXid is the number of the last request that was sent; 0 before the first.
func (c *Client) LastXid() int32 { return c.xid }

// LastZxid is the highest zxid that a server's reply has shown.
func (c *Client) LastZxid() int64 { return c.zxid }

// Close ends the session and with it its ephemeral znodes. After an error the cluster ends it when its time is up.
// Either way the client can no longer be used.
func (c *Client) Close() error {
	if c.state == ended {
		return c.why
	}
	if c.id == 0 {
		c.end(ErrClosed)
		return nil
	}
	err := c.await(c.submit(wire.CloseSessionRequest{}, nil))
	c.end(ErrClosed)
	return err
}

// Abandon drops everything at once and leaves the session to expire, as a client does that died.
func (c *Client) Abandon() { c.end(ErrClosed) }

// end makes the client unusable. Requests under way stay unknown; those not sent end with why.
func (c *Client) end(why error) {
	if c.state == ended {
		return
	}
	c.state, c.why = ended, why
	c.timer()
	c.unlink()
	for _, k := range c.queue {
		k.finish(why)
	}
	c.queue = nil
	c.watches.endAll(why)
	c.wake.Set()
}

// nextXid counts from 1 and begins again behind the largest.
func (c *Client) nextXid() int32 {
	if c.xid == math.MaxInt32 {
		c.xid = 0
	}
	c.xid++
	return c.xid
}
