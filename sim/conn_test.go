package sim

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ordeal/host"
)

// connected is a world with a probe n1 that echoes, and a client c1 with one open connection to it.
func connected(t *testing.T, cfg Config) (*World, *probe, *handler, host.Conn) {
	t.Helper()
	w := New(1, cfg)
	n1 := addProbe(t, w, "n1")
	n1.frame = func(c host.Conn, payload []byte) { c.Send(append([]byte("re:"), payload...)) }
	h := &handler{}
	var conn host.Conn
	w.Spawn("c1", func(p host.Process) {
		h.signal = p.NewSignal()
		conn = p.Dial("n1", h)
		p.Sleep(time.Hour)
	})
	run(w, 100*time.Millisecond)
	expect(t, "client", h.heard, "opened")
	expect(t, "server", n1.heard, "accept")
	return w, n1, h, conn
}

func expect(t *testing.T, who string, heard []string, want ...string) {
	t.Helper()
	if !slices.Equal(heard, want) {
		t.Fatalf("%s heard %q, want %q", who, heard, want)
	}
}

func TestConnKeepsOrderUnderEveryFault(t *testing.T) {
	w, n1, h, conn := connected(t, Config{})
	fault := LinkFault{Jitter: 20 * time.Millisecond, LossPPM: 100_000, DuplicatePPM: 300_000, ReorderPPM: 300_000}
	must(t, w.SetLink("c1", "n1", fault), w.SetLink("n1", "c1", fault))
	want := []string{"opened"}
	for i := range 200 {
		conn.Send(fmt.Appendf(nil, "%d", i))
		want = append(want, fmt.Sprintf("re:%d", i))
		run(w, 5*time.Millisecond)
	}
	run(w, 20*time.Second)
	expect(t, "client", h.heard, want...)
	if len(n1.heard) != 201 {
		t.Errorf("the server heard %d frames of 200", len(n1.heard)-1)
	}
}

func TestConnLossIsOnlyLate(t *testing.T) {
	w, _, h, conn := connected(t, Config{})
	must(t, w.SetLink("c1", "n1", LinkFault{LossPPM: 900_000}))
	conn.Send([]byte("x"))
	run(w, 100*time.Millisecond)
	expect(t, "client", h.heard, "opened")
	run(w, time.Minute)
	if got := h.heard[len(h.heard)-1]; got != "re:x" && got != "closed" {
		t.Errorf("heard %q", h.heard)
	}
	must(t, w.SetLink("c1", "n1", LinkFault{LossPPM: million}))
	conn.Send([]byte("y"))
	run(w, time.Minute)
	if got := h.heard[len(h.heard)-1]; got != "closed" {
		t.Errorf("a link that loses everything did not break the connection: %q", h.heard)
	}
}

func TestCloseDeliversWhatWasSent(t *testing.T) {
	w, n1, h, conn := connected(t, Config{})
	conn.Send([]byte("1"))
	conn.Send([]byte("2"))
	conn.Close()
	conn.Send([]byte("3"))
	conn.Close()
	run(w, time.Second)
	expect(t, "server", n1.heard, "accept", "1", "2", "closed")
	expect(t, "client", h.heard, "opened")
	if n := len(w.byName["n1"].conns) + len(w.byName["c1"].conns); n != 0 {
		t.Errorf("%d ends are left", n)
	}
}

func TestWhatComesWhileItIsNotReadWaits(t *testing.T) {
	w, n1, h, conn := connected(t, Config{})
	at := n1.conns[0]
	at.(host.Pauser).Pause(true)
	at.(host.Pauser).Pause(true)
	conn.Send([]byte("1"))
	conn.Send([]byte("2"))
	at.Send([]byte("unasked"))
	run(w, time.Second)
	expect(t, "server", n1.heard, "accept")
	at.(host.Pauser).Pause(false)
	run(w, time.Second)
	expect(t, "server", n1.heard, "accept", "1", "2")
	at.(host.Pauser).Pause(true)
	conn.Send([]byte("3"))
	conn.Close()
	run(w, time.Second)
	expect(t, "server", n1.heard, "accept", "1", "2")
	at.(host.Pauser).Pause(false)
	run(w, time.Second)
	expect(t, "server", n1.heard, "accept", "1", "2", "3", "closed")
	expect(t, "client", h.heard, "opened", "unasked", "re:1", "re:2")
}

