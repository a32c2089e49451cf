package sim

import (
	"fmt"
	"testing"
	"time"

	"ordeal/host"
)

// probe is a program that writes down what it hears, and does what a test hangs into it.
type probe struct {
	h       host.Host
	w       *World
	heard   []string
	conns   []host.Conn
	receive func(from host.Addr, payload []byte)
	frame   func(c host.Conn, payload []byte)
	wake    func()
}

func (p *probe) hear(format string, args ...any) {
	p.heard = append(p.heard, fmt.Sprintf(format, args...))
}

func (p *probe) Receive(from host.Addr, payload []byte) {
	p.hear("%s", payload)
	if p.receive != nil {
		p.receive(from, payload)
	}
}

func (p *probe) Accept(c host.Conn) {
	p.conns = append(p.conns, c)
	p.hear("accept")
}

func (p *probe) Frame(c host.Conn, payload []byte) {
	p.hear("%s", payload)
	if p.frame != nil {
		p.frame(c, payload)
	}
}

func (p *probe) Closed(host.Conn) { p.hear("closed") }

func (p *probe) Wake() {
	p.hear("wake")
	if p.wake != nil {
		p.wake()
	}
}

// addProbe adds a machine that runs a probe, boots it, and returns the probe of its first life.
func addProbe(t *testing.T, w *World, name host.Addr) *probe {
	t.Helper()
	w.AddMachine(name, func(h host.Host) (host.Program, error) { return &probe{h: h, w: w}, nil })
	w.RunUntil(w.Now() + 10*time.Millisecond)
	return probeOf(t, w, name)
}

func probeOf(t *testing.T, w *World, name host.Addr) *probe {
	t.Helper()
	p, ok := w.Program(name).(*probe)
	if !ok {
		t.Fatalf("%s is not up", name)
	}
	return p
}

// handler is a ConnHandler that writes down what it hears.
type handler struct {
	heard  []string
	signal host.Signal
}

func (h *handler) hear(what string) {
	h.heard = append(h.heard, what)
	h.signal.Set()
}

func (h *handler) Opened()              { h.hear("opened") }
func (h *handler) Frame(payload []byte) { h.hear(string(payload)) }
func (h *handler) Closed()              { h.hear("closed") }

// must applies verbs that are to succeed.
func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// run lets the world go on for d.
func run(w *World, d time.Duration) { w.RunUntil(w.Now() + d) }
