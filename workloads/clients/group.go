package clients

import (
	"math/rand/v2"
	"slices"

	"ordeal/host"
)

// Group is what the clients of one trial share.
type Group struct {
	cfg       Config
	behaviour func(c *Client) Behaviour
	processes int       // numbers given so far
	value     int64     // the last unique value
	probes    int       // clients that probe or probed
	running   []*Client // of Run, in the order in which they began; Again puts a client into its old place
	calls     []Call
}

// New makes the group of a trial. newBehaviour is called once for each client, and again when a client begins anew. It
// may draw nothing from the client's chance: no turn has begun yet.
func New(cfg Config, newBehaviour func(c *Client) Behaviour) *Group {
	return &Group{cfg: cfg.filled(), behaviour: newBehaviour}
}

// Run is a client: it takes turns until Config.Stop, or those of the script and waits for Config.Stop; then it closes
// and returns. Every call is another client: the next number, or the next client of the script, which has to have one.
func (g *Group) Run(p host.Process) {
	index := len(g.running)
	if g.cfg.Script != nil {
		index = g.cfg.Script[index].Client - 1
	}
	c := g.newClient(p, Running, index, nil)
	g.running = append(g.running, c)
	c.run()
}

// Again is the client of Run that a machine had, begun anew after a crash. It knows nothing of what it did, and goes on
// behind the last turn that it began. On a machine that had none it is Run.
func (g *Group) Again(p host.Process) {
	at := slices.IndexFunc(g.running, func(c *Client) bool { return c.Self() == p.Self() })
	if at < 0 {
		g.Run(p)
		return
	}
	before := g.running[at]
	c := g.newClient(p, Running, before.index, before)
	g.running[at] = c
	c.run()
}

// Probe is a new client with unlimited patience that probes the service, and returns when that has worked. If it never
// returns then the service, or what this client asked for, has stopped for good.
func (g *Group) Probe(p host.Process) {
	c := g.newClient(p, Probing, g.probes, nil)
	g.probes++
	c.Insist(func() bool { return c.behaviour.Probe(c) })
	c.behaviour.Close(c)
}

// Drain is a new client with unlimited patience that looks for the last time at the i-th of n shares of everything,
// counted from 0: what was lost of what is no longer used shows here. It returns when it has seen it.
func (g *Group) Drain(p host.Process, i, n int) {
	c := g.newClient(p, Draining, i, nil)
	c.behaviour.Drain(c, i, n)
	c.behaviour.Close(c)
}

// Stop has the clients of Run begin no more turns, before Config.Stop has come.
func (g *Group) Stop() { g.cfg.Stop = 0 }

// Running visits the behaviours of the clients of Run, in the order in which the clients began, until f says no.
func (g *Group) Running(f func(Behaviour) bool) {
	for _, c := range g.running {
		if !f(c.behaviour) {
			return
		}
	}
}

// Script is what the clients of Run have done so far, as a script. A trial that follows it is the same as far as it
// goes.
func (g *Group) Script() Script {
	script := Script{}
	for _, c := range g.running {
		script = append(script, ClientScript{Client: c.Number(), Turns: slices.Clone(c.turns)})
	}
	return script
}

// Calls lists the operations that the clients of Run have begun so far, in order. It shares memory with the group: read
// it only.
func (g *Group) Calls() []Call { return g.calls }

// Processes is how many process numbers the clients have used.
func (g *Group) Processes() int { return g.processes }

// Rand is a stream of chance that belongs to the trial and to no client: every call returns a new one with the same
// numbers.
func (g *Group) Rand() *rand.Rand {
	return rand.New(rand.NewPCG(g.stream(Running, 0, forTrial, 0)))
}

// Redraw has clients draw from something else from now on, in the turns and sessions that are under way as well.
func (g *Group) Redraw(draws uint64) {
	g.cfg.Draws = draws
	for _, c := range g.running {
		c.pcg.Seed(g.stream(c.role, c.index, forTurns, c.turn.N))
		if c.session != nil {
			c.session.Seed(g.stream(c.role, c.index, forSessions, c.sessions))
		}
	}
}

// NewProcess is a number for a process of the history that is none of the clients'.
func (g *Group) NewProcess() int { return g.newProcess() }

func (g *Group) newProcess() int {
	g.processes++
	return g.processes - 1
}
