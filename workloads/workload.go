package workloads

import (
	"math"

	"ordeal/cluster/client"
	"ordeal/host"
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
}

// All are the workloads there are.
func All() []Workload {
	return []Workload{
		{Name: "register", OpsMax: 150, PerObject: 4, step: stepRegister, probe: probeRegister, drain: drainRegister},
		{Name: "lock", OpsMax: 100, PerObject: 3, step: stepLock, probe: probeLock, drain: drainLock},
		{Name: "election", OpsMax: 100, PerObject: 3, step: stepElection, probe: probeElection, drain: drainElection},
		{Name: "queue", OpsMax: 60, PerObject: 4, step: stepQueue, probe: probeQueue, drain: drainQueue},
		// All clients share the one tree, for all of the trial: it is judged in time linear in the history.
		{Name: "tree", OpsMax: math.MaxInt, PerObject: math.MaxInt, step: stepTree, probe: probeTree, drain: drainTree,
			hear: hearTree, end: endTree},
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

// Run is a client: it uses the service until Stop, ends its session and returns. Every call is another client.
func (e *Env) Run(p host.Process) {
	w := e.newWorker(p, len(e.workers))
	e.workers = append(e.workers, w)
	for e.cfg.Now() < e.cfg.Stop {
		if w.connect(e.cfg.Stop) {
			e.workload.step(w)
			w.pace()
		}
	}
	w.close()
}

// Probe is a new client with unlimited patience that uses an object which the others used before it, and returns when
// that has worked. If it never returns then the service, or that object, has stopped for good.
func (e *Env) Probe(p host.Process) {
	w := e.newWorker(p, e.probes)
	e.probes++
	w.tireless = true
	o := e.places[w.client%len(e.places)]
	for !w.connect(never) || !e.workload.probe(w, o) {
	}
	w.close()
}

// Drain is a new client with unlimited patience that looks, for the last time, at every n-th object that there was,
// from the i-th on: what was lost from an object that nobody uses any more comes to light here.
func (e *Env) Drain(p host.Process, i, n int) {
	w := e.newWorker(p, i)
	w.tireless = true
	for ; i < len(e.objects); i += n {
		for !w.connect(never) || !e.workload.drain(w, e.objects[i]) {
		}
	}
	w.close()
}