func TestCloseBeforeOpenDeliversToo(t *testing.T) {
	w := New(1, Config{})
	n1 := addProbe(t, w, "n1")
	h := &handler{}
	w.Spawn("c1", func(p host.Process) {
		h.signal = p.NewSignal()
		c := p.Dial("n1", h)
		c.Send([]byte("early"))
		c.Close()
		p.Sleep(time.Hour)
	})
	run(w, time.Second)
	expect(t, "server", n1.heard, "accept", "early", "closed")
	expect(t, "client", h.heard)
}

func TestServerCloses(t *testing.T) {
	w, n1, h, conn := connected(t, Config{})
	n1.conns[0].Send([]byte("bye"))
	n1.conns[0].Close()
	run(w, time.Second)
	conn.Send([]byte("late"))
	run(w, time.Second)
	expect(t, "client", h.heard, "opened", "bye", "closed")
	expect(t, "server", n1.heard, "accept")
}

func TestCutHoldsFramesAndMendLetsThemGo(t *testing.T) {
	w, n1, h, conn := connected(t, Config{})
	must(t, w.Cut("c1", "n1"))
	conn.Send([]byte("1"))
	conn.Send([]byte("2"))
	run(w, 5*time.Second)
	expect(t, "server", n1.heard, "accept")
	must(t, w.Mend("c1", "n1"))
	conn.Send([]byte("3"))
	run(w, time.Second)
	expect(t, "server", n1.heard, "accept", "1", "2", "3")
	expect(t, "client", h.heard, "opened", "re:1", "re:2", "re:3")
}

func TestClogHoldsFramesForAsLongAsItLasts(t *testing.T) {
	w, n1, h, conn := connected(t, Config{})
	must(t, w.Clog("c1", "n1"))
	conn.Send([]byte("1"))
	run(w, time.Minute)
	must(t, w.Unclog("c1", "n1"))
	run(w, time.Second)
	expect(t, "server", n1.heard, "accept", "1")
	expect(t, "client", h.heard, "opened", "re:1")
}

func TestCutThatLastsBreaksBothEnds(t *testing.T) {
	for _, way := range [][2]host.Addr{{"c1", "n1"}, {"n1", "c1"}} {
		w, n1, h, conn := connected(t, Config{})
		must(t, w.Cut(way[0], way[1]))
		run(w, time.Minute)
		expect(t, "idle client", h.heard, "opened")
		conn.Send([]byte("1"))
		run(w, 7900*time.Millisecond)
		expect(t, "client", h.heard, "opened")
		run(w, 200*time.Millisecond)
		expect(t, "client", h.heard, "opened", "closed")
		if n1.heard[len(n1.heard)-1] != "closed" || w.Stats().Broken != 1 {
			t.Errorf("cut %v: the server heard %q", way, n1.heard)
		}
		must(t, w.Mend(way[0], way[1]))
		run(w, time.Minute)
		expect(t, "client", h.heard, "opened", "closed")
	}
}

func TestCutThatIsMendedInTimeBreaksNothing(t *testing.T) {
	w, _, h, conn := connected(t, Config{})
	for range 5 {
		must(t, w.Cut("c1", "n1"), w.Cut("n1", "c1"))
		conn.Send([]byte("x"))
		run(w, 5*time.Second)
		must(t, w.Mend("n1", "c1"), w.Mend("c1", "n1"))
		run(w, 2*time.Second)
	}
	run(w, time.Minute)
	if len(h.heard) != 6 {
		t.Errorf("heard %q", h.heard)
	}
}

func TestCrashOfTheServerIsHeard(t *testing.T) {
	w, _, h, conn := connected(t, Config{})
	must(t, w.Crash("n1"))
	expect(t, "client at once", h.heard, "opened")
	run(w, 10*time.Millisecond)
	expect(t, "client", h.heard, "opened", "closed")
	conn.Send([]byte("x"))
	run(w, time.Second)
	if len(w.byName["c1"].conns) != 0 {
		t.Error("the client's end is left")
	}
}

func TestCrashBehindACutIsHeardLater(t *testing.T) {
	w, _, h, _ := connected(t, Config{})
	must(t, w.Cut("n1", "c1"), w.Crash("n1"))
	run(w, 5*time.Second)
	expect(t, "client behind the cut", h.heard, "opened")
	must(t, w.Mend("n1", "c1"))
	run(w, time.Second)
	expect(t, "client", h.heard, "opened", "closed")

	w, _, h, _ = connected(t, Config{})
	must(t, w.Cut("n1", "c1"), w.Crash("n1"))
	run(w, 9*time.Second)
	expect(t, "client in the end", h.heard, "opened", "closed")
}

func TestCrashOfTheClientIsHeard(t *testing.T) {
	w, n1, h, _ := connected(t, Config{})
	must(t, w.Crash("c1"))
	run(w, time.Second)
	expect(t, "server", n1.heard, "accept", "closed")
	expect(t, "client", h.heard, "opened")
}

