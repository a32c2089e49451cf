package oshost

import (
	"bufio"
	"context"
	"fmt"
	"net"

	"ordeal/host"
)

// dialled is a connection that a process opened, as the process sees it. Its own fields belong to the process.
type dialled struct {
	b       *body
	to      host.Addr
	handler host.ConnHandler
	stream  *stream
	live    context.Context
	hangUp  context.CancelFunc
	gone    bool // closed by the process, or the handler has had its call of Closed
}

// Dial implements host.Process.
func (b *body) Dial(to host.Addr, h host.ConnHandler) host.Conn {
	c := &dialled{b: b, to: to, handler: h, stream: newStream(b.cfg.MaxFrame)}
	c.live, c.hangUp = context.WithCancel(b.live)
	b.dialled[c] = struct{}{}
	b.tasks.Add(1)
	go func() {
		defer b.tasks.Done()
		c.serve()
	}()
	return c
}

// serve opens the connection and carries its frames until it ends, and tells the process of each step.
func (c *dialled) serve() {
	defer c.hangUp()
	err := c.carry()
	c.b.cfg.Logger.Debug("a connection ended", "to", string(c.to), "err", err)
	c.tell(happeningClosed, nil)
}

func (c *dialled) carry() error {
	address, err := c.b.resolve(c.to)
	if err != nil {
		return err
	}
	nc, err := c.b.connect(c.live, address)
	if err != nil {
		return err
	}
	if c.b.cfg.TLS != nil {
		plain := nc
		if nc, err = dialTLS(c.live, plain, address, c.b.cfg.TLS); err != nil {
			plain.Close()
			return err
		}
	}
	c.tell(happeningOpened, nil)
	r := bufio.NewReaderSize(nc, readBuffer)
	return c.stream.run(c.live, nc, r, func(payload []byte) bool { return c.tell(happeningFrame, payload) })
}

func (b *body) connect(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if b.cfg.Dial != nil {
		return b.cfg.Dial(ctx, address)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", address)
}

func (c *dialled) tell(kind happeningKind, payload []byte) bool {
	return c.b.inbox.Put(happening{conn: c, kind: kind, payload: payload}, len(payload))
}

// resolve finds where a name is.
func (b *body) resolve(to host.Addr) (string, error) {
	if address, known := b.cfg.Servers[to]; known {
		return address, nil
	}
	if _, _, err := net.SplitHostPort(string(to)); err == nil {
		return string(to), nil
	}
	return "", fmt.Errorf("the address of %s is not known", to)
}

// call tells the handler what happened, unless the connection is over for the process.
func (h happening) call() {
	if h.kind == happeningAsked {
		h.f()
		return
	}
	c := h.conn
	if c.gone {
		return
	}
	switch h.kind {
	case happeningOpened:
		c.handler.Opened()
	case happeningFrame:
		c.handler.Frame(h.payload)
	case happeningClosed:
		c.forget()
		c.handler.Closed()
	}
}

// Send implements host.Conn.
func (c *dialled) Send(payload []byte) {
	if c.gone || c.stream.out.push(payload) {
		return
	}
	c.b.cfg.Logger.Warn("a server does not read what it is sent: hung up", "to", string(c.to))
	c.hangUp()
}

// Close implements host.Conn.
func (c *dialled) Close() {
	if !c.gone {
		c.forget()
		c.stream.finish()
	}
}

// Peer implements host.Conn.
func (c *dialled) Peer() string { return string(c.to) }

func (c *dialled) forget() {
	c.gone = true
	delete(c.b.dialled, c)
}
