package sim

import (
	"testing"
	"time"

	"ordeal/host"
)

func TestDial(t *testing.T) {
	tests := []struct {
		name       string
		prepare    func(w *World) error
		to         host.Addr
		least, max time.Duration
	}{
		{"a machine that is down", func(w *World) error { return w.Crash("n1") }, "n1", 0, 5 * time.Millisecond},
		{"no machine", func(*World) error { return nil }, "n9", 0, 5 * time.Millisecond},
		{"a machine of processes", func(*World) error { return nil }, "c2", 0, 5 * time.Millisecond},
		{"across a cut", func(w *World) error { return w.Cut("c1", "n1") }, "n1", 2 * time.Second, 2001 * time.Millisecond},
		{"no way back", func(w *World) error { return w.Cut("n1", "c1") }, "n1", 2 * time.Second, 2001 * time.Millisecond},
		{"a link that loses all", func(w *World) error { return w.SetLink("c1", "n1", LinkFault{LossPPM: million}) }, "n1",
			2 * time.Second, 2001 * time.Millisecond},
	}
	for _, tt := range tests {
		w := New(1, Config{})
		addProbe(t, w, "n1")
		for _, c := range []host.Addr{"c1", "c2"} {
			w.Spawn(c, func(host.Process) {})
		}
		run(w, time.Millisecond)
		must(t, tt.prepare(w))
		h := &handler{}
		var took time.Duration
		w.Spawn("c1", func(p host.Process) {
			start := p.Now()
			h.signal = p.NewSignal()
			p.Dial(tt.to, h).Send([]byte("x"))
			h.signal.Wait(-1)
			took = p.Now() - start
		})
		run(w, time.Minute)
		noFailures(t, w)
		expect(t, "dialler of "+tt.name, h.heard, "closed")
		if took < tt.least || took > tt.max {
			t.Errorf("%s: closed after %v", tt.name, took)
		}
	}
}

func TestDialGivenUpIsNeverAccepted(t *testing.T) {
	w := New(1, Config{})
	n1 := addProbe(t, w, "n1")
	h := &handler{}
	w.Spawn("c1", func(p host.Process) {
		p.Sleep(time.Millisecond)
		h.signal = p.NewSignal()
		p.Dial("n1", h)
		p.Dial("n1", h).Close()
		p.Sleep(time.Hour)
	})
	run(w, 0)
	must(t, w.Cut("c1", "n1"))
	run(w, 5*time.Second)
	must(t, w.Mend("c1", "n1"))
	run(w, time.Minute)
	expect(t, "the dialler", h.heard, "closed")
	expect(t, "the server", n1.heard)
	if n := len(w.byName["c1"].conns); n != 0 {
		t.Errorf("%d ends are left", n)
	}
}

func TestServerHearsOfADialGivenUp(t *testing.T) {
	w := New(1, Config{})
	n1 := addProbe(t, w, "n1")
	h := &handler{}
	w.Spawn("c1", func(p host.Process) {
		p.Sleep(time.Millisecond)
		h.signal = p.NewSignal()
		p.Dial("n1", h)
		p.Sleep(time.Hour)
	})
	run(w, 0)
	must(t, w.Cut("n1", "c1"))
	run(w, 1900*time.Millisecond)
	expect(t, "the server", n1.heard, "accept")
	run(w, 200*time.Millisecond)
	expect(t, "the server", n1.heard, "accept", "closed")
	must(t, w.Mend("n1", "c1"))
	run(w, time.Minute)
	expect(t, "the dialler", h.heard, "closed")
}
