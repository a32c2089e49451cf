package oshost

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"ordeal/host"
)

// acceptPause is how long a port rests after it failed to accept: the reason, file descriptors mostly, will not be
// gone at once.
const acceptPause = 50 * time.Millisecond

// acceptFrom hands on connections until the listener is closed.
func (m *Machine) acceptFrom(l net.Listener, take func(net.Conn)) {
	for {
		nc, err := l.Accept()
		if err == nil {
			take(nc)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		m.cfg.Logger.Warn("can't accept a connection", "port", l.Addr(), "err", err)
		select {
		case <-time.After(acceptPause):
		case <-m.quit:
			return
		}
	}
}

// acceptClients takes clients in at a port, over TLS if config is not nil.
func (m *Machine) acceptClients(port net.Listener, config *tls.Config) {
	_, asked := m.program.(host.Texter)
	atOnce := !asked && config == nil
	m.acceptFrom(port, func(nc net.Conn) {
		if !m.guests.enter(nc.RemoteAddr()) {
			m.counters.refused.Add(1)
			m.cfg.Logger.Warn("too many connections from one address: one is refused", "client", nc.RemoteAddr(), "max",
				m.guests.max)
			nc.Close()
			return
		}
		c := &conn{m: m, stream: newStream(m.cfg.MaxFrame), peer: nc.RemoteAddr().String(), ended: make(chan struct{})}
		if config == nil {
			c.stream.out.writeDirectly(directOf(nc))
		}
		c.live, c.hangUp = context.WithCancel(m.live)
		if atOnce && !c.enter() {
			nc.Close()
			m.guests.leave(nc.RemoteAddr())
			return
		}
		m.task(func() {
			defer m.guests.leave(nc.RemoteAddr())
			c.serve(nc, config, asked, atOnce)
		})
	})
}

// conn is a client's connection as the program sees it. Its own fields belong to the loop.
type conn struct {
	m      *Machine
	stream *stream
	peer   string
	live   context.Context
	hangUp context.CancelFunc
	ended  chan struct{} // closed when the connection is
	gone   bool          // closed by the program, or the program has had its call of Closed
	// identities and encrypted are known before the program is shown the connection.
	identities []string
	encrypted  bool
	gate       gate // what its reader waits at
	dirty      bool // it has something to write; see flusher
}

// enter tells the program of the connection. It reports false when the machine is down.
func (c *conn) enter() bool {
	if c.m.inbox.Put(event{kind: eventAccept, conn: c}, 0) {
		return true
	}
	c.hangUp()
	return false
}

// serve carries the connection's frames until it ends, and tells the program of both. A program that answers words is
// shown a connection only when it began with something else, and every program of one over TLS when that stands.
func (c *conn) serve(nc net.Conn, config *tls.Config, asked, entered bool) {
	defer close(c.ended)
	defer c.hangUp()
	if config != nil {
		secure, err := c.secure(nc, config)
		if err != nil {
			c.m.counters.tlsFailed.Add(1)
			c.m.cfg.Logger.Info("a client was refused", "client", c.peer, "err", err)
			nc.Close()
			return
		}
		nc = secure
	}
	r := bufio.NewReaderSize(nc, readBuffer)
	if asked && c.greet(nc, r) {
		return
	}
	if !entered && !c.enter() {
		nc.Close()
		return
	}
	err := c.stream.run(c.live, nc, r, func(payload []byte) bool {
		return c.m.inbox.Put(event{kind: eventFrame, conn: c, payload: payload}, len(payload)) && c.gate.pass(c.live)
	})
	if errors.Is(err, errLength) {
		c.m.counters.garbage.Add(1)
	}
	c.m.cfg.Logger.Debug("a client's connection ended", "client", c.peer, "err", err)
	c.m.inbox.Put(event{kind: eventClosed, conn: c}, 0)
}

// Send implements host.Conn. A client that leaves more unread than its queue takes is hung up on: it would otherwise
// have us keep everything.
func (c *conn) Send(payload []byte) {
	if c.gone {
		return
	}
	if c.stream.out.hold(payload) {
		c.m.flusher.add(c)
		return
	}
	c.m.counters.slowReaders.Add(1)
	c.m.cfg.Logger.Warn("a client does not read its answers: hung up", "client", c.peer)
	c.hangUp()
}

// Close implements host.Conn.
func (c *conn) Close() {
	if !c.gone {
		c.forget()
		c.stream.finish()
		c.gate.set(false)
	}
}

// Pause implements host.Pauser.
func (c *conn) Pause(paused bool) { c.gate.set(paused && !c.gone) }

// Peer implements host.Conn.
func (c *conn) Peer() string { return c.peer }

// forget says that the program and the connection have nothing more to do with each other.
func (c *conn) forget() {
	c.gone = true
	delete(c.m.conns, c)
}
