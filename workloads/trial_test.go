package workloads_test

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/tree"
	"ordeal/history"
	"ordeal/host"
	"ordeal/sim"
	"ordeal/workloads"
)

// trial is a cluster of three under a workload, in a simulated world.
type trial struct {
	*testing.T
	*sim.World
	env     *workloads.Env
	record  *history.Recorder
	servers []host.Addr
	live    []int64 // the sessions whose end is not in the history
}

const (
	start   = 2 * time.Second // the cluster has a leader by then
	stop    = 32 * time.Second
	clients = 10
)

func newTrial(t *testing.T, seed uint64, w workloads.Workload) *trial {
	t.Helper()
	o := &trial{T: t, World: sim.New(seed, sim.Config{})}
	t.Cleanup(o.Close)
	// raft draws its election jitter from there, and has no option to draw it from elsewhere.
	rand.Reader = mathrand.NewChaCha8([32]byte{byte(seed)})
	o.record = history.NewRecorder(o.Now)
	var members []cluster.Member
	for i := range 3 {
		addr := host.Addr(fmt.Sprintf("n%d", i+1))
		members = append(members, cluster.Member{ID: uint64(i + 1), Addr: addr})
		o.servers = append(o.servers, addr)
	}
	for _, m := range members {
		o.AddMachine(m.Addr, cluster.Boot(cluster.Config{
			ID: m.ID, Members: members, TickTime: 500 * time.Millisecond, Settings: tree.ExtendedTypes,
		}))
	}
	var newest int64
	o.Observe(func(machine host.Addr, _ host.Program) {
		if n, ok := o.Program(machine).(*cluster.Node); ok && n.Tree().Zxid() > newest {
			newest = n.Tree().Zxid()
			o.sessions(n)
		}
	})
	o.env = workloads.New(w, workloads.Config{
		Clients: clients, Servers: o.servers, Record: o.record, Now: o.Now, Stop: stop, Draws: seed,
		SessionTimeout: 2 * time.Second,
	})
	return o
}

// sessions writes the end of a session into the history when the first server has applied it.
func (o *trial) sessions(n *cluster.Node) {
	for _, id := range o.live {
		if _, alive := n.Tree().Session(id); !alive {
			o.record.OK(history.Service, "end", "", fmt.Sprintf("0x%x", uint64(id)))
		}
	}
	o.live = o.live[:0]
	for _, s := range n.Tree().Sessions() {
		o.live = append(o.live, s.ID)
	}
}

// use lets n processes do something, and waits until the world's clock shows until. It returns how many came to an end.
func (o *trial) use(n int, until time.Duration, f func(p host.Process, i int)) (done int) {
	o.Helper()
	for i := range n {
		o.Spawn(host.Addr(fmt.Sprintf("c%d", i+1)), func(p host.Process) { f(p, i); done++ })
	}
	o.RunUntil(until)
	for _, failure := range o.Failures() {
		o.Fatalf("%v\n%s", failure, failure.Stack)
	}
	return done
}

// run is a whole trial: use, with or without disturbance, and then the proof that everything still works.
func (o *trial) run(disturbed bool) history.History {
	o.Helper()
	o.RunUntil(start)
	if disturbed {
		o.disturb()
	}
	o.use(clients, stop, func(p host.Process, _ int) { o.env.Run(p) })
	probed := o.use(clients, stop+30*time.Second, func(p host.Process, _ int) { o.env.Probe(p) })
	drained := o.use(clients, stop+60*time.Second, func(p host.Process, i int) { o.env.Drain(p, i, clients) })
	if probed != clients || drained != clients {
		o.Fatalf("of %d clients %d could use the service again, and %d took their last look", clients, probed, drained)
	}
	return o.record.Ops()
}

var runs = map[string]history.History{}

// disturbed is the history of a disturbed trial. Tests that look at the same one share it.
func disturbed(t *testing.T, seed uint64, w workloads.Workload) history.History {
	t.Helper()
	name := fmt.Sprintf("%s/%d", w.Name, seed)
	if runs[name] == nil {
		runs[name] = newTrial(t, seed, w).run(true)
	}
	return runs[name]
}

// disturb breaks something every two seconds, for one to three, and heals it before the end.
func (o *trial) disturb() {
	r := o.Rand("disturb")
	for at := start; at < stop-4*time.Second; at += 2 * time.Second {
		n := o.servers[r.IntN(len(o.servers))]
		c := host.Addr(fmt.Sprintf("c%d", 1+r.IntN(clients)))
		heal := at + time.Second + time.Duration(r.Int64N(int64(2*time.Second)))
		switch r.IntN(4) {
		case 0:
			o.At(at, func() { o.Crash(n) })
			o.At(heal, func() { o.Restart(n) })
		case 1:
			o.At(at, func() { o.isolate(n, o.Cut) })
			o.At(heal, func() { o.isolate(n, o.Mend) })
		case 2:
			o.At(at, func() { o.Pause(n) })
			o.At(heal, func() { o.Resume(n) })
		default:
			o.At(at, func() { o.Pause(c) })
			o.At(heal, func() { o.Resume(c) })
		}
	}
}

func (o *trial) isolate(n host.Addr, f func(from, to host.Addr) error) {
	for _, other := range o.Machines() {
		if other != n {
			f(n, other)
			f(other, n)
		}
	}
}

// pairs finds each operation's invoke and completion, in the order of the completions.
func pairs(ops history.History, f func(invoke, end history.Op)) {
	open := map[int]history.Op{}
	for _, op := range ops {
		switch {
		case op.Process < 0:
			f(op, op)
		case op.Type == history.Invoke:
			open[op.Process] = op
		default:
			f(open[op.Process], op)
		}
	}
}

func list(v any) []any {
	l, _ := v.([]any)
	return slices.Clone(l)
}

// byName finds a workload.
func byName(name string) (w workloads.Workload, ok bool) {
	for _, w := range workloads.All() {
		if w.Name == name {
			return w, true
		}
	}
	return workloads.Workload{}, false
}
