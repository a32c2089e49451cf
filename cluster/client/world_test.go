package client_test

import (
	"cmp"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"ordeal/host"
)

// world is a host.Process in virtual time for one test: the test function is the process, and while it waits the
// world carries out what is due.
type world struct {
	now    time.Duration
	seq    int
	due    []*event
	rng    *rand.Rand
	server map[host.Addr]*server
}

type event struct {
	at  time.Duration
	seq int
	f   func()
}

func newWorld() *world {
	return &world{rng: rand.New(rand.NewPCG(1, 2)), server: map[host.Addr]*server{}}
}

func (w *world) Self() host.Addr    { return "c1" }
func (w *world) Now() time.Duration { return w.now }
func (w *world) Rand() *rand.Rand   { return w.rng }
func (w *world) Log() *slog.Logger  { return slog.New(slog.DiscardHandler) }

func (w *world) After(d time.Duration, f func()) (cancel func()) {
	e := &event{at: w.now + d, seq: w.seq, f: f}
	w.seq++
	w.due = append(w.due, e)
	return func() { e.f = func() {} }
}

// step carries out the next event, unless it lies behind until.
func (w *world) step(until time.Duration) bool {
	if len(w.due) == 0 {
		return false
	}
	next := slices.MinFunc(w.due, func(a, b *event) int { return cmp.Or(cmp.Compare(a.at, b.at), a.seq-b.seq) })
	if next.at > until {
		return false
	}
	w.due = slices.DeleteFunc(w.due, func(e *event) bool { return e == next })
	w.now = max(w.now, next.at)
	next.f()
	return true
}

func (w *world) Sleep(d time.Duration) {
	until := w.now + d
	for w.step(until) {
	}
	w.now = until
}

type signal struct {
	w   *world
	set bool
}

func (w *world) NewSignal() host.Signal { return &signal{w: w} }

func (s *signal) Set() { s.set = true }

func (s *signal) Wait(timeout time.Duration) bool {
	until := s.w.now + timeout
	if timeout < 0 {
		until = 1 << 62
	}
	for !s.set && s.w.step(until) {
	}
	if !s.set {
		s.w.now = until
		return false
	}
	s.set = false
	return true
}

// hop is how long a frame travels.
const hop = time.Millisecond

// conn is both ends of a connection.
type conn struct {
	w       *world
	to      *server
	h       host.ConnHandler
	gone    bool // either end closed it
	session int64
	watch   map[string]bool // "data /a", "child /a"
}

func (w *world) Dial(to host.Addr, h host.ConnHandler) host.Conn {
	c := &conn{w: w, to: w.server[to], h: h, watch: map[string]bool{}}
	w.After(hop, func() {
		switch {
		case c.gone:
		case c.to.down:
			c.gone = true
			h.Closed()
		default:
			c.to.conns = append(c.to.conns, c)
			h.Opened()
		}
	})
	return c
}

func (c *conn) Peer() string { return "the other end" }
func (c *conn) Close()       { c.gone = true }

func (c *conn) Send(payload []byte) {
	c.w.After(hop, func() {
		if !c.gone {
			c.to.frame(c, payload)
		}
	})
}

func (c *conn) deliver(payload []byte) {
	c.w.After(hop, func() {
		if !c.gone {
			c.h.Frame(payload)
		}
	})
}

// breakOff ends the connection from the server's side.
func (c *conn) breakOff() {
	if !c.gone {
		c.gone = true
		c.h.Closed()
	}
}
