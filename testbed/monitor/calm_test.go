package monitor_test

import (
	"slices"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/monitor"
)

func TestCalm(t *testing.T) {
	c := monitor.NewCalm([]host.Addr{"c1"})
	all := []host.Addr{"n1", "n2", "n3"}
	feed := func(e nemesis.Event, want ...host.Addr) {
		t.Helper()
		c.Fault(e)
		if got := c.Well(all); !slices.Equal(got, want) {
			t.Errorf("behind %v %v are well, not %v", e, got, want)
		}
	}
	fired := func(step int, kind nemesis.Kind, machines ...host.Addr) nemesis.Event {
		return nemesis.Event{Step: step, Type: nemesis.Fired, For: time.Second, Fault: nemesis.Fault{Kind: kind},
			Machines: machines}
	}
	ended := func(e nemesis.Event) nemesis.Event { e.Type = nemesis.Ended; return e }

	crash := fired(0, nemesis.Crash, "n2")
	feed(crash, "n1", "n3")
	feed(fired(7, nemesis.Jump, "n1"), "n1", "n3")
	feed(fired(8, nemesis.Pause, "c1"), "n1", "n3")
	if c.Stirs() != 1 || c.Changes() != 2 || c.Free("c1") {
		t.Errorf("%d stirs, of which one is no client's", c.Stirs())
	}
	feed(ended(crash), all...)

	cut := fired(1, nemesis.Partition, "n3")
	cut.Ways = []nemesis.Way{{From: "n3", To: "n1"}, {From: "n3", To: "n2"}, {From: "n1", To: "n3"},
		{From: "c1", To: "n1"}}
	feed(cut, "n1", "n2")
	if !c.Cut("n3", all) || c.Cut("n1", all) {
		t.Error("n3 is cut off, and n1 is not")
	}
	feed(ended(cut), all...)
	feed(nemesis.Event{Step: 2, Type: nemesis.Fired, Fault: nemesis.Fault{Kind: nemesis.Add}}, all...)
	if c.Stirs() != 5 {
		t.Errorf("%d stirs", c.Stirs())
	}
	feed(nemesis.Event{Step: 3, Type: nemesis.Skipped, Fault: nemesis.Fault{Kind: nemesis.Crash}, Machines: all}, all...)
	feed(fired(4, nemesis.LoseMessage))
	if c.Stirs() != 6 {
		t.Errorf("%d stirs", c.Stirs())
	}
}

// TestCalmWaitsForWhatIsLate: what a fault has made late may still be on its way when the fault is over.
func TestCalmWaitsForWhatIsLate(t *testing.T) {
	for kind, free := range map[nemesis.Kind]bool{
		nemesis.LateFrame: false, nemesis.LateMessage: false, nemesis.DoubleMessage: false, nemesis.BreakAtFrame: true,
	} {
		c := monitor.NewCalm([]host.Addr{"c1"})
		late := nemesis.Event{Type: nemesis.Fired, For: time.Second, Fault: nemesis.Fault{Kind: kind}}
		c.Fault(late)
		if c.Free("c1") {
			t.Errorf("%s: it is on any client while it lasts", kind)
		}
		late.Type = nemesis.Ended
		c.Fault(late)
		if c.Free("c1") != free || (len(c.Well([]host.Addr{"n1", "n2"})) == 2) != free {
			t.Errorf("%s: free %v behind its end", kind, c.Free("c1"))
		}
	}
}

// TestCalmWaitsForWhatIsSlow: a sync that a slow disk has begun takes its time though the disk is fast again.
func TestCalmWaitsForWhatIsSlow(t *testing.T) {
	for kind, slow := range map[nemesis.Kind]time.Duration{
		nemesis.SlowDisk: time.Second, nemesis.Delay: time.Second, nemesis.SlowLink: 2 * time.Second, nemesis.Pause: 0,
	} {
		c, all := monitor.NewCalm(nil), []host.Addr{"n1", "n2"}
		e := nemesis.Event{Type: nemesis.Fired, Time: time.Second, For: time.Second, Machines: all[:1],
			Fault: nemesis.Fault{Kind: kind, Amount: time.Second}}
		c.Fault(e)
		e.Type, e.Time = nemesis.Ended, 2*time.Second
		c.Fault(e)
		for now := 2 * time.Second; now < 5*time.Second; now += time.Second / 2 {
			stirs := c.Stirs()
			c.Pass(now)
			if well := len(c.Well(all)) == 2; well != (now >= e.Time+slow) {
				t.Errorf("%s: n1 is well at %v: %v", kind, now, well)
			}
			if ends := slow > 0 && now == e.Time+slow; ends != (c.Stirs() > stirs) {
				t.Errorf("%s: %d stirs at %v, and %d before", kind, c.Stirs(), now, stirs)
			}
		}
	}
}

// TestCalmDoesNotForgetLosses: what a client's connection has lost is sent again after a while, which may be long.
func TestCalmDoesNotForgetLosses(t *testing.T) {
	c := monitor.NewCalm([]host.Addr{"c1", "c2"})
	loss := nemesis.Event{Type: nemesis.Fired, For: time.Second, Fault: nemesis.Fault{Kind: nemesis.Loss},
		Ways: []nemesis.Way{{From: "n1", To: "c1"}}}
	c.Fault(loss)
	loss.Type = nemesis.Ended
	c.Fault(loss)
	if c.Free("c1") || !c.Free("c2") || len(c.Well([]host.Addr{"n1", "n2"})) != 2 {
		t.Errorf("c1 free %v, c2 free %v", c.Free("c1"), c.Free("c2"))
	}
}

// TestCalmKnowsSlowClocks: drifts add up, and clocks go on.
func TestCalmKnowsSlowClocks(t *testing.T) {
	c := monitor.NewCalm(nil)
	look := func(want time.Duration) {
		t.Helper()
		if got := c.Own("n1", time.Second); got != want {
			t.Errorf("of a second %v pass, not %v", got, want)
		}
		if c.Own("n2", time.Second) != time.Second {
			t.Error("n2's clock is slow")
		}
	}
	drift := func(step, ppm int, each bool) nemesis.Event {
		return nemesis.Event{Step: step, Type: nemesis.Fired, For: time.Second, Machines: []host.Addr{"n1"},
			Fault: nemesis.Fault{Kind: nemesis.Drift, PPM: ppm, Each: each}}
	}
	look(time.Second)
	c.Fault(drift(0, 300_000, false)) // fast
	look(time.Second)
	slow := drift(1, -300_000, false)
	c.Fault(slow)
	look(700 * time.Millisecond)
	c.Fault(drift(2, 100_000, true)) // either way
	look(600 * time.Millisecond)
	c.Fault(drift(3, -900_000, false))
	look(100 * time.Millisecond)
	slow.Type = nemesis.Ended
	c.Fault(slow)
	look(100 * time.Millisecond)
}
