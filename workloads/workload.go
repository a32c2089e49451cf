package workloads

import (
	"math"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
	"ordeal/testbed/clients"
)

// Workload is one kind of use.
type Workload struct {
	Name string
	// OpsMax is how many operations an object sees, and a few more that were under way, before it is left.
	OpsMax int
	// PerObject is how many clients share an object, if nothing else is asked for. As a lock or an office has one
	// holder at a time, more of them are needed for the same rate.
	PerObject int
	// step does what a client does in one go.
	step func(w *worker)
	// probe does the least that shows that an object is of use, and reports whether it worked.
	probe func(w *worker, o *object) bool
	// drain looks at an object for the last time, and reports whether it could.
	drain func(w *worker, o *object) bool
	// hear, if it is not nil, says what a new session's client is to be told; end ends a session in a way of its own.
	hear func(w *worker) client.Heard
	end  func(w *worker)
	// ended writes down how a session ended, if that means something to the workload's model: by an answer, or by a mark
	// that shows the zxid of the end.
	ended func(e *Env, m *mark, zxid int64)
}

// All are the workloads there are.
func All() []Workload {
	return []Workload{
		{Name: "register", OpsMax: 150, PerObject: 4, step: stepRegister, probe: probeRegister, drain: drainRegister},
		{Name: "lock", OpsMax: 100, PerObject: 3, step: stepLock, probe: probeLock, drain: drainLock, ended: endedHold},
		{Name: "election", OpsMax: 100, PerObject: 3, step: stepElection, probe: probeElection, drain: drainElection,
			ended: endedHold},
		{Name: "queue", OpsMax: 60, PerObject: 4, step: stepQueue, probe: probeQueue, drain: drainQueue},
		// All clients share the one tree, for all of the trial: it is judged in time linear in the history.
		{Name: "tree", OpsMax: math.MaxInt, PerObject: math.MaxInt, step: stepTree, probe: probeTree, drain: drainTree,
			hear: hearTree, end: endTree, ended: endedTree},
	}
}

// ByName finds a workload.
func ByName(name string) (w Workload, ok bool) {
	for _, w := range All() {
		if w.Name == name {
			return w, true
		}
	}
	return Workload{}, false
}

// Run is a client: it uses the service until Stop, ends its session and returns. Every call is another client: of a
// script, the next one.
func (e *Env) Run(p host.Process) {
	client := len(e.workers)
	if e.cfg.Script != nil {
		client = e.cfg.Script[len(e.workers)].Client - 1
	}
	w := e.newWorker(p, runs, client)
	e.workers = append(e.workers, w)
	w.run()
}

// Again is the client of Run that a machine had, begun anew after a crash. It knows nothing of what it did, and goes on
// behind the last turn that it took.
func (e *Env) Again(p host.Process) {
	at := slices.IndexFunc(e.workers, func(w *worker) bool { return w.p.Self() == p.Self() })
	if at < 0 {
		e.Run(p)
		return
	}
	before := e.workers[at]
	w := e.newWorker(p, runs, before.client)
	w.began, w.taken, w.sessions = before.began, before.taken, before.sessions
	e.workers[at] = w
	w.run()
}

// run takes the turns of a script, or turn after turn, until Stop.
func (w *worker) run() {
	defer func() { w.waits = nil }() // it may end by a crash, and nobody stands in line then
	if script := w.e.cfg.Script; script != nil {
		at := slices.IndexFunc(script, func(c clients.ClientScript) bool { return c.Client == w.client+1 })
		w.follow(script[at].Turns)
	} else {
		w.goOn()
	}
	w.begin(clients.Turn{})
	w.close()
}

// goOn takes turn after turn until Stop.
func (w *worker) goOn() {
	for w.e.cfg.Now() < w.e.cfg.Stop {
		if w.take(clients.Turn{N: w.taken + 1, At: w.rest - w.began}) {
			w.pace()
		}
	}
}

// follow takes the turns of a script, each in its time, and then waits for Stop. The client is connected from the
// beginning on.
func (w *worker) follow(turns []clients.Turn) {
	turns = slices.Clone(turns)
	turns = slices.DeleteFunc(turns, func(t clients.Turn) bool { return t.N <= w.taken })
	if len(turns) == 0 || w.began+turns[0].At > w.p.Now() {
		w.connect(w.e.cfg.Stop)
	}
	for _, t := range turns {
		if left := w.began + t.At - w.p.Now(); left > 0 {
			w.p.Sleep(left)
		}
		if !w.take(t) {
			return
		}
	}
	// Its clock may be fast, and a client that goes on drawing ends behind Stop too.
	if left := w.e.cfg.Stop - w.e.cfg.Now(); left > 0 {
		w.p.Sleep(2*left + time.Second)
	}
}

// take takes a turn. It reports false if there was no session for it until Stop.
func (w *worker) take(t clients.Turn) bool {
	w.begin(t)
	w.taken = t.N
	w.e.turns = append(w.e.turns, clients.ClientScript{Client: w.client + 1, Turns: []clients.Turn{t}})
	if !w.connect(w.e.cfg.Stop) {
		return false
	}
	w.e.workload.step(w)
	return true
}

// Probe is a new client with unlimited patience that uses an object which the others used before it, and returns when
// that has worked. If it never returns then the service, or that object, has stopped for good.
func (e *Env) Probe(p host.Process) {
	w := e.newWorker(p, probes, e.probes)
	e.probes++
	w.tireless = true
	o := e.places[w.client%len(e.places)]
	w.insist(o, e.workload.probe)
	w.close()
}

// Drain is a new client with unlimited patience that looks, for the last time, at every n-th object that there was,
// from the i-th on: what was lost from an object that nobody uses any more comes to light here.
func (e *Env) Drain(p host.Process, i, n int) {
	w := e.newWorker(p, drains, i)
	w.tireless = true
	for ; i < len(e.objects); i += n {
		w.insist(e.objects[i], e.workload.drain)
	}
	w.close()
}

// insist does something with an object until it works.
func (w *worker) insist(o *object, f func(w *worker, o *object) bool) {
	for {
		w.begin(clients.Turn{N: w.turn.N + 1})
		if w.connect(never) && f(w, o) {
			return
		}
	}
}
