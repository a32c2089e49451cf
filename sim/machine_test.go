package sim

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
)

func TestOneThingAtATime(t *testing.T) {
	w := New(1, Config{CPU: CPU{Message: 10 * time.Millisecond}})
	a, b := addProbe(t, w, "n1"), addProbe(t, w, "n2")
	var handled []time.Duration
	b.receive = func(from host.Addr, _ []byte) {
		handled = append(handled, w.Now())
		b.h.Send(from, []byte("answer"))
	}
	var answered []time.Duration
	a.receive = func(host.Addr, []byte) { answered = append(answered, w.Now()) }
	for range 3 {
		a.h.Send("n2", nil)
	}
	run(w, time.Second)
	for i := 1; i < 3; i++ {
		if d := handled[i] - handled[i-1]; d < 10*time.Millisecond || d > 11*time.Millisecond {
			t.Errorf("messages %d and %d were handled %v apart", i-1, i, d)
		}
	}
	if d := answered[0] - handled[0]; d < 10*time.Millisecond {
		t.Errorf("the first answer left before its handling was done: it came after %v", d)
	}
}

func TestPauseKeepsEverythingInOrder(t *testing.T) {
	w, a, b := pair(t, 1)
	clock := b.h.Clock()
	clock.SetAlarm(clock.Now() + 20*time.Millisecond)
	must(t, w.Pause("n2"))
	if !w.Paused("n2") || !w.Up("n2") {
		t.Error("a paused machine is up and paused")
	}
	a.h.Send("n2", []byte("1"))
	run(w, 10*time.Millisecond)
	b.h.Disk().Submit(host.Job{host.Append("f", []byte("x"))}, func(error) { b.hear("done") })
	run(w, 20*time.Millisecond)
	a.h.Send("n2", []byte("2"))
	before := clock.Now()
	run(w, time.Second)
	if clock.Now() != before+time.Second {
		t.Error("the clock stood still")
	}
	expect(t, "paused", b.heard)
	must(t, w.Resume("n2"))
	run(w, time.Second)
	expect(t, "resumed", b.heard, "1", "done", "wake", "2")
}

func TestCrashAndRestart(t *testing.T) {
	w, a, b := pair(t, 1)
	clock := b.h.Clock()
	clock.SetAlarm(clock.Now() + time.Second)
	b.h.Disk().Submit(host.Job{host.Append("f", []byte("x")), host.Sync("f")}, func(error) { b.hear("done") })
	a.h.Send("n2", []byte("under way"))
	must(t, w.Crash("n2"))
	if w.Up("n2") || w.Program("n2") != nil {
		t.Error("a machine is up after its crash")
	}
	a.h.Send("n2", []byte("while down"))
	b.h.Send("n1", []byte("from the dead"))
	b.h.Disk().Submit(host.Job{host.Append("g", nil)}, func(error) {})
	run(w, 500*time.Microsecond)
	must(t, w.Restart("n2"))
	run(w, 2*time.Second)
	expect(t, "the dead", b.heard)
	expect(t, "the peer of the dead", a.heard)
	again := probeOf(t, w, "n2")
	expect(t, "the restarted", again.heard)
	if names, _ := again.h.Disk().ReadDir(); slices.Contains(names, "g") {
		t.Error("the dead wrote to the disk")
	}
	a.h.Send("n2", []byte("hello"))
	run(w, time.Second)
	expect(t, "the restarted", again.heard, "hello")
}

func TestStopTakesTheMachineDown(t *testing.T) {
	w, a, b := pair(t, 1)
	reason := errors.New("the disk is broken")
	b.receive = func(host.Addr, []byte) {
		b.h.Stop(reason)
		b.hear("went on")
	}
	a.h.Send("n2", []byte("x"))
	run(w, time.Second)
	noFailures(t, w)
	stops := w.Stops()
	if w.Up("n2") || len(stops) != 1 || stops[0].Reason != reason || stops[0].Machine != "n2" || stops[0].Boot {
		t.Errorf("up: %v, stops: %v", w.Up("n2"), stops)
	}
	expect(t, "the stopped", b.heard, "x")
}

func TestBootThatFails(t *testing.T) {
	w := New(1, Config{})
	w.AddMachine("n1", func(host.Host) (host.Program, error) { return nil, errors.New("no") })
	w.AddMachine("n2", func(host.Host) (host.Program, error) { panic("boot panics") })
	run(w, time.Second)
	if w.Up("n1") || len(w.Stops()) != 1 || !w.Stops()[0].Boot {
		t.Errorf("stops: %v", w.Stops())
	}
	if w.Up("n2") || len(w.Failures()) != 1 || !strings.Contains(w.Failures()[0].Error(), "boot panics") {
		t.Errorf("failures: %v", w.Failures())
	}
	must(t, w.Restart("n1"))
}

