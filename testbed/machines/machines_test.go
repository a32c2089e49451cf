package machines_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/machines"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

// idle is a program that does nothing.
type idle struct{ host.Program }

func world() (*sim.World, *machines.Machines) {
	w := sim.New(1, sim.Config{})
	m := machines.New(w, []host.Addr{"n1", "n2", "n3"}, []host.Addr{"c1"}, false)
	for _, s := range m.Servers() {
		w.AddMachine(s, func(host.Host) (host.Program, error) { return &idle{}, nil })
	}
	w.Observe(m.Event)
	w.RunUntil(time.Millisecond)
	return w, m
}

func TestMachinesGoAndComeBack(t *testing.T) {
	w, m := world()
	defer w.Close()
	m.Crash("n1")
	m.Pause("n2")
	if m.Up("n1") || m.Program("n1") != nil || !m.Up("n2") || !m.Paused("n2") || !m.Up("n3") {
		t.Error("n1 is to be down, n2 to stand still, and n3 to be up")
	}
	m.Restart("n1")
	m.Resume("n2")
	w.RunUntil(time.Second)
	if !m.Up("n1") || m.Paused("n2") || m.Refused() != nil {
		t.Errorf("they are not back: %v", m.Refused())
	}
	begun := 0
	m.SetBegin(func(host.Process) { begun++ })
	m.Restart("c1")
	w.RunUntil(2 * time.Second)
	if begun != 1 {
		t.Errorf("the client began %d times", begun)
	}
	m.AddServer("n4", func(host.Host) (host.Program, error) { return &idle{}, nil })
	w.RunUntil(3 * time.Second)
	if !m.Up("n4") || len(m.Servers()) != 4 || len(m.Members()) != 3 {
		t.Errorf("servers %v, members %v", m.Servers(), m.Members())
	}
}

// TestWhatTheWorldRefusesIsKept: the nemesis asks only for what can be done, and else the trial is the tool's failure.
func TestWhatTheWorldRefusesIsKept(t *testing.T) {
	w, m := world()
	defer w.Close()
	m.Crash("n9")
	if err := m.Refused(); err == nil || !strings.Contains(err.Error(), "n9") {
		t.Errorf("%v", err)
	}
}

func TestAFixedService(t *testing.T) {
	w, m := world()
	defer w.Close()
	if leader, ok := m.Leader(); ok || m.Observers() != nil || m.Holders() != nil {
		t.Errorf("it has the leader %s", leader)
	}
	if core := m.Core([]host.Addr{"n3", "n1", "n2"}); !slices.Equal(core, []host.Addr{"n3", "n1"}) {
		t.Errorf("%v is no majority from the front", core)
	}
	m.Await(nemesis.Saving, func(host.Addr) { t.Error("the moment came") })()
}

// TestPointsAndPins: a trial whose points are counted has disk jobs, messages and frames, in the order of their
// instants; and a fault that is pinned to one of them springs at that instant, in a world that was the same up to it.
func TestPointsAndPins(t *testing.T) {
	one := trial.Trial{
		Service: trialtest.Service(trialtest.Options{}), Seed: 1, Workload: "register", Nodes: 3,
		Length: 3 * time.Second, Rate: 20,
		Plan: nemesis.Plan{machines.Unreached()},
	}
	r, err := play.Run(one, play.Ask{Mode: play.Points})
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]machines.Point{}
	at := time.Duration(0)
	for _, p := range r.Summary.Points {
		if p.At < at || p.At >= one.Length {
			t.Fatalf("%+v behind %v", p, at)
		}
		at = p.At
		if _, ok := first[p.What]; !ok && p.At > time.Second {
			first[p.What] = p
		}
	}
	for what, fault := range map[string]nemesis.Fault{
		machines.PointJob:     {Kind: nemesis.CrashInJob, Leaving: 1},
		machines.PointMessage: {Kind: nemesis.LoseMessage},
		machines.PointFrame:   {Kind: nemesis.BreakAtFrame},
	} {
		p, ok := first[what]
		if !ok {
			t.Errorf("there is no %s", what)
			continue
		}
		fault.N = p.N
		if what == machines.PointJob {
			fault.Target = nemesis.Target(p.Machine)
		}
		one.Plan = nemesis.Plan{{For: one.Length, Fault: fault}}
		r, err := play.Run(one, play.Ask{})
		if err != nil {
			t.Fatal(err)
		}
		want := []machines.Sprung{{Fault: fault.String(), At: p.At, Trace: p.Trace}}
		if !slices.Equal(r.Summary.Sprung, want) || r.Summary.Outcome != play.Valid {
			t.Errorf("%s: sprung %+v, want %+v: %s", what, r.Summary.Sprung, want, r.Summary.Text)
		}
	}
}
