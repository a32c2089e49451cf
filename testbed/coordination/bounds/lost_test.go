package bounds_test

import (
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/nemesis"
)

// TestServersThatAreLost: who has no leader, or hears no other, keeps no clients.
func TestServersThatAreLost(t *testing.T) {
	for _, c := range []struct {
		name string
		// Whether n3 notices that it is cut off, and sends its clients away; and for how long it is.
		notices, sends bool
		lasts          time.Duration
		slowed         int           // its clock, in parts per million
		late           time.Duration // how long messages to it take
		broken         string
	}{
		{"they are sent away", true, true, time.Minute, 0, 0, ""},
		{"it is cut off just now", false, false, time.Second, 0, 0, ""},
		{"they stay without a leader", true, false, 2 * time.Second, 0, 0,
			"a server without a leader sends its clients away"},
		{"it notices nothing", false, false, 4 * time.Second, 0, 0,
			"a server that hears no other sends its clients away"},
		{"what was sent before comes late", false, false, 4 * time.Second, 0, 2 * time.Second, ""},
		{"messages are hardly late", false, false, 4 * time.Second, 0, 5 * time.Millisecond,
			"a server that hears no other sends its clients away"},
		{"its clock is slow", false, false, 4 * time.Second, 650_000, 0, ""},
		{"its clock is slow, and it notices nothing", false, false, 12 * time.Second, 650_000, 0,
			"a server that hears no other sends its clients away"},
	} {
		s := newStage()
		s.served = 1
		s.pass(time.Second)
		s.bounds.Fault(nemesis.Event{Type: nemesis.Fired, For: time.Minute, Fault: nemesis.Fault{Kind: nemesis.Partition},
			Ways: []nemesis.Way{{From: "n1", To: "n3"}, {From: "n2", To: "n3"}}})
		if c.late > 0 {
			s.bounds.Fault(nemesis.Event{Step: 2, Type: nemesis.Fired, For: time.Minute,
				Fault: nemesis.Fault{Kind: nemesis.Delay, Amount: c.late}, Ways: []nemesis.Way{{From: "n1", To: "n3"}}})
		}
		if c.slowed > 0 {
			s.bounds.Fault(nemesis.Event{Step: 1, Type: nemesis.Fired, For: time.Minute,
				Fault: nemesis.Fault{Kind: nemesis.Drift, PPM: -c.slowed}, Machines: []host.Addr{"n3"}})
		}
		s.say("n3", func(st *cluster.Status) {
			if c.notices {
				st.Leader = 0
			}
		})
		if c.sends {
			s.served = 0
		}
		s.pass(c.lasts)
		if got := s.broken(); got != c.broken {
			t.Errorf("%s: broken is %q and must be %q: %v", c.name, got, c.broken, s.breaches.List())
		}
	}
}

// TestWhoMakesDoWithReadsIsAnswered: a server without a leader has no other to wait for.
func TestWhoMakesDoWithReadsIsAnswered(t *testing.T) {
	const rule = "a server without a leader answers who makes do with reads"
	for _, c := range []struct {
		name       string
		alone      bool // what waits does so on a connection for reads only
		leaderless bool
		lasts      time.Duration
		broken     string
	}{
		{"it waits", true, true, 2 * time.Second, rule},
		{"it waits since a moment ago", true, true, tick / 2, ""},
		{"it waits for a leader", false, true, time.Second, ""},
		{"there is one", true, false, time.Second, ""},
	} {
		s := newStage()
		s.crash("n1")
		s.crash("n2")
		s.say("n3", func(st *cluster.Status) {
			if c.leaderless {
				st.Leader = 0
			}
		})
		s.waits["n3"] = []cluster.Wait{{What: "a sync", For: time.Second, Alone: c.alone}}
		s.pass(c.lasts)
		if got := s.broken(); got != c.broken {
			t.Errorf("%s: broken is %q and must be %q: %v", c.name, got, c.broken, s.breaches.List())
		}
	}
}
