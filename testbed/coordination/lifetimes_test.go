package coordination

import (
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/coordination/setup"
	"ordeal/workloads"
)

func TestContactsOfASession(t *testing.T) {
	const timeout, toldWithin = 3 * time.Second, 500 * time.Millisecond
	now := 10 * time.Second
	l := newLifetimes(func() time.Duration { return now }, toldWithin)
	for range 3 * contactsMax(timeout) {
		now += sampleEvery
		l.sample([]workloads.Contact{{Server: "n1", Session: 7, Timeout: timeout, Ago: 5 * time.Millisecond}})
	}
	h := l.heard[7]
	last := h.contacts[len(h.contacts)-1]
	if len(h.contacts) > contactsMax(timeout) || last != (contact{now - 5*time.Millisecond, now}) {
		t.Fatalf("%d contacts", len(h.contacts))
	}
	// What the leader need not have heard of yet proves nothing, and neither does what is too old.
	if c, ok := h.proof(now, toldWithin); !ok || now-c.answered < toldWithin || now-c.sent > timeout/2 {
		t.Error(c, ok)
	}
	if _, ok := h.proof(now+timeout, toldWithin); ok {
		t.Error("the client was silent for its whole timeout")
	}
	sent := now - 5*time.Millisecond
	now += time.Second
	l.sample([]workloads.Contact{{Server: "n1", Session: 7, Timeout: timeout, Ago: now - sent}})
	if last := h.contacts[len(h.contacts)-1]; last.sent != sent || last.answered == now {
		t.Error("a contact was counted twice")
	}
}

func TestWhatDisturbs(t *testing.T) {
	servers := []host.Addr{"n1", "n2"}
	fired := func(at time.Duration, kind nemesis.Kind, machines ...host.Addr) nemesis.Event {
		return nemesis.Event{Time: at, Type: nemesis.Fired, For: time.Second, Fault: nemesis.Fault{Kind: kind},
			Machines: machines}
	}
	ended := nemesis.Event{Time: 3 * time.Second, Type: nemesis.Ended}
	for name, c := range map[string]struct {
		events []nemesis.Event
		want   bool
	}{
		"nothing":             {nil, false},
		"it goes on":          {[]nemesis.Event{fired(time.Second, nemesis.Crash, "n1")}, true},
		"it is over":          {[]nemesis.Event{fired(time.Second, nemesis.Crash, "n1"), ended}, false},
		"it is not yet":       {[]nemesis.Event{fired(9*time.Second, nemesis.Crash, "n1")}, false},
		"a clock is set":      {[]nemesis.Event{fired(6*time.Second, nemesis.Jump, "n1")}, false},
		"a client stands":     {[]nemesis.Event{fired(6*time.Second, nemesis.Pause, "c1")}, false},
		"a server's disk":     {[]nemesis.Event{fired(6*time.Second, nemesis.SlowDisk, "c1", "n2")}, true},
		"a way between two":   {[]nemesis.Event{fired(6*time.Second, nemesis.Loss)}, true},
		"it was skipped only": {[]nemesis.Event{{Time: 6 * time.Second, Type: nemesis.Skipped}}, false},
	} {
		if got := disturbed(c.events, servers, 5*time.Second, 8*time.Second); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestALostConnectionKeepsItsTimeout: a session that was granted 5 s, and asked for 9 s on a connection on which it
// heard no more, may have either.
func TestALostConnectionKeepsItsTimeout(t *testing.T) {
	settings, err := setup.Parse("30/6/8192/300,asks=any")
	if err != nil {
		t.Fatal(err)
	}
	i := &instance{setup: settings, lifetimes: newLifetimes(func() time.Duration { return time.Second }, time.Second)}
	i.granted(workloads.Grant{Session: 7, Asked: 5000, Granted: 5000})
	i.lifetimes.asked(7, 9*time.Second)
	if h := i.lifetimes.heard[7]; h.timeout != 5*time.Second {
		t.Errorf("it is held to have %v", h.timeout)
	}
}
