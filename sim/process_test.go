package sim

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
)

func TestProcessWaits(t *testing.T) {
	w := New(1, Config{CPU: CPU{Wake: -1}})
	var log []string
	var times []time.Duration
	note := func(what string) { log, times = append(log, what), append(times, w.Now()) }
	w.Spawn("c1", func(p host.Process) {
		note("start")
		p.Sleep(time.Second)
		note("slept")
		s := p.NewSignal()
		if s.Wait(2 * time.Second) {
			note("set?")
		}
		note("timeout")
		p.After(time.Second, s.Set)
		cancel := p.After(time.Second, func() { note("cancelled?") })
		cancel()
		if s.Wait(time.Minute) {
			note("set")
		}
		s.Set()
		s.Set()
		if !s.Wait(time.Minute) || s.Wait(0) {
			note("sets add up?")
		}
		note("end")
	})
	w.RunUntil(time.Hour)
	noFailures(t, w)
	expect(t, "the test", log, "start", "slept", "timeout", "set", "end")
	want := []time.Duration{0, time.Second, 3 * time.Second, 4 * time.Second, 4 * time.Second}
	if !slices.Equal(times, want) {
		t.Errorf("at %v, want %v", times, want)
	}
}

func TestProcessesTakeTurnsAndHaveTheirOwnStreams(t *testing.T) {
	w := New(1, Config{})
	var first []uint64
	var order []string
	for range 3 {
		w.Spawn("c1", func(p host.Process) {
			first = append(first, p.Rand().Uint64())
			for range 2 {
				order = append(order, p.(*process).name)
				p.Sleep(time.Second)
			}
		})
	}
	run(w, time.Minute)
	expect(t, "the test", order, "c1/1", "c1/2", "c1/3", "c1/1", "c1/2", "c1/3")
	if first[0] == first[1] || first[1] == first[2] || first[0] != newStream(1, "client/c1/1").draw() {
		t.Errorf("streams began with %x", first)
	}
	if len(w.byName["c1"].procs) != 0 || len(w.byName["c1"].timers.heap) != 0 {
		t.Error("something is left of processes that ended")
	}
}

func TestProcessSleepsByItsDriftingClock(t *testing.T) {
	w := New(1, Config{})
	var woke time.Duration
	w.Spawn("c1", func(p host.Process) {
		p.Sleep(10 * time.Second)
		woke = w.Now()
	})
	run(w, time.Second)
	must(t, w.SetDrift("c1", 2*million))
	run(w, time.Minute)
	if woke < 4*time.Second || woke > 4*time.Second+time.Millisecond {
		t.Errorf("woke at %v, want 4s", woke)
	}
}

func TestProcessThatEndsClosesItsConnections(t *testing.T) {
	w := New(1, Config{})
	n1 := addProbe(t, w, "n1")
	w.Spawn("c1", func(p host.Process) {
		dial(p, "n1").conn.Send([]byte("last words"))
		p.After(time.Second, func() { t.Error("After ran behind the end of its process") })
	})
	run(w, 10*time.Second)
	expect(t, "the server", n1.heard, "accept", "last words", "closed")
}

func TestProcessPanicIsAFailure(t *testing.T) {
	w := New(1, Config{})
	n1 := addProbe(t, w, "n1")
	w.Spawn("c1", func(p host.Process) {
		dial(p, "n1")
		p.Sleep(time.Second)
		panic("client bug")
	})
	run(w, 10*time.Second)
	f := w.Failures()
	if len(f) != 1 || f[0].Process != "c1/1" || f[0].Message != "client bug" || !strings.Contains(f[0].Stack,
		"TestProcessPanic") {
		t.Errorf("failures: %v", f)
	}
	expect(t, "the server", n1.heard, "accept", "closed")
}

func TestCrashUnwindsAProcess(t *testing.T) {
	w := New(1, Config{})
	n1 := addProbe(t, w, "n1")
	unwound := false
	w.Spawn("c1", func(p host.Process) {
		c := dial(p, "n1")
		defer func() {
			c.conn.Send([]byte("from the dead"))
			c.conn.Close()
			unwound = true
			p.Sleep(time.Second)
			t.Error("the dead slept")
		}()
		p.NewSignal().Wait(-1)
	})
	run(w, time.Second)
	must(t, w.Crash("c1"))
	if !unwound || w.Up("c1") {
		t.Errorf("unwound: %v, up: %v", unwound, w.Up("c1"))
	}
	run(w, time.Second)
	noFailures(t, w)
	expect(t, "the server", n1.heard, "accept", "closed")
	again := false
	w.Spawn("c1", func(host.Process) { again = true })
	run(w, time.Second)
	if !again || !w.Up("c1") {
		t.Error("no new process runs on the machine")
	}
}

