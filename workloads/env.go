package workloads

import (
	"fmt"
	"time"

	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/host"
	"ordeal/testbed/clients"
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
	// Script, unless it is nil, is what clients do instead of going on until Stop.
	Script clients.Script
	// Chroot is that of every client; "" for none.
	Chroot string
	// Marks says that nobody else records the ends of sessions: see Ends.
	Marks bool
	// Lacking are operations that the service does not have, and nobody asks for.
	Lacking map[wire.OpCode]bool
	// Record takes the history.
	Record *history.Recorder
	// Now is the clock that Stop is on: the world's, not a machine's.
	Now func() time.Duration
}

func (c Config) filled(w Workload) Config {
	preset(&c.Clients, 10)
	preset(&c.Rate, 100)
	preset(&c.PerObject, w.PerObject)
	preset(&c.SessionTimeout, 3*time.Second)
	preset(&c.Patience, 5*time.Second)
	return c
}

func preset[T ~int | ~int64](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

// Env is what the clients of one trial share.
type Env struct {
	cfg       Config
	workload  Workload
	processes int                    // given so far
	probes    int                    // clients that probe or probed
	value     int64                  // the last unique value
	workers   []*worker              // of Run
	turns     []clients.ClientScript // that these took, in order, each with one
	calls     []clients.Call
	unknowns  []Unknown
	profile   treeProfile
	places    []*object // the objects in use
	objects   []*object // all that there were, places included
	sessions  []*mark   // all that left one, or tried to
}

// object is a register, lock, office or queue.
type object struct {
	key      string
	path     string
	ops      int
	infos    int
	made     bool // register: its znode is there
	resource Resource
}

// infosMax is how many operations on an object may end unknown before it is left: each about doubles the work of
// judging it.
const infosMax = 3

// New makes the environment of a trial.
func New(w Workload, cfg Config) *Env {
	e := &Env{cfg: cfg.filled(w), workload: w}
	for range (e.cfg.Clients-1)/e.cfg.PerObject + 1 {
		e.places = append(e.places, e.newObject())
	}
	return e
}

// Stop has the clients begin nothing more, before Config.Stop has come.
func (e *Env) Stop() { e.cfg.Stop = 0 }

// Move says where the service is from now on. Sessions that have begun look for it where it was.
func (e *Env) Move(servers []host.Addr) { e.cfg.Servers = servers }

// Processes is how many process numbers the clients have used.
func (e *Env) Processes() int { return e.processes }

// Objects is how many objects the clients have used.
func (e *Env) Objects() int { return len(e.objects) }

func (e *Env) newObject() *object {
	key := fmt.Sprintf("%c%d", e.workload.Name[0], len(e.objects)+1)
	o := &object{key: key, path: "/" + e.workload.Name + "/" + key}
	e.objects = append(e.objects, o)
	return o
}

// object is the one in use at a client's place.
func (e *Env) object(client int) *object {
	i := client % len(e.places)
	if o := e.places[i]; o.ops >= e.workload.OpsMax || o.infos >= infosMax {
		e.places[i] = e.newObject()
	}
	return e.places[i]
}

// waiting finds one who stands in line for an object.
func (e *Env) waiting(o *object) *worker {
	for _, w := range e.workers {
		if w.waits == o {
			return w
		}
	}
	return nil
}

// Calls lists the operations that the clients of Run have begun so far, in order.
func (e *Env) Calls() []clients.Call { return e.calls }

// Script is what the clients of Run have done so far, as a script. A trial that follows it is the same as far as it
// goes.
func (e *Env) Script() clients.Script {
	script := clients.Script{}
	for _, w := range e.workers {
		c := clients.ClientScript{Client: w.client + 1}
		for _, t := range e.turns {
			if t.Client == c.Client {
				c.Turns = append(c.Turns, t.Turns...)
			}
		}
		script = append(script, c)
	}
	return script
}

func (e *Env) newProcess() int {
	e.processes++
	return e.processes - 1
}

func (e *Env) newValue() int64 {
	e.value++
	return e.value
}
