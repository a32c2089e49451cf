package monitor_test

import (
	"slices"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/machines"
	"ordeal/testbed/monitor"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

// fake is a program that says of itself what a test makes it say.
type fake struct {
	host.Program
	status trial.Status
}

func statusOf(p host.Program) trial.Status { return p.(*fake).status }

// stage is one with three servers, and a clock that the test sets.
func stage(now *time.Duration) *trial.Stage {
	clock := func() time.Duration { return *now }
	w := sim.New(1, sim.Config{})
	return &trial.Stage{
		World: w, Machines: machines.New(w, []host.Addr{"n1", "n2", "n3"}, nil, false), Breaches: &trial.Breaches{Now: clock},
	}
}

func TestInvariantsSeeABadStatus(t *testing.T) {
	var now time.Duration
	s := stage(&now)
	m := monitor.Invariants(s, statusOf, trialtest.OnePrimary())
	n1, n2 := &fake{status: trial.Status{Leads: true, Epoch: 1}}, &fake{}
	m.Event("n1", n1)
	m.Event("n2", n2)
	n2.status = trial.Status{Leads: true, Epoch: 2}
	m.Event("n2", n2)
	if bad := s.Breaches.List(); len(bad) != 0 {
		t.Fatalf("two primaries of two views: %+v", bad)
	}
	now = 7 * time.Second
	n2.status.Epoch = 1
	m.Event("n2", n2)
	now++
	n2.status.Progress++
	m.Event("n2", n2)
	bad := s.Breaches.List()
	if len(bad) != 1 || bad[0].Rule != "one primary a view" || bad[0].At != 7*time.Second ||
		bad[0].What != "n1 and n2 are both primary of view 1" {
		t.Errorf("%+v", bad)
	}
}

// TestInvariantsSeeWhatWasBefore: an invariant is told of each change once, of starts, and of servers that are down.
func TestInvariantsSeeWhatWasBefore(t *testing.T) {
	var now time.Duration
	s := stage(&now)
	var seen []monitor.Server[trial.Status]
	m := monitor.Invariants(s, statusOf, monitor.Invariant[trial.Status]{Rule: "r",
		Broken: func(all []monitor.Server[trial.Status], changed int) string {
			if len(all) != 3 {
				t.Errorf("%d servers", len(all))
			}
			seen = append(seen, all[changed])
			return ""
		}})
	first := &fake{status: trial.Status{Progress: 1}}
	m.Event("n2", first)
	m.Event("n2", first) // nothing is new
	first.status.Progress = 2
	m.Event("n2", first)
	m.Event("n2", nil)
	m.Event("n2", &fake{status: trial.Status{Progress: 2}})
	status := func(n uint64) trial.Status { return trial.Status{Progress: n} }
	want := []monitor.Server[trial.Status]{
		{Name: "n2", Up: true, Status: status(1), Fresh: true},
		{Name: "n2", Up: true, Status: status(2), Before: status(1)},
		{Name: "n2", Up: true, Status: status(2), Before: status(2), Fresh: true},
	}
	if !slices.Equal(seen, want) {
		t.Errorf("%+v", seen)
	}
}

func TestLeaderSpans(t *testing.T) {
	var now time.Duration
	l := monitor.NewLeaders(func() time.Duration { return now }, statusOf)
	n1, n2 := &fake{status: trial.Status{Leads: true, Epoch: 1}}, &fake{}
	at := func(when time.Duration, server host.Addr, p host.Program) {
		now = when
		l.Event(server, p)
	}
	at(1, "n1", n1)
	n1.status.Progress = 5
	at(2, "n1", n1) // it leads as before
	n2.status = trial.Status{Leads: true, Epoch: 2}
	at(3, "n2", n2)
	n1.status = trial.Status{Leads: true, Epoch: 3}
	at(4, "n1", n1)
	at(5, "n1", nil)
	n2.status.Leads = false
	at(6, "n2", n2)
	n2.status = trial.Status{Leads: true, Epoch: 4}
	at(7, "n2", n2)
	want := []trial.LeaderSpan{
		{Machine: "n1", Epoch: 1, From: 1, To: 4}, {Machine: "n2", Epoch: 2, From: 3, To: 6}, {Machine: "n1",
			Epoch: 3, From: 4, To: 5},
		{Machine: "n2", Epoch: 4, From: 7, To: -1},
	}
	if !slices.Equal(l.Spans(), want) {
		t.Errorf("%+v", l.Spans())
	}
}

// TestStatesAreNotedOnce: what servers are in, what they did and what faults hit them in it, whichever server it is.
func TestStatesAreNotedOnce(t *testing.T) {
	type event struct {
		server host.Addr
		state  monitor.State
	}
	noted := func(events []event, faults ...nemesis.Event) []uint32 {
		var now time.Duration
		s := stage(&now)
		for _, server := range s.Machines.Servers() {
			s.World.AddMachine(server, func(host.Host) (host.Program, error) { return &fake{}, nil })
		}
		s.World.RunUntil(time.Millisecond)
		states := map[host.Program]monitor.State{}
		programs := map[host.Addr]*fake{"n1": {}, "n2": {}, "n3": {}}
		m := monitor.NewStates(s, func(p host.Program) monitor.State { return states[p] })
		for _, e := range events {
			states[programs[e.server]] = e.state
			m.Event(e.server, programs[e.server])
		}
		for _, f := range faults {
			m.Fault(f)
		}
		return m.List()
	}
	lead, follow := monitor.State{Code: 2, Epoch: 1}, monitor.State{Code: 1, Epoch: 1}
	base := noted([]event{{"n1", lead}, {"n2", follow}})
	if mirrored := noted([]event{{"n3", lead}, {"n1", follow}}); !slices.Equal(base, mirrored) || len(base) == 0 {
		t.Errorf("which server it is counts: %v and %v", base, mirrored)
	}
	if again := noted([]event{{"n1", lead}, {"n2", follow}, {"n2", follow}}); !slices.Equal(base, again) {
		t.Errorf("what is not new counts: %v and %v", base, again)
	}
	deed := follow
	deed.Deeds = 1
	far := monitor.State{Code: 1, Epoch: 1, Progress: 1000}
	fault := nemesis.Event{Type: nemesis.Fired, Fault: nemesis.Fault{Kind: nemesis.Crash}, Machines: []host.Addr{"n1"}}
	for name, more := range map[string][]uint32{
		"a deed":                 noted([]event{{"n1", lead}, {"n2", follow}, {"n2", deed}}),
		"a server that is ahead": noted([]event{{"n1", lead}, {"n2", follow}, {"n2", far}, {"n1", lead}}),
		"a fault":                noted([]event{{"n1", lead}, {"n2", follow}}, fault),
	} {
		if len(more) <= len(base) {
			t.Errorf("%s is not noted: %v and %v", name, base, more)
		}
	}
	fault.Type = nemesis.Ended
	if same := noted([]event{{"n1", lead}, {"n2", follow}}, fault); !slices.Equal(base, same) {
		t.Error("the end of a fault is noted")
	}
}
