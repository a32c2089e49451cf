package sim

import (
	"math/big"
	"testing"
	"time"

	"ordeal/host"
)

func TestClockIsContinuousAndNeverGoesBack(t *testing.T) {
	s := newStream(1, "clock")
	c := clock{baseLocal: time.Hour}
	now, before := time.Duration(0), time.Hour
	for range 20_000 {
		now += time.Duration(s.below(uint64(3 * time.Second)))
		shown := c.at(now)
		if shown < before {
			t.Fatalf("the clock went back by %v at %v", before-shown, now)
		}
		if s.below(3) == 0 {
			c.drift(now, int32(s.below(uint64(fastestPPM-slowestPPM)))+slowestPPM)
			if c.at(now) != shown {
				t.Fatalf("a new rate made the clock jump by %v", c.at(now)-shown)
			}
		}
		before = shown
	}
}

func TestClockKeepsItsRate(t *testing.T) {
	for _, ppm := range []int32{0, 1, -1, 500, -500, 100_000, slowestPPM, fastestPPM} {
		c := clock{ppm: int64(ppm)}
		for _, d := range []time.Duration{1, time.Millisecond, time.Second, time.Hour, 10_000 * time.Hour} {
			exact := new(big.Int).Mul(big.NewInt(int64(d)), big.NewInt(million+int64(ppm)))
			want := time.Duration(exact.Div(exact, big.NewInt(million)).Int64())
			if got := c.at(d); got < want || got > want+1 {
				t.Errorf("%d ppm: %v shows as %v, want %v", ppm, d, got, want)
			}
		}
	}
}

// TestWhenIsTheFirstInstant checks the inverse of the clock on its definition.
func TestWhenIsTheFirstInstant(t *testing.T) {
	s := newStream(2, "when")
	for range 50_000 {
		ppm := int64(s.below(uint64(fastestPPM-slowestPPM))) + slowestPPM
		c := clock{baseTrue: time.Duration(s.below(1e9)), baseLocal: time.Duration(s.below(1e15)), ppm: ppm}
		now := c.baseTrue + time.Duration(s.below(1e9))
		local := c.baseLocal + time.Duration(s.below(1<<s.below(50)))
		at := c.when(local, now)
		if c.at(at) < local || at < now {
			t.Fatalf("%+v: at %v it is %v, before %v", c, at, c.at(at), local)
		}
		if at > now && c.at(at-1) >= local {
			t.Fatalf("%+v: an instant earlier it was %v already", c, local)
		}
	}
	if c := (clock{ppm: slowestPPM}); c.when(farAway*4, 0) < farAway {
		t.Error("an alarm in the far future comes soon")
	}
}

func TestAlarmFollowsTheDriftingClock(t *testing.T) {
	w := New(1, Config{})
	p := addProbe(t, w, "n1")
	var rang time.Duration
	p.wake = func() { rang = w.Now() }
	start := w.Now()
	p.h.Clock().SetAlarm(p.h.Clock().Now() + 10*time.Second)
	run(w, 2*time.Second)
	must(t, w.SetDrift("n1", million)) // twice as fast: 8 s of its time are 4 s
	run(w, 10*time.Second)
	if got := rang - start; got != 6*time.Second {
		t.Errorf("rang after %v, want 6s", got)
	}
	start = w.Now()
	p.h.Clock().SetAlarm(p.h.Clock().Now() + 2*time.Second)
	must(t, w.SetDrift("n1", -500_000))
	run(w, 10*time.Second)
	if got := rang - start; got < 4*time.Second-2 || got > 4*time.Second {
		t.Errorf("rang after %v, want 4s but for what the clock rounds up", got)
	}
}

