package bounds_test

import (
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/tree"
	"ordeal/host"
	"ordeal/workloads"
)

// TestBoundsOfSessions: sessions end neither too late nor too early, and their timeouts are those that were agreed.
func TestBoundsOfSessions(t *testing.T) {
	const (
		ends   = "a session ends when its time is up"
		lives  = "a session lives for its timeout"
		agreed = "a session's timeout is what was agreed"
	)
	for _, c := range []struct {
		name string
		// The session is heard of for so long, silent for so long, then another leader is elected or not, and it is silent
		// for so long again; told is the timeout that its client was told, if it is there.
		heard, silent, again, told time.Duration
		elected                    bool
		// expires is whether it expires then, by a leader that leads for led.
		expires bool
		led     time.Duration
		broken  string
	}{
		{name: "one that is heard of", heard: time.Minute},
		{name: "one that ends in time", silent: 4 * time.Second, expires: true, led: time.Minute},
		{name: "one that does not end", silent: 7 * time.Second, broken: ends},
		{name: "not even behind an election", silent: 3 * time.Second, elected: true, again: 7 * time.Second, broken: ends},
		{name: "a new leader gives it its time", silent: 3 * time.Second, elected: true, again: 4 * time.Second},
		{name: "one that was heard of a while ago", heard: time.Second, silent: time.Second, expires: true, led: time.Minute,
			broken: lives},
		{name: "one that was heard of just now", heard: time.Second, expires: true, led: time.Minute, broken: lives},
		{name: "one whose leader is new", silent: 4 * time.Second, expires: true, led: time.Second, broken: lives},
		{name: "a timeout that was agreed", heard: 5 * time.Second, told: 3 * time.Second},
		{name: "one that is longer than allowed", heard: time.Second, told: 11 * time.Second, broken: agreed},
	} {
		s := newStage()
		s.sessions = []tree.Session{{ID: 7, TimeoutMs: 3000}}
		if c.told > 0 {
			s.contacts = []workloads.Contact{{Client: "c1", Server: "n2", Session: 7, Timeout: c.told}}
		}
		s.pass(time.Second + c.heard)
		s.silent = c.heard == 0 || c.silent > 0
		s.pass(c.silent)
		if c.elected {
			s.elect()
		}
		s.pass(c.again)
		if c.expires {
			s.sessions = nil
			s.bounds.Expired(7, s.now-c.led, 3*time.Second)
		}
		if got := s.broken(); got != c.broken {
			t.Errorf("%s: broken is %q and must be %q: %v", c.name, got, c.broken, s.breaches.List())
		}
	}
}

// elect has the same server lead another term.
func (s *stage) elect() {
	for _, server := range []host.Addr{"n1", "n2", "n3"} {
		s.say(server, func(st *cluster.Status) { st.Term, st.AppliedTerm = 3, 3 })
	}
}

// TestAContactThatTheLeaderMayNotKnowOf: a server that was cut off tells whom it hears of within half a TickTime.
func TestAContactThatTheLeaderMayNotKnowOf(t *testing.T) {
	for heard, want := range map[time.Duration]string{
		200 * time.Millisecond: "", 700 * time.Millisecond: "a session lives for its timeout",
	} {
		s := newStage()
		s.sessions, s.silent = []tree.Session{{ID: 7, TimeoutMs: 3000}}, true
		s.pass(4 * time.Second)
		s.silent = false
		s.pass(heard)
		s.sessions = nil
		if s.bounds.Expired(7, 0, 3*time.Second); s.broken() != want {
			t.Errorf("heard of for %v: broken is %q and must be %q", heard, s.broken(), want)
		}
	}
}

// TestTheLastThatIsHeardOfAConnection: what comes in on one just before it closes counts, though it was not seen.
func TestTheLastThatIsHeardOfAConnection(t *testing.T) {
	for silent, want := range map[time.Duration]string{
		4 * time.Second: "", 7 * time.Second: "a session ends when its time is up",
	} {
		s := newStage()
		s.sessions = []tree.Session{{ID: 7, TimeoutMs: 3000}}
		s.pass(time.Second)
		s.ago = 2 * time.Second
		s.pass(2200 * time.Millisecond)
		s.silent = true
		s.pass(silent)
		if s.broken() != want {
			t.Errorf("closed for %v: broken is %q and must be %q", silent, s.broken(), want)
		}
	}
}
