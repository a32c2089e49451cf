package trialtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ordeal/host"
	"ordeal/testbed/trial"
	"ordeal/workloads/clients"
)

const (
	// answerMax is how long a client waits for an answer, and givesUp for how long it looks for a primary.
	answerMax = time.Second
	givesUp   = 3 * time.Second
	// writeShare is how many operations there are to one that writes.
	writeShare = 3
)

// crowd is the clients of a trial. Each turn is one operation: a write if the client's number and the turn's have a
// sum that writeShare divides, or a read.
type crowd struct {
	stage     *trial.Stage
	rest      time.Duration // between two turns
	begun     map[int]time.Duration
	script    clients.Script // what they did
	calls     []clients.Call
	processes int
	values    uint64 // written by the clients that come at the end
}

var _ trial.Clients = (*crowd)(nil)

func newCrowd(s *trial.Stage) *crowd {
	t := s.Trial
	return &crowd{
		stage: s, rest: time.Duration(t.Clients()) * time.Second / time.Duration(t.Rate),
		begun: make(map[int]time.Duration), script: clients.Script{},
	}
}

// Run implements trial.Clients, as the methods below do.
func (w *crowd) Run(p host.Process) {
	var number int
	if _, err := fmt.Sscanf(string(p.Self()), "c%d", &number); err != nil {
		panic("trialtest: a client on a machine that is none of its own: " + err.Error())
	}
	if _, again := w.begun[number]; !again {
		w.begun[number] = p.Now()
		w.script = append(w.script, clients.ClientScript{Client: number})
	}
	c := w.newClient(p)
	for turn := range w.turns(p, number) {
		w.note(number, clients.Turn{N: turn.N, At: p.Now() - w.begun[number], Ops: turn.Ops})
		if turn.Takes(1) {
			c.turn(number, turn.N)
		}
	}
}

// Again goes on behind the last turn that the client began.
func (w *crowd) Again(p host.Process) { w.Run(p) }

// turns waits for each turn that a client has still to take, until the trial's length is over.
func (w *crowd) turns(p host.Process, number int) func(yield func(clients.Turn) bool) {
	done := 0
	if taken := w.taken(number).Turns; len(taken) > 0 {
		done = taken[len(taken)-1].N
	}
	all := w.stage.Trial.Script
	i := slices.IndexFunc(all, func(c clients.ClientScript) bool { return c.Client == number })
	return func(yield func(clients.Turn) bool) {
		if i < 0 {
			for n := done + 1; w.stage.World.Now() < w.stage.Trial.Length && yield(clients.Turn{N: n}); n++ {
				p.Sleep(w.rest)
			}
			return
		}
		for _, t := range all[i].Turns {
			if t.N <= done {
				continue
			}
			p.Sleep(max(0, t.At-(p.Now()-w.begun[number])))
			if w.stage.World.Now() >= w.stage.Trial.Length || !yield(t) {
				return
			}
		}
	}
}

func (w *crowd) taken(number int) *clients.ClientScript {
	return &w.script[slices.IndexFunc(w.script, func(c clients.ClientScript) bool { return c.Client == number })]
}

func (w *crowd) note(number int, t clients.Turn) {
	c := w.taken(number)
	c.Turns = append(c.Turns, t)
}

// Probe writes and reads until both have worked.
func (w *crowd) Probe(p host.Process) {
	c := w.newClient(p)
	for !c.write(w.ownValue()) {
	}
	for !c.read() {
	}
}

// Drain reads until that has worked.
func (w *crowd) Drain(p host.Process, _, _ int) {
	c := w.newClient(p)
	for !c.read() {
	}
}

// ownValue is one that no turn writes.
func (w *crowd) ownValue() uint64 {
	w.values++
	return w.values
}

// Script implements trial.Clients.
func (w *crowd) Script() clients.Script { return w.script }

// Calls implements trial.Clients.
func (w *crowd) Calls() []clients.Call { return w.calls }