func TestPanicIsAFailure(t *testing.T) {
	w, a, b := pair(t, 1)
	b.receive = func(host.Addr, []byte) { panic("a broken invariant") }
	at := w.Now()
	a.h.Send("n2", nil)
	run(w, time.Second)
	f := w.Failures()
	if len(f) != 1 || f[0].Machine != "n2" || f[0].Message != "a broken invariant" || f[0].At <= at {
		t.Fatalf("failures: %v", f)
	}
	if !strings.Contains(f[0].Stack, "TestPanicIsAFailure") {
		t.Errorf("the stack does not show where:\n%s", f[0].Stack)
	}
	if w.Up("n2") {
		t.Error("the machine is up")
	}
}

func TestCrashNowIsNoFailure(t *testing.T) {
	w, a, b := pair(t, 1)
	b.receive = func(from host.Addr, _ []byte) {
		b.h.Send(from, []byte("before"))
		panic(CrashNow{})
	}
	a.h.Send("n2", nil)
	run(w, time.Second)
	if w.Up("n2") || len(w.Failures()) != 0 || len(w.Stops()) != 0 {
		t.Errorf("up: %v, failures: %v, stops: %v", w.Up("n2"), w.Failures(), w.Stops())
	}
	expect(t, "the peer", a.heard, "before")
}

func TestCrashFromWithin(t *testing.T) {
	w, a, b := pair(t, 1)
	b.receive = func(host.Addr, []byte) {
		must(t, w.Crash("n2"))
		b.hear("went on to the end")
	}
	a.h.Send("n2", []byte("1"))
	a.h.Send("n2", []byte("2"))
	run(w, time.Second)
	expect(t, "the crashed", b.heard, "1", "went on to the end")
	if w.Up("n2") {
		t.Error("the machine is up")
	}
}

func TestObserveSeesEveryEventOfPrograms(t *testing.T) {
	w := New(1, Config{})
	seen := map[host.Addr]int{}
	w.Observe(func(m host.Addr, _ host.Program) { seen[m]++ })
	a := addProbe(t, w, "n1")
	addProbe(t, w, "n2")
	w.Spawn("c1", func(p host.Process) { p.Sleep(time.Second) })
	for range 5 {
		a.h.Send("n2", nil)
	}
	run(w, 2*time.Second)
	if seen["n1"] != 1 || seen["n2"] != 6 || len(seen) != 2 {
		t.Errorf("observed %v", seen)
	}
}

func TestEndlessLoopHaltsTheWorld(t *testing.T) {
	w := New(1, Config{InstantEvents: 1000})
	var again func()
	again = func() { w.At(w.Now(), again) }
	w.At(time.Second, again)
	w.RunUntil(time.Minute)
	if f := w.Failures(); len(f) != 1 || f[0].At != time.Second || w.Events() > 1002 {
		t.Errorf("failures %v after %d events", f, w.Events())
	}
	if w.Step() {
		t.Error("the world goes on")
	}

	w = New(1, Config{InstantEvents: 1000, CPU: CPU{Wake: -1}})
	w.Spawn("c1", func(p host.Process) {
		for {
			p.Sleep(0)
		}
	})
	w.RunUntil(time.Minute)
	if f := w.Failures(); len(f) != 1 || f[0].Machine != "c1" {
		t.Errorf("failures of a process that never lets time pass: %v", f)
	}
	w.Close()
}

func TestLogCarriesVirtualTimeAndMachine(t *testing.T) {
	var text strings.Builder
	w := New(1, Config{Log: slog.NewTextHandler(&text, nil)})
	p := addProbe(t, w, "n1")
	run(w, 90*time.Millisecond)
	p.h.Log().Info("hello", "k", 1)
	want := `time=2026-01-01T00:00:00.100Z level=INFO msg=hello machine=n1 k=1`
	if got := strings.TrimSpace(text.String()); got != want {
		t.Errorf("logged %s\nwant   %s", got, want)
	}
	if p := addProbe(t, New(1, Config{}), "n1"); p.h.Log().Enabled(t.Context(), slog.LevelError) {
		t.Error("the log is on without a handler")
	}
}

