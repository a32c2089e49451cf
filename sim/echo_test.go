package sim

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"ordeal/host"
)

// counter is a program that counts: a message from a peer or a frame from a client adds one, the count is synced to
// disk, and then the peer or the client is answered with it. Every 10 ms it tells its peers.
type counter struct {
	h     host.Host
	peers []host.Addr
	count uint64
	heard uint64
}

const counterFile = "count"

func bootCounter(peers ...host.Addr) host.Boot {
	return func(h host.Host) (host.Program, error) {
		c := &counter{h: h, peers: peers}
		data, err := h.Disk().ReadFile(counterFile)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			c.count = uint64(len(data) / 8)
		}
		h.Clock().SetAlarm(h.Clock().Now() + 10*time.Millisecond)
		return c, nil
	}
}

func (c *counter) add(done func()) {
	c.count++
	c.h.Disk().Submit(host.Job{
		host.Append(counterFile, binary.BigEndian.AppendUint64(nil, c.count)),
		host.Sync(counterFile),
		host.SyncDir(),
	}, func(err error) {
		if err != nil {
			c.h.Stop(err)
		}
		done()
	})
}

func (c *counter) Receive(host.Addr, []byte) {
	c.heard++
	c.add(func() {})
}

func (c *counter) Accept(host.Conn) {}

func (c *counter) Frame(conn host.Conn, payload []byte) {
	c.add(func() { conn.Send(payload) })
}

func (c *counter) Closed(host.Conn) {}

func (c *counter) Wake() {
	for _, p := range c.peers {
		c.h.Send(p, []byte("tick"))
	}
	c.h.Clock().SetAlarm(c.h.Clock().Now() + 10*time.Millisecond)
}

// caller is the straight-line client of a counter: it sends frames one by one and dials again when it must.
type caller struct {
	p      host.Process
	signal host.Signal
	answer string
	open   bool
	closed bool
	conn   host.Conn
}

func (c *caller) Opened()              { c.open = true; c.signal.Set() }
func (c *caller) Frame(payload []byte) { c.answer = string(payload); c.signal.Set() }
func (c *caller) Closed()              { c.closed = true; c.signal.Set() }

func dial(p host.Process, to host.Addr) *caller {
	c := &caller{p: p, signal: p.NewSignal()}
	c.conn = p.Dial(to, c)
	return c
}

// call sends a frame and reports whether it came back before the connection ended or a second passed.
func (c *caller) call(text string) bool {
	c.conn.Send([]byte(text))
	deadline := c.p.Now() + time.Second
	for c.answer != text {
		if c.closed || !c.signal.Wait(deadline-c.p.Now()) {
			return false
		}
	}
	return true
}

// calls makes n calls, on as many connections as it takes, and returns how many were answered.
func calls(p host.Process, to host.Addr, n int) (answered int) {
	c := dial(p, to)
	for i := range n {
		if c.call(fmt.Sprintf("%s-%d", p.Self(), i)) {
			answered++
			continue
		}
		c.conn.Close()
		p.Sleep(50 * time.Millisecond)
		c = dial(p, to)
	}
	c.conn.Close()
	return answered
}

// noFailures ends a test whose software panicked.
func noFailures(t *testing.T, w *World) {
	t.Helper()
	for _, f := range w.Failures() {
		t.Fatalf("%v\n%s", f, f.Stack)
	}
}

func TestEchoOverConnections(t *testing.T) {
	w := New(1, Config{})
	defer w.Close()
	w.AddMachine("n1", bootCounter())
	answered := map[host.Addr]int{}
	for _, name := range []host.Addr{"c1", "c2", "c3"} {
		w.Spawn(name, func(p host.Process) {
			p.Sleep(20 * time.Millisecond)
			answered[name] = calls(p, "n1", 100)
		})
	}
	w.RunUntil(5 * time.Second)
	noFailures(t, w)
	for name, n := range answered {
		if n != 100 {
			t.Errorf("%s: %d of 100 calls were answered", name, n)
		}
	}
	if c := w.Program("n1").(*counter); c.count != 300 || len(answered) != 3 {
		t.Errorf("the server counted %d, clients that ended: %d", c.count, len(answered))
	}
	if _, err := w.machine("c9"); err == nil {
		t.Error("found a machine that is not there")
	}
}