func TestConnQueueHasABound(t *testing.T) {
	w, n1, h, conn := connected(t, Config{Network: Network{ConnQueue: 10}})
	must(t, w.Pause("n1"))
	for range 11 {
		conn.Send([]byte("x"))
	}
	run(w, time.Second)
	expect(t, "client", h.heard, "opened", "closed")
	must(t, w.Resume("n1"))
	run(w, time.Second)
	if n := len(n1.heard); n != 12 || n1.heard[n-1] != "closed" {
		t.Errorf("the server heard %q", n1.heard)
	}
}

func TestPoisonedFrames(t *testing.T) {
	w, n1, _, conn := connected(t, Config{})
	w.Poison()
	payload := []byte("before")
	conn.Send(payload)
	conn.Send(payload)
	run(w, time.Second)
	expect(t, "the server", n1.heard, "accept", "before", "\xff\xff\xff\xff\xff\xff")
}

func TestCloseAfterTheOtherEndIsGoneKeepsClosedAway(t *testing.T) {
	w, n1, _, conn := connected(t, Config{CPU: CPU{Frame: 50 * time.Millisecond}})
	n1.frame = func(c host.Conn, payload []byte) {
		if string(payload) == "2" {
			c.Close()
		}
	}
	for _, frame := range []string{"1", "2", "3"} {
		conn.Send([]byte(frame))
	}
	conn.Close()
	run(w, time.Second)
	expect(t, "the server", n1.heard, "accept", "1", "2")
}

func TestUnheardCountsOneCutOnly(t *testing.T) {
	w, n1, h, conn := connected(t, Config{})
	n1.frame = nil
	must(t, w.Cut("n1", "c1"))
	conn.Send([]byte("x"))
	run(w, 5*time.Second)
	must(t, w.Mend("n1", "c1"))
	run(w, time.Second)
	must(t, w.Cut("n1", "c1"))
	run(w, time.Minute)
	expect(t, "the client", h.heard, "opened")
}

func TestCrashLosesWhatACutHolds(t *testing.T) {
	w, n1, h, conn := connected(t, Config{})
	must(t, w.Cut("n1", "c1"))
	conn.Send([]byte("x"))
	run(w, time.Second)
	expect(t, "the server", n1.heard, "accept", "x")
	must(t, w.Crash("n1"), w.Mend("n1", "c1"))
	run(w, time.Second)
	expect(t, "the client", h.heard, "opened", "closed")
}

func TestCutUponAClogCountsFromTheCut(t *testing.T) {
	w, _, h, conn := connected(t, Config{})
	must(t, w.Clog("c1", "n1"))
	conn.Send([]byte("x"))
	run(w, 5*time.Second)
	must(t, w.Cut("c1", "n1"))
	run(w, 7*time.Second)
	expect(t, "the client", h.heard, "opened")
	run(w, 2*time.Second)
	expect(t, "the client", h.heard, "opened", "closed")
}

func TestCutAgainBeforeAnythingPassed(t *testing.T) {
	w, n1, _, conn := connected(t, Config{})
	must(t, w.Cut("c1", "n1"))
	conn.Send([]byte("x"))
	run(w, time.Second)
	must(t, w.Mend("c1", "n1"))
	run(w, 50*time.Millisecond)
	must(t, w.Cut("c1", "n1"))
	run(w, time.Second)
	expect(t, "the server", n1.heard, "accept")
}

// TestWrongBytesBreakAConnection: what is behind them makes no sense, so they are never handed on.
func TestWrongBytesBreakAConnection(t *testing.T) {
	w, n1, h, conn := connected(t, Config{})
	must(t, w.SetLink("c1", "n1", LinkFault{CorruptPPM: 100_000}))
	sent := []string{"accept"}
	for i := 0; i < 100 && h.heard[len(h.heard)-1] != "closed"; i++ {
		conn.Send(fmt.Appendf(nil, "%d", i))
		sent = append(sent, fmt.Sprint(i))
		run(w, 5*time.Millisecond)
	}
	last := len(n1.heard) - 1
	if n1.heard[last] != "closed" || h.heard[len(h.heard)-1] != "closed" || !slices.Equal(n1.heard[:last], sent[:last]) {
		t.Errorf("the server heard %q, the client %q", n1.heard, h.heard)
	}
	if stats := w.Stats(); stats.Broken != 1 || stats.Corrupted != 1 {
		t.Errorf("%d connections broke, and %d pieces were corrupted", stats.Broken, stats.Corrupted)
	}
}