// client is one of them. It keeps to a server until that does not answer or is not the primary.
type client struct {
	crowd   *crowd
	p       host.Process
	woken   host.Signal
	process int // in the history
	place   int // of the server among all
	conn    host.Conn
	asked   uint64
	got     *reply
	opened  bool
	gone    bool
}

func (w *crowd) newClient(p host.Process) *client {
	return &client{crowd: w, p: p, woken: p.NewSignal(), process: w.newProcess()}
}

func (w *crowd) newProcess() int {
	w.processes++
	return w.processes - 1
}

// turn is one turn of a client of Run.
func (c *client) turn(number, n int) {
	w := c.crowd
	w.calls = append(w.calls, clients.Call{Client: number, Turn: n, Op: 1, Event: len(w.stage.Record.Ops())})
	i := len(w.calls) - 1
	if (number+n)%writeShare == 0 {
		c.write(uint64(number)*1_000_000 + uint64(n))
	} else {
		c.read()
	}
	w.calls[i].Server = c.server()
}

func (c *client) server() host.Addr {
	servers := c.crowd.stage.Machines.Servers()
	return servers[c.place%len(servers)]
}

func (c *client) read() bool {
	c.crowd.stage.Record.Invoke(c.process, "read", "", nil)
	return c.do("read", nil, request{})
}

func (c *client) write(v uint64) bool {
	c.crowd.stage.Record.Invoke(c.process, "write", "", int64(v))
	return c.do("write", int64(v), request{Write: true, Value: v})
}

// do asks one server after another, and records the result. A request is made to another server only if the one
// before has said that it is not the primary, or was not there.
func (c *client) do(f string, argument any, r request) bool {
	record := c.crowd.stage.Record
	for end := c.p.Now() + givesUp; c.p.Now() < end; c.p.Sleep(c.crowd.rest / 10) {
		answer := c.ask(r)
		switch {
		case answer == nil:
			record.Info(c.process, f, "", argument, "no answer")
			c.process = c.crowd.newProcess()
			c.leave()
			return false
		case answer.OK:
			var value any
			if answer.Value.Version > 0 {
				value = int64(answer.Value.Value)
			}
			record.OK(c.process, f, "", []any{value, int64(answer.Value.Version)})
			return true
		}
		c.leave()
	}
	record.Fail(c.process, f, "", argument, "there is no primary")
	return false
}

// ask asks the client's server once; nil says that there was no answer. A frame that is sent before the connection is
// open goes out even if that is closed first: so only what is sent afterwards can be said not to have been sent.
func (c *client) ask(r request) *reply {
	if c.conn == nil {
		c.opened, c.gone = false, false
		c.conn = c.p.Dial(c.server(), c)
		c.wait(func() bool { return c.opened })
	}
	if !c.opened {
		return &reply{}
	}
	c.asked++
	r.ID, c.got = c.asked, nil
	c.conn.Send(encode(r))
	c.wait(func() bool { return c.got != nil })
	return c.got
}

// wait waits until done, for as long as an answer may take, and while the connection is not gone.
func (c *client) wait(done func() bool) {
	for end := c.p.Now() + answerMax; !done() && !c.gone; {
		if left := end - c.p.Now(); left <= 0 || !c.woken.Wait(left) {
			return
		}
	}
}

// leave goes to the next server.
func (c *client) leave() {
	c.conn.Close()
	c.conn = nil
	c.place++
}

// Opened implements host.ConnHandler.
func (c *client) Opened() {
	c.opened = true
	c.woken.Set()
}

// Frame implements host.ConnHandler.
func (c *client) Frame(payload []byte) {
	var r reply
	if json.Unmarshal(payload, &r) == nil && r.ID == c.asked {
		c.got = &r
		c.woken.Set()
	}
}

// Closed implements host.ConnHandler.
func (c *client) Closed() {
	c.gone = true
	c.woken.Set()
}
