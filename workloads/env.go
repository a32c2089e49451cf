package workloads

import (
	"cmp"
	"fmt"
	"iter"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/host"
	"ordeal/workloads/clients"
)

// Config says how many clients do how much. Zero means the default.
type Config struct {
	Clients        int           // default 10
	Rate           int           // operations a second that all clients together aim at; default 100
	PerObject      int           // clients that share an object; default the workload's own
	SessionTimeout time.Duration // default 3s; a third of the sessions have half of it
	Patience       time.Duration // for one operation; default 5s
	Stop           time.Duration // the instant, by Now, behind which Run begins nothing
	Servers        []host.Addr
	// Draws is what everything that clients draw comes from.
	Draws uint64
	// Script, unless it is nil, is what the clients of Run do instead of taking turn after turn until Stop.
	Script clients.Script
	// Chroot is that of every client, "" for none. Its znode has to be there if Marks is set; else it is made.
	Chroot string
	// Marks says that the trial does not record the ends of sessions, so that Ends has to.
	Marks bool
	// Habits are what clients do besides. Asked is told, unless it is nil, what timeout a session ought to be granted that
	// comes back, and Granted what one asked for and was granted.
	Habits  Habits
	Asked   func(session int64, grants time.Duration)
	Granted func(Grant)
	// Breach is told, unless it is nil, what no service may do: the rule that it breaks, and what was seen.
	Breach func(rule, what string)
	// Saw is told, unless it is nil, which of the habits came about: SawIntruder and the others.
	Saw func(item string)
	// Lacking are operations that the service does not have, and that clients therefore leave out.
	Lacking map[wire.OpCode]bool
	// Record takes the history.
	Record *history.Recorder
	// Now is the clock that Stop is on: the world's, not a machine's.
	Now func() time.Duration
}

func (c Config) filled(w Workload) Config {
	c.Clients = cmp.Or(c.Clients, 10)
	c.PerObject = cmp.Or(c.PerObject, w.PerObject)
	c.SessionTimeout = cmp.Or(c.SessionTimeout, 3*time.Second)
	return c
}

// Env is what the clients of one trial share. The methods that it has from the Group let clients run, probe the service
// and look at everything for the last time. A client probes an object that the others used before it. A client that
// drains looks at every n-th object that there was.
type Env struct {
	*clients.Group
	cfg      Config
	workload Workload
	unknowns []Unknown
	profile  treeProfile
	places   []*object // the objects in use
	objects  []*object // all that there were, places included
	sessions []*mark   // all that left one, or tried to
	contacts []Contact // the memory of a list
	rooted   bool      // the chroot's znode is there
	Expired  int       // sessions of the clients of Run that have expired, as these were told
}

// object is a register, lock, office, queue, list, bank, set, counter or log.
type object struct {
	key      string
	path     string
	number   int // counts from 1
	ops      int
	infos    int
	made     bool // its znode is there, and what is in it at the start
	resource clients.Resource
	kept     any // what a workload of another package keeps
}

// infosMax is how many operations on an object may end unknown before it is left: each about doubles the work of
// judging it, unless that is linear.
const infosMax = 3

// New makes the environment of a trial.
func New(w Workload, cfg Config) *Env {
	e := &Env{cfg: cfg.filled(w), workload: w, rooted: cfg.Chroot == "" || cfg.Marks}
	e.Group = clients.New(clients.Config{
		Clients: e.cfg.Clients, Rate: cfg.Rate, Patience: cfg.Patience, Stop: cfg.Stop,
		Draws: cfg.Draws, Script: cfg.Script, Record: cfg.Record, Now: cfg.Now,
	}, e.newWorker)
	for range (e.cfg.Clients-1)/e.cfg.PerObject + 1 {
		e.places = append(e.places, e.newObject())
	}
	return e
}

// Move says where the service is from now on. Sessions that have begun look for it where it was.
func (e *Env) Move(servers []host.Addr) { e.cfg.Servers = servers }

// known is what clients say of themselves from the start, if the service serves only who does.
func (e *Env) known() []wire.AuthRequest {
	if !e.cfg.Habits.Known {
		return nil
	}
	return []wire.AuthRequest{{Scheme: "digest", Auth: []byte("known:1")}}
}

// mayAsk says that the session of a client may be given to another one, with the timeout that that asks for.
func (e *Env) mayAsk(c *client.Client) {
	if id, ok := c.Session(); ok && e.cfg.Asked != nil {
		e.cfg.Asked(id, min(c.Timeout(), e.cfg.SessionTimeout))
	}
}

// Objects is how many objects the clients have used.
func (e *Env) Objects() int { return len(e.objects) }

func (e *Env) newObject() *object {
	key := fmt.Sprintf("%c%d", e.workload.Name[0], len(e.objects)+1)
	o := &object{key: key, path: "/" + e.workload.Name + "/" + key, number: len(e.objects) + 1}
	e.objects = append(e.objects, o)
	return o
}

// object is the one in use at a client's place.
func (e *Env) object(client int) *object {
	i := client % len(e.places)
	if o := e.places[i]; o.ops >= e.workload.OpsMax || o.infos >= infosMax && !e.workload.linear {
		e.places[i] = e.newObject()
	}
	return e.places[i]
}

// newWorker makes what a client does.
func (e *Env) newWorker(c *clients.Client) clients.Behaviour {
	w := &worker{e: e, p: c}
	if c.Role() == clients.Probing {
		w.probed = e.places[w.index()%len(e.places)]
	}
	return w
}

// workers are those of the clients of Run.
func (e *Env) workers() iter.Seq[*worker] {
	return func(yield func(*worker) bool) {
		e.Running(func(b clients.Behaviour) bool { return yield(b.(*worker)) })
	}
}

// waiting finds a client that waits for its turn to hold an object.
func (e *Env) waiting(o *object) *worker {
	for w := range e.workers() {
		if w.waits == o {
			return w
		}
	}
	return nil
}