func TestAlarmIsOneAndCanBeReplacedAndCleared(t *testing.T) {
	w := New(1, Config{})
	p := addProbe(t, w, "n1")
	c := p.h.Clock()
	c.SetAlarm(c.Now() + time.Second)
	c.SetAlarm(c.Now() + 3*time.Second)
	run(w, 2*time.Second)
	if len(p.heard) != 0 {
		t.Fatalf("an alarm that was replaced rang: %q", p.heard)
	}
	run(w, 2*time.Second)
	if len(p.heard) != 1 {
		t.Fatalf("one alarm rang as %q", p.heard)
	}
	c.SetAlarm(c.Now() + time.Second)
	c.SetAlarm(-1)
	run(w, 2*time.Second)
	if len(p.heard) != 1 {
		t.Errorf("an alarm that was cleared rang: %q", p.heard)
	}
	c.SetAlarm(0) // past: rings now
	c.SetAlarm(c.Now() - time.Second)
	run(w, time.Millisecond)
	if len(p.heard) != 2 {
		t.Errorf("an alarm in the past did not ring once: %q", p.heard)
	}
}

func TestWallJumpsAndMonotonicDoesNot(t *testing.T) {
	w := New(1, Config{})
	a, b := addProbe(t, w, "n1"), addProbe(t, w, "n2")
	if a.h.Clock().Now() == b.h.Clock().Now() {
		t.Error("two machines have the same origin")
	}
	if wall := a.h.Clock().Wall(); !wall.Equal(epoch.Add(w.Now())) {
		t.Errorf("a right clock shows %v at %v", wall, w.Now())
	}
	mono := a.h.Clock().Now()
	must(t, w.JumpWall("n1", -time.Hour))
	if got := epoch.Add(w.Now()).Sub(a.h.Clock().Wall()); got != time.Hour {
		t.Errorf("the wall clock is late by %v", got)
	}
	if a.h.Clock().Now() != mono {
		t.Error("the monotonic clock jumped too")
	}
	must(t, w.Crash("n1"))
	run(w, time.Minute)
	must(t, w.Restart("n1"))
	run(w, time.Second)
	again := probeOf(t, w, "n1").h.Clock()
	if got := again.Now() - mono; got != time.Minute+time.Second {
		t.Errorf("over a crash the clock went on by %v", got)
	}
}

// TestAlarmPutOffWhileItWaits has a message put the alarm off when its time has come but not its turn.
func TestAlarmPutOffWhileItWaits(t *testing.T) {
	w := New(1, Config{CPU: CPU{Message: 20 * time.Millisecond}})
	a, b := addProbe(t, w, "n1"), addProbe(t, w, "n2")
	c := b.h.Clock()
	start := c.Now()
	var rang time.Duration
	b.wake = func() { rang = c.Now() - start }
	a.h.Send("n2", []byte("1"))
	a.h.Send("n2", []byte("2"))
	b.receive = func(_ host.Addr, payload []byte) {
		if string(payload) == "1" {
			c.SetAlarm(start + 10*time.Millisecond) // due while the machine is busy with this message
			return
		}
		c.SetAlarm(start + 200*time.Millisecond)
	}
	run(w, time.Second)
	expect(t, "n2", b.heard, "1", "2", "wake")
	if rang < 200*time.Millisecond {
		t.Errorf("rang after %v", rang)
	}
}

// TestAlarmPutOffCostsNothing sets the alarm again and again, as programs do at every input.
func TestAlarmPutOffCostsNothing(t *testing.T) {
	w := New(1, Config{})
	p := addProbe(t, w, "n1")
	handled := 0
	w.Observe(func(host.Addr, host.Program) { handled++ })
	c := p.h.Clock()
	for i := range 1000 {
		c.SetAlarm(c.Now() + time.Second)
		if i%10 == 0 {
			c.SetAlarm(c.Now() + 500*time.Millisecond)
			c.SetAlarm(c.Now() + time.Second)
		}
		run(w, 10*time.Millisecond)
	}
	if n := w.queue.len(); n > 2 || handled != 0 {
		t.Errorf("%d events wait, %d were handled", n, handled)
	}
	run(w, 2*time.Second)
	expect(t, "n1", p.heard, "wake")
}
