package hosttest

import (
	"testing"
	"time"

	"ordeal/host"
)

func testProcessSleep(t *testing.T, h Harness) {
	var seen journal
	h.Go(c1, func(p host.Process) {
		if p.Self() != c1 {
			seen.add("it is called %s", p.Self())
		}
		for _, d := range []time.Duration{0, 1, ms, 20 * ms, -1} {
			start := p.Now()
			p.Sleep(d)
			if slept := p.Now() - start; slept < d {
				seen.add("slept %v of %v", slept, d)
			}
		}
		seen.add("done")
	})
	h.Wait("the process", seen.has("done"))
	seen.want(t, "c1", "done")
}

// testProcessAfter has functions that run in their time, at once, and not at all.
func testProcessAfter(t *testing.T, h Harness) {
	var seen journal
	h.Go(c1, func(p host.Process) {
		start := p.Now()
		ran := func(name string, d time.Duration) func() {
			return func() { seen.add("%s late enough: %v", name, p.Now()-start >= d) }
		}
		cancelSecond := p.After(40*ms, ran("second", 40*ms))
		p.After(5*ms, ran("first", 5*ms))
		p.After(1*ms, func() { seen.add("cancelled too late") })()
		var cancelSelf func()
		cancelSelf = p.After(60*ms, func() { cancelSelf(); seen.add("third") })
		within := true
		p.After(0, func() { seen.add("at once, within After: %v", within) })
		within = false
		p.Sleep(200 * ms)
		cancelSecond()
		seen.add("done")
	})
	h.Wait("the process", seen.has("done"))
	seen.want(t, "c1", "at once, within After: false", "first late enough: true", "second late enough: true", "third",
		"done")
}

func testProcessSignal(t *testing.T, h Harness) {
	var seen journal
	h.Go(c1, func(p host.Process) {
		s := p.NewSignal()
		wait := func(what string, timeout time.Duration) {
			start := p.Now()
			set := s.Wait(timeout)
			seen.add("%s: set %v, waited it out: %v", what, set, p.Now()-start >= timeout)
		}
		wait("not set", 10*ms)
		wait("not set, no time", 0)
		s.Set()
		s.Set()
		wait("set twice before", time.Hour)
		wait("set once each", 10*ms)
		s.Set()
		wait("set before, no time left", 0)
		p.After(5*ms, func() { s.Set(); s.Set() })
		wait("set while waiting", time.Hour)
		wait("cleared", 10*ms)
		p.After(5*ms, s.Set)
		seen.add("for ever: %v", s.Wait(-1))
		other := p.NewSignal()
		other.Set()
		wait("another was set", 5*ms)
	})
	h.Wait("the process", func() bool { return len(seen.all()) == 9 })
	seen.want(t, "c1",
		"not set: set false, waited it out: true",
		"not set, no time: set false, waited it out: true",
		"set twice before: set true, waited it out: false",
		"set once each: set false, waited it out: true",
		"set before, no time left: set true, waited it out: true",
		"set while waiting: set true, waited it out: false",
		"cleared: set false, waited it out: true",
		"for ever: true",
		"another was set: set false, waited it out: true")
}

// testProcessEnd ends a process with a connection open and a function to come.
func testProcessEnd(t *testing.T, h Harness) {
	var program, process journal
	h.Boot(n1, func(host.Host) (host.Program, error) {
		return &script{
			frame:  func(_ host.Conn, payload []byte) { program.add("%s", payload) },
			closed: func(host.Conn) { program.add("closed") },
		}, nil
	})
	h.Go(c1, func(p host.Process) {
		p.After(20*ms, func() { process.add("after the end") })
		conn := p.Dial(n1, &ear{closed: func() { process.add("closed after the end") }})
		conn.Send([]byte("last words"))
	})
	h.Wait("the program to hear of the end", program.has("closed"))
	h.Go(c1, func(p host.Process) { p.Sleep(50 * ms); process.add("another process") })
	h.Wait("the function's time to pass", process.has("another process"))
	program.want(t, "n1", "last words", "closed")
	process.want(t, "c1", "another process")
}

// testRandStreams draws from the streams of machines and processes, two of them on one machine.
func testRandStreams(t *testing.T, h Harness) {
	var seen journal
	boot := func(h host.Host) (host.Program, error) {
		seen.add("%d", h.Rand().Uint64())
		return &script{}, nil
	}
	process := func(p host.Process) { seen.add("%d", p.Rand().Uint64()) }
	h.Boot(n1, boot)
	h.Boot(n2, boot)
	h.Go(c1, process)
	h.Go(c1, process)
	h.Go(c2, process)
	h.Wait("five draws", func() bool { return len(seen.all()) == 5 })
	drawn := map[string]bool{}
	for _, line := range seen.all() {
		drawn[line] = true
	}
	if len(drawn) != 5 {
		t.Errorf("five streams drew %v", seen.all())
	}
}