func TestPausedProcessStandsStill(t *testing.T) {
	w := New(1, Config{})
	woke := 0
	w.Spawn("c1", func(p host.Process) {
		for {
			p.Sleep(time.Second)
			woke++
		}
	})
	w.RunUntil(2500 * time.Millisecond)
	must(t, w.Pause("c1"))
	w.RunUntil(10 * time.Second)
	if woke != 2 {
		t.Errorf("woke %d times by the pause", woke)
	}
	must(t, w.Resume("c1"))
	w.RunUntil(10500 * time.Millisecond)
	if woke != 3 {
		t.Errorf("woke %d times after the pause", woke)
	}
	w.Close()
}

func TestSignalSetFromOutside(t *testing.T) {
	w := New(1, Config{})
	var s host.Signal
	woken := false
	w.Spawn("c1", func(p host.Process) {
		s = p.NewSignal()
		woken = s.Wait(-1)
	})
	w.At(time.Second, func() { s.Set() })
	w.RunUntil(2 * time.Second)
	if !woken {
		t.Error("the process waits on")
	}
}

func TestSpawnOnAProgramsMachinePanics(t *testing.T) {
	w := New(1, Config{})
	addProbe(t, w, "n1")
	for name, f := range map[string]func(){
		"spawn": func() { w.Spawn("n1", func(host.Process) {}) },
		"add":   func() { w.AddMachine("n1", bootCounter()) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			f()
		}()
	}
}

func TestCloseLeaksNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for seed := range uint64(5) {
		w := chaos(seed)
		w.Spawn("idle", func(p host.Process) { p.NewSignal().Wait(-1) })
		w.RunUntil(time.Duration(seed) * 500 * time.Millisecond)
		w.Spawn("never", func(host.Process) { t.Error("a process started in a closed world") })
		w.Close()
		w.Close()
		if w.Step() {
			t.Error("a closed world goes on")
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

// TestTimersMatchSorting adds and removes at random, and compares what fires with sorting.
func TestTimersMatchSorting(t *testing.T) {
	s := newStream(1, "timers")
	var h timers
	var twin []*timer
	for range 20_000 {
		switch {
		case s.below(2) == 0 || len(twin) == 0:
			tm := &timer{at: time.Duration(s.below(100))}
			h.add(tm)
			twin = append(twin, tm)
		case s.below(2) == 0:
			i := s.below(uint64(len(twin)))
			h.remove(twin[i])
			h.remove(twin[i])
			twin = slices.Delete(twin, int(i), int(i)+1)
		default:
			least := slices.MinFunc(twin, func(a, b *timer) int {
				if a.before(b) {
					return -1
				}
				return 1
			})
			if h.heap[0] != least {
				t.Fatal("the top is not the least")
			}
			h.remove(least)
			twin = slices.DeleteFunc(twin, func(u *timer) bool { return u == least })
		}
	}
	if len(h.heap) != len(twin) {
		t.Errorf("%d in the heap, want %d", len(h.heap), len(twin))
	}
}

func TestTimeoutsLeaveNothingBehind(t *testing.T) {
	w := New(1, Config{})
	defer w.Close()
	w.Spawn("c1", func(p host.Process) {
		s := p.NewSignal()
		for range 1000 {
			p.After(time.Millisecond, s.Set)
			s.Wait(time.Hour)
		}
		p.Sleep(time.Hour)
	})
	run(w, time.Minute)
	if n := len(w.byName["c1"].timers.heap); n != 1 {
		t.Errorf("%d timers wait, want 1", n)
	}
}

// TestAfterNothingIsStillLater holds that what After(0) starts takes turns with everything else.
func TestAfterNothingIsStillLater(t *testing.T) {
	w := New(1, Config{})
	defer w.Close()
	ran := 0
	w.Spawn("c1", func(p host.Process) {
		var again func()
		again = func() {
			ran++
			p.After(0, again)
		}
		again()
		p.Sleep(time.Hour)
	})
	run(w, time.Millisecond)
	if ran < 100 || ran > 201 {
		t.Errorf("ran %d times in a millisecond of wakes that take 5µs", ran)
	}
}

func TestTheDeadSetNoTimers(t *testing.T) {
	w := New(1, Config{})
	defer w.Close()
	w.Spawn("c1", func(p host.Process) {
		defer func() {
			p.After(time.Second, func() { t.Error("a timer of the dying fired") })
		}()
		p.NewSignal().Wait(-1)
	})
	run(w, time.Millisecond)
	must(t, w.Crash("c1"))
	w.Spawn("c1", func(p host.Process) { p.Sleep(time.Minute) })
	run(w, time.Hour)
	noFailures(t, w)
}
