package bounds_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/tree"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/coordination/bounds"
	"ordeal/testbed/trial"
	"ordeal/workloads"
)

const tick = 500 * time.Millisecond

// stage is a service of three servers whose first leads, as a test has it.
type stage struct {
	now      time.Duration
	bounds   *bounds.Bounds
	breaches trial.Breaches
	statuses map[host.Addr]cluster.Status
	waits    map[host.Addr][]cluster.Wait
	contacts []workloads.Contact
	sessions []tree.Session
	silent   bool          // the clients of the sessions have no connection
	ago      time.Duration // when they were last heard of, on those they have
	due      []string
	served   int
	pieces   int // of the leader's snapshot
}

func newStage() *stage {
	s := &stage{waits: make(map[host.Addr][]cluster.Wait), statuses: map[host.Addr]cluster.Status{
		"n1": {ID: 1, Serving: true, Leading: true, Term: 2, Leader: 1, AppliedTerm: 2, Applied: 100},
		"n2": {ID: 2, Serving: true, Term: 2, Leader: 1, AppliedTerm: 2, Applied: 100},
		"n3": {ID: 3, Serving: true, Term: 2, Leader: 1, AppliedTerm: 2, Applied: 100},
	}}
	now := func() time.Duration { return s.now }
	s.breaches.Now = now
	s.bounds = bounds.New(bounds.Service{
		Tick: tick, Clients: []host.Addr{"c1"}, Now: now,
		Status:  func(server host.Addr) (cluster.Status, bool) { st, up := s.statuses[server]; return st, up },
		Paused:  func(host.Addr) bool { return false },
		Members: func() []host.Addr { return []host.Addr{"n1", "n2", "n3"} },
		Quorum:  func(servers []host.Addr) bool { return len(servers) >= 2 },
		Sessions: func(_ host.Addr, visit func(tree.Session) bool) {
			for _, session := range s.sessions {
				visit(session)
			}
		},
		Attached: func(_ host.Addr, visit func(int64, time.Duration)) {
			for _, session := range s.sessions {
				if !s.silent {
					visit(session.ID, s.ago)
				}
			}
		},
		Silence:   func(host.Addr, int64) (time.Duration, bool) { return s.ago, !s.silent },
		Due:       func(host.Addr) []string { return s.due },
		Served:    func(host.Addr) int { return s.served },
		Pieces:    func(host.Addr) int { return s.pieces },
		ReapEvery: 2 * time.Second, TimeoutMin: time.Second, TimeoutMax: 10 * time.Second,
		Waits: func(server host.Addr, least time.Duration) []cluster.Wait {
			return slices.DeleteFunc(slices.Clone(s.waits[server]), func(w cluster.Wait) bool { return w.For < least })
		},
	}, &s.breaches)
	s.pass(5 * time.Second)
	return s
}

// pass lets time go by.
func (s *stage) pass(d time.Duration) {
	for end := s.now + d; s.now < end; s.now += 20 * time.Millisecond {
		s.bounds.Sample(s.contacts)
	}
}

func (s *stage) say(server host.Addr, f func(st *cluster.Status)) {
	st := s.statuses[server]
	f(&st)
	s.statuses[server] = st
}

func (s *stage) crash(server host.Addr) {
	delete(s.statuses, server)
	s.fault(nemesis.Crash, server)
}

// fault is one that stays on a machine.
func (s *stage) fault(kind nemesis.Kind, machine host.Addr) {
	s.bounds.Fault(nemesis.Event{Type: nemesis.Fired, Step: int(machine[1]), For: time.Minute,
		Fault: nemesis.Fault{Kind: kind}, Machines: []host.Addr{machine}})
}

func (s *stage) transfer() {
	s.bounds.Fault(nemesis.Event{Type: nemesis.Fired, Fault: nemesis.Fault{Kind: nemesis.Transfer}})
}

func (s *stage) pause(client host.Addr) {
	s.fault(nemesis.Pause, client)
}

// TestASnapshotTakesItsTime: a follower that is sent one of many pieces may stay behind for longer, and not for ever.
func TestASnapshotTakesItsTime(t *testing.T) {
	for _, back := range []bool{true, false} {
		s := newStage()
		s.pieces = 2000
		s.say("n3", func(st *cluster.Status) { st.Applied = 90 })
		s.pass(6*tick + 5*time.Second)
		if back {
			s.say("n3", func(st *cluster.Status) { st.Applied = 100 })
		}
		s.pass(5 * time.Second)
		if got := s.broken() == ""; got != back {
			t.Errorf("it is there in the end: %v; broken is %q", back, s.broken())
		}
	}
}

