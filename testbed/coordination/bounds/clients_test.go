package bounds_test

import (
	"testing"
	"time"

	"ordeal/host"
	"ordeal/workloads"
)

// TestASilentServerIsLeft: a client stays with a server that says nothing for no longer than it may, whatever becomes
// of that; unless it can do nothing.
func TestASilentServerIsLeft(t *testing.T) {
	const rule = "a client leaves a server that is silent"
	for _, c := range []struct {
		name   string
		tries  int
		server host.Addr // "" while it tries one
		silent time.Duration
		paused bool
		broken string
	}{
		{"it stays", 3, "n2", 2400 * time.Millisecond, false, rule},
		{"it is to leave now", 3, "n2", 2200 * time.Millisecond, false, ""},
		{"it tries one for long", 1, "", 3400 * time.Millisecond, false, rule},
		{"it has tried one for a while", 1, "", 2400 * time.Millisecond, false, ""},
		{"it could try another", 3, "", 1300 * time.Millisecond, false, rule},
		{"it is to try another now", 3, "", 1200 * time.Millisecond, false, ""},
		{"it stands still", 3, "n2", 3400 * time.Millisecond, true, ""},
	} {
		s := newStage()
		s.crash("n2")
		if c.paused {
			s.pause("c1")
		}
		s.contacts = []workloads.Contact{{Client: "c1", Server: c.server, Knows: []host.Addr{"n2"},
			Timeout: 3 * time.Second, Silent: c.silent, Tries: c.tries}}
		s.pass(2 * time.Second)
		if got := s.broken(); got != c.broken {
			t.Errorf("%s: broken is %q and must be %q: %v", c.name, got, c.broken, s.breaches.List())
		}
	}
}
