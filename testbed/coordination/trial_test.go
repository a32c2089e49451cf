package coordination

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// short is a trial that takes a fraction of a second.
func short(seed uint64, workload string) trial.Trial {
	return trial.Trial{
		Service: Service(), Seed: seed, Workload: workload, Nodes: 3, Faults: []string{"swarm"},
		Length: 20 * time.Second, Rate: 100,
	}
}

// each returns a short trial of every workload; those that the default campaign leaves out are many, and get less time.
func each(firstSeed uint64) (all []trial.Trial) {
	s := Service()
	for i, w := range s.WorkloadNames() {
		one := short(firstSeed+uint64(i), w)
		if !slices.Contains(s.DefaultWorkloads(""), w) {
			one.Length = 6 * time.Second
		}
		all = append(all, one)
	}
	return all
}

func mustRun(t *testing.T, one trial.Trial) play.Result {
	t.Helper()
	return mustAsk(t, one, play.Ask{})
}

func mustAsk(t *testing.T, one trial.Trial, ask play.Ask) play.Result {
	t.Helper()
	r, err := play.Run(one, ask)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// files are what a result writes.
func files(t *testing.T, r play.Result) map[string][]byte {
	t.Helper()
	written := make(map[string][]byte)
	err := r.Write(func(name string, data []byte) error {
		written[name] = bytes.Clone(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return written
}

func mustPlan(t *testing.T, text string) nemesis.Plan {
	t.Helper()
	plan, err := trial.ParsePlan("plan", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// beginning is called with a trial's service before anything happens, and may change how the testbed knows it.
type beginning func(i *instance, described *trial.Instance)

// begunBy is a trial whose service some functions see begin.
func begunBy(one trial.Trial, begin ...beginning) trial.Trial {
	s := *one.Service
	s.Begin = func(stage *trial.Stage) trial.Instance {
		i := newInstance(stage)
		described := i.described()
		for _, f := range begin {
			f(i, &described)
		}
		return described
	}
	one.Service = &s
	return one
}

// watching is a beginning that has f called after every event of a server.
func watching(f func(i *instance, server host.Addr)) beginning {
	return func(i *instance, described *trial.Instance) {
		described.Monitors = append(described.Monitors, eventFunc{f: func(server host.Addr) { f(i, server) }})
	}
}

// eventFunc is a monitor of events.
type eventFunc struct {
	trial.Unconcerned
	f func(server host.Addr)
}

func (m eventFunc) Event(server host.Addr, _ host.Program) { m.f(server) }

// planned is a trial of a plan that was written, played to its end.
type planned struct {
	*instance
	result play.Result
}

func playPlan(t *testing.T, one trial.Trial, plan string, begin ...beginning) planned {
	t.Helper()
	one.Plan = mustPlan(t, plan)
	one.Settings = cmp.Or(one.Settings, "1000/200/65536/3000")
	var p planned
	keep := func(i *instance, _ *trial.Instance) { p.instance = i }
	p.result = mustRun(t, begunBy(one, append([]beginning{keep}, begin...)...))
	if p.result.Summary.Outcome != play.Valid {
		t.Errorf("%s", p.result.Summary.Text)
	}
	return p
}

// servers are all that there ever were.
func (p planned) servers() []host.Addr { return p.stage.Machines.Servers() }

// forgot are the servers whose disks have forgotten what they had acknowledged.
func (p planned) forgot() (servers []host.Addr) {
	for _, s := range p.servers() {
		if p.stage.Machines.Forgot(s) != "" {
			servers = append(servers, s)
		}
	}
	return servers
}

// stops counts the stops of a server that a reason holds for.
func (p planned) stops(m host.Addr, is func(sim.Stop) bool) (n int) {
	for _, s := range p.stage.World.Stops() {
		if s.Machine == m && is(s) {
			n++
		}
	}
	return n
}

// infos counts the operations that ended unknown with such an error.
func (p planned) infos(what string) (n int) {
	for _, op := range p.result.History {
		if strings.Contains(op.Error, what) {
			n++
		}
	}
	return n
}

// leads are the machines that led, one after another, between two instants.
func (p planned) leads(from, to time.Duration) (machines []host.Addr) {
	for _, l := range p.result.Leaders {
		if l.From >= from && l.From <= to {
			machines = append(machines, l.Machine)
		}
	}
	return machines
}

// numbered are the names of n servers.
func numbered(n int) []host.Addr { return trial.Trial{Nodes: n}.Servers() }