// TestNothingIsAnsweredWhileTooFewHaveCaughtUp: a leader has one other server left, which is sent a snapshot.
func TestNothingIsAnsweredWhileTooFewHaveCaughtUp(t *testing.T) {
	for _, alone := range []bool{true, false} {
		s := newStage()
		s.pieces = 2000
		s.crash("n2")
		if alone {
			s.say("n3", func(st *cluster.Status) { st.Applied = 90 })
		}
		s.pass(tick)
		s.waits["n1"] = []cluster.Wait{{What: "a request", For: time.Second}}
		s.pass(6*tick + 3*time.Second)
		if got := s.broken() == ""; got != alone {
			t.Errorf("none has caught up but the leader: %v; broken is %q", alone, s.broken())
		}
	}
}

// TestBounds: whatever takes too long is a finding where nothing excuses it, and none where something does.
func TestBounds(t *testing.T) {
	const (
		led      = "a majority that is well has a leader"
		caughtUp = "a server that is well catches up"
		answered = "what is asked is answered"
		served   = "a client that is well is served"
	)
	request := cluster.Wait{What: "a sync", For: time.Second}
	change := cluster.Wait{What: "a change", For: time.Second, Change: true}
	contact := workloads.Contact{Client: "c1", Server: "n2", Knows: []host.Addr{"n2", "n3"}, Timeout: 3 * time.Second}
	silent := contact
	silent.Ago = 2 * time.Second
	seeking := contact
	seeking.Server = ""
	lost := seeking
	lost.Knows = []host.Addr{"n9"}
	behind := func(st *cluster.Status) { st.Applied = 90 }
	notBegun := func(st *cluster.Status) { st.AppliedTerm = 1 }
	leaderless := func(st *cluster.Status) { st.Leading = false }
	for name, c := range map[string]struct {
		happens func(s *stage)
		broken  string
	}{
		"all is well":              {func(*stage) {}, ""},
		"a request waits":          {func(s *stage) { s.waits["n2"] = []cluster.Wait{request} }, answered},
		"at a server that is down": {func(s *stage) { s.waits["n2"] = []cluster.Wait{request}; s.crash("n2") }, ""},
		"while leaders change": {func(s *stage) {
			s.transfer()
			s.waits["n2"] = []cluster.Wait{request}
			s.pass(tick + tick*8/5 - 100*time.Millisecond)
			s.waits["n2"] = nil
		}, ""},
		"and behind that":         {func(s *stage) { s.transfer(); s.waits["n2"] = []cluster.Wait{request} }, answered},
		"a change takes its time": {func(s *stage) { s.waits["n2"] = []cluster.Wait{change} }, ""},
		"none leads":              {func(s *stage) { s.say("n1", leaderless) }, led},
		"none can":                {func(s *stage) { s.crash("n1"); s.crash("n2") }, ""},
		"two have stopped":        {func(s *stage) { delete(s.statuses, "n1"); delete(s.statuses, "n2") }, ""},
		"one has stopped":         {func(s *stage) { delete(s.statuses, "n1") }, led},
		"a leader does not begin": {func(s *stage) { s.say("n1", notBegun) }, led},
		"a follower stays behind": {func(s *stage) { s.say("n3", behind) }, caughtUp},
		"a follower in another":   {func(s *stage) { s.say("n3", func(st *cluster.Status) { st.Term = 1 }) }, caughtUp},
		"a follower is down":      {func(s *stage) { s.crash("n3") }, ""},
		"a client is answered":    {func(s *stage) { s.contacts = []workloads.Contact{contact} }, ""},
		"a client is not":         {func(s *stage) { s.contacts = []workloads.Contact{silent} }, served},
		"a client stands still":   {func(s *stage) { s.contacts = []workloads.Contact{silent}; s.pause("c1") }, ""},
		"a client looks for ever": {func(s *stage) { s.contacts = []workloads.Contact{seeking} }, served},
		"it had no session meanwhile": {func(s *stage) {
			s.contacts = []workloads.Contact{seeking}
			s.pass(5 * time.Second)
			s.contacts = nil
			s.pass(8 * time.Second)
			s.contacts = []workloads.Contact{seeking}
			s.pass(5 * time.Second)
			s.contacts = nil
		}, ""},
		"it knows no server any more": {func(s *stage) { s.contacts = []workloads.Contact{lost} }, ""},
		"of a client's two, one is":   {func(s *stage) { s.crash("n2"); s.contacts = []workloads.Contact{silent} }, ""},
	} {
		s := newStage()
		c.happens(s)
		s.pass(time.Minute / 2)
		if got := s.broken(); got != c.broken {
			t.Errorf("%s: broken is %q and must be %q: %v", name, got, c.broken, s.breaches.List())
		}
		if c.broken != "" && strings.Contains(s.breaches.List()[0].What, "%!") {
			t.Error(s.breaches.List()[0].What)
		}
	}
}

// broken is the rule that is broken first.
func (s *stage) broken() string {
	if list := s.breaches.List(); len(list) > 0 {
		return list[0].Rule
	}
	return ""
}