func TestTraceTail(t *testing.T) {
	w, a, _ := pair(t, 1)
	w.Trace(2)
	for range 3 {
		a.h.Send("n2", []byte("abc"))
		run(w, time.Millisecond)
	}
	tail := w.TraceTail()
	if len(tail) != 2 || !strings.HasSuffix(tail[1], "n2   message from n1 (3 bytes)") || tail[0] >= tail[1] {
		t.Errorf("tail: %q", tail)
	}
}

func TestBytesCostTimeToHandle(t *testing.T) {
	w := New(1, Config{CPU: CPU{PerKiB: time.Millisecond}})
	a, b := addProbe(t, w, "n1"), addProbe(t, w, "n2")
	var handled []time.Duration
	b.receive = func(host.Addr, []byte) { handled = append(handled, w.Now()) }
	a.h.Send("n2", make([]byte, 50<<10))
	a.h.Send("n2", nil)
	run(w, time.Second)
	if len(handled) != 2 || handled[1]-handled[0] < 50*time.Millisecond {
		t.Errorf("handled at %v", handled)
	}
}

func TestSendingCostsTime(t *testing.T) {
	w := New(1, Config{CPU: CPU{Send: time.Millisecond}})
	a, b := addProbe(t, w, "n1"), addProbe(t, w, "n2")
	var handled []time.Duration
	b.receive = func(from host.Addr, _ []byte) {
		handled = append(handled, w.Now())
		for range 10 {
			b.h.Send(from, nil)
		}
	}
	a.h.Send("n2", nil)
	a.h.Send("n2", nil)
	run(w, time.Second)
	if len(handled) != 2 || handled[1]-handled[0] < 10*time.Millisecond {
		t.Errorf("handled at %v", handled)
	}
}

// TestInputsThatMeetKeepTheirOrder has an input arrive at the instant when the machine turns to the one before.
func TestInputsThatMeetKeepTheirOrder(t *testing.T) {
	w, _, b := pair(t, 1)
	from, to := w.byName["n1"], w.byName["n2"]
	for i, after := range []time.Duration{0, 1, 15 * time.Microsecond} {
		w.link(from, to).underWay++
		w.push(w.Now()+after, event{kind: evMessage, from: from, m: to, payload: []byte{'1' + byte(i)}})
	}
	run(w, time.Second)
	expect(t, "n2", b.heard, "1", "2", "3")
}

func TestPauseOfABusyMachine(t *testing.T) {
	w := New(1, Config{CPU: CPU{Message: 10 * time.Millisecond}})
	a, b := addProbe(t, w, "n1"), addProbe(t, w, "n2")
	a.h.Send("n2", []byte("1"))
	a.h.Send("n2", []byte("2"))
	run(w, 5*time.Millisecond)
	must(t, w.Pause("n2"))
	run(w, time.Second)
	expect(t, "the paused", b.heard, "1")
	must(t, w.Resume("n2"))
	run(w, time.Second)
	expect(t, "the resumed", b.heard, "1", "2")
}

func TestMessagesToTheLifeBeforeAreDropped(t *testing.T) {
	w, a, _ := pair(t, 1)
	a.h.Send("n2", []byte("to the life before"))
	must(t, w.Crash("n2"), w.Restart("n2"))
	run(w, 0)
	a.h.Send("n2", []byte("to this life"))
	run(w, time.Second)
	expect(t, "the restarted", probeOf(t, w, "n2").heard, "to this life")
}

func TestCrashFreesTheLink(t *testing.T) {
	w := New(1, Config{Network: Network{Queue: 10}})
	a := addProbe(t, w, "n1")
	addProbe(t, w, "n2")
	must(t, w.Pause("n2"))
	sendMany(w, a, "n2", 10)
	must(t, w.Crash("n2"), w.Restart("n2"))
	run(w, time.Second)
	sendMany(w, a, "n2", 10)
	if got := len(probeOf(t, w, "n2").heard); got != 10 {
		t.Errorf("heard %d of 10", got)
	}
}

func TestTraceHashSeesTimeAndPayload(t *testing.T) {
	hash := func(at time.Duration, payload string) uint64 {
		w, a, _ := pair(t, 1)
		w.At(time.Second+at, func() {})
		a.h.Send("n2", []byte(payload))
		run(w, 2*time.Second)
		return w.TraceHash()
	}
	plain, again := hash(0, "a"), hash(0, "a")
	if plain != again || plain == hash(1, "a") || plain == hash(0, "b") {
		t.Error("the hash does not see what differs, or sees what doesn't")
	}
}
