package recipes

import (
	"fmt"
	"slices"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/workloads/clients"
)

// Workload is one way to use keys.
type Workload struct {
	// Name is the workload's, and Model that of the model by which its histories are judged.
	Name, Model string
	// EndsSessions says that the ends of leases are operations of the model.
	EndsSessions bool
	// opsMax is how many operations an object sees before it is left, and perObject how many clients share one.
	opsMax, perObject int
	step              func(w *worker, o *object)
	probe             func(w *worker, o *object) bool
	drain             func(w *worker, o *object) bool
}

// All are the workloads of the package.
func All() []Workload {
	return []Workload{
		{Name: "etcd-lock", Model: "lock", EndsSessions: true, opsMax: 100, perObject: 3, step: stepLock, probe: probeLock,
			drain: func(*worker, *object) bool { return true }},
		{Name: "etcd-election", Model: "election", EndsSessions: true, opsMax: 100, perObject: 3, step: stepElection,
			probe: probeElection, drain: observe},
		{Name: "etcd-register", Model: "register", opsMax: 150, perObject: 4, step: stepRegister, probe: probeRegister,
			drain: read},
		{Name: "etcd-queue", Model: "queue", opsMax: 60, perObject: 4, step: stepQueue, probe: probeQueue,
			drain: drainQueue},
	}
}

// ByName finds a workload.
func ByName(name string) (w Workload, ok bool) {
	list := All()
	i := slices.IndexFunc(list, func(w Workload) bool { return w.Name == name })
	if i < 0 {
		return w, false
	}
	return list[i], true
}

// Config says how many clients do how much. Zero means the default of package clients.
type Config struct {
	Clients, Rate int
	Stop          time.Duration // the instant, by Now, behind which Run begins nothing
	Servers       []host.Addr
	Draws         uint64
	Script        clients.Script
	Record        *history.Recorder
	Now           func() time.Duration
}

// Env is what the clients of one trial share. The methods that it has from the Group let clients run, probe the service
// and look at everything for the last time.
type Env struct {
	*clients.Group
	cfg      Config
	workload Workload
	places   []*object // the objects in use
	objects  []*object // all that there were
	workers  []*worker // that wait for an object, among others
}

// object is a lock, an office, a register or a queue.
type object struct {
	key        string
	ops, infos int
	resource   clients.Resource
}

func (o *object) name() []byte { return []byte(o.key) }

// infosMax is how many operations on an object may end unknown before it is left: each about doubles the work of
// judging it.
const infosMax = 3

// New makes the environment of a trial.
func New(w Workload, cfg Config) *Env {
	e := &Env{cfg: cfg, workload: w}
	e.Group = clients.New(clients.Config{
		Clients: cfg.Clients, Rate: cfg.Rate, Stop: cfg.Stop, Draws: cfg.Draws, Script: cfg.Script, Record: cfg.Record,
		Now: cfg.Now,
	}, func(*clients.Client) clients.Behaviour {
		one := &worker{e: e, had: map[int64]bool{}}
		e.workers = append(e.workers, one)
		return one
	})
	for range (cfg.Clients-1)/w.perObject + 1 {
		e.places = append(e.places, e.newObject())
	}
	return e
}

// Move says where the service is from now on.
func (e *Env) Move(servers []host.Addr) { e.cfg.Servers = slices.Clone(servers) }

func (e *Env) newObject() *object {
	o := &object{key: fmt.Sprintf("%c%d", e.workload.Model[0], len(e.objects)+1)}
	e.objects = append(e.objects, o)
	return o
}

// object is the one in use at a place.
func (e *Env) object(place int) *object {
	i := place % len(e.places)
	if o := e.places[i]; o.ops >= e.workload.opsMax || o.infos >= infosMax {
		e.places[i] = e.newObject()
	}
	return e.places[i]
}

// waiting is a client other than w that waits for an object, nil if there is none.
func (e *Env) waiting(o *object, w *worker) *worker {
	for _, one := range e.workers {
		if one != w && one.waits == o && one.lease != 0 {
			return one
		}
	}
	return nil
}
