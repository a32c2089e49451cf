package system

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ordeal/guest"
	"ordeal/guest/say"
	"ordeal/host"
	"ordeal/workloads/clients"
)

// group are the clients of one trial: those of a clients.Group, whose turns are taken by programs. The group says who
// takes which turn when; the program on the client's machine does what it does.
type group struct {
	*clients.Group
	in      *instance
	running map[host.Addr]*client
}

func newGroup(in *instance) *group {
	g := &group{in: in, running: map[host.Addr]*client{}}
	g.Group = clients.New(in.stage.ClientConfig(), func(c *clients.Client) clients.Behaviour {
		one := &client{group: g, wake: c.NewSignal(), open: map[int]*operation{}}
		g.running[c.Self()] = one
		return one
	})
	return g
}

// Run implements testbed's Clients, as the methods below do. The client's program ends with it, however it ends.
func (g *group) Run(p host.Process) { defer g.end(p.Self()); g.Group.Run(p) }

func (g *group) Again(p host.Process) { defer g.end(p.Self()); g.Group.Again(p) }
func (g *group) Probe(p host.Process) { defer g.end(p.Self()); g.Group.Probe(p) }
func (g *group) Drain(p host.Process, i, n int) {
	defer g.end(p.Self())
	g.Group.Drain(p, i, n)
}

func (g *group) end(machine host.Addr) {
	if c := g.running[machine]; c != nil {
		delete(g.running, machine)
		c.end(errors.New("the client crashed"))
	}
}

// client is one client: the program, and what it has under way.
type client struct {
	group   *group
	program *guest.Client
	c       *clients.Client
	wake    host.Signal
	open    map[int]*operation
	free    []int // numbers of processes in the history that have nothing under way
	done    *say.Done
}

// operation is one that the program has begun.
type operation struct {
	*clients.Operation
	process int
}

// Connect implements clients.Behaviour, as the methods below do. The program connects as it likes.
func (b *client) Connect(c *clients.Client, _ time.Duration) bool {
	b.c = c
	if b.program == nil {
		setup := b.group.in.setup(c.Self(), b.said)
		b.program = b.group.in.client.Run(c.Process, setup, b.ended)
	}
	return true
}

// ended is when the program has ended by itself: one that fails is a failure of what is on trial, another is started
// for the next turn.
func (b *client) ended(outcome error) {
	b.program = nil
	var exit guest.Exit
	if !errors.As(outcome, &exit) || exit.Code != 0 {
		panic(outcome)
	}
	b.end(outcome)
	b.done = &say.Done{}
	b.wake.Set()
}

// take has the program take a turn, and waits until it has.
func (b *client) take(c *clients.Client, t say.Turn) bool {
	turn := c.Turn()
	t.Client, t.N, t.Take, t.Patience = c.Number(), turn.N, turn.Ops, c.Patience()
	t.Draw, t.Base = c.Rand().Uint64(), c.NewValue()
	line, err := json.Marshal(t)
	if err != nil {
		panic(err)
	}
	b.done = nil
	b.program.Send(append(line, '\n'))
	for b.done == nil {
		b.wake.Wait(clients.Forever)
	}
	return b.done.OK
}

func (b *client) Turn(c *clients.Client) { b.take(c, say.Turn{Kind: say.Run}) }

func (b *client) Probe(c *clients.Client) bool { return b.take(c, say.Turn{Kind: say.Probe}) }

func (b *client) Drain(c *clients.Client, i, n int) {
	c.Insist(func() bool { return b.take(c, say.Turn{Kind: say.Drain, I: i, Of: n}) })
}

// Standing says nothing: the program's connections are its own.
func (b *client) Standing() (session int64, server host.Addr) { return 0, "" }

func (b *client) Close(*clients.Client) { b.end(errors.New("the client has ended")) }

// end ends the program and all that it has under way.
func (b *client) end(why error) {
	if b.program != nil {
		b.program.Close()
		b.program = nil
	}
	for _, id := range slices.Sorted(maps.Keys(b.open)) {
		b.open[id].End(nil, clients.Unknown, why)
		delete(b.open, id)
	}
}

// said takes a line that the program has written.
func (b *client) said(text string) {
	var line say.Line
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	if !strings.HasPrefix(text, "{") || d.Decode(&line) != nil {
		return // it is for people
	}
	switch {
	case line.Begin != nil:
		b.begin(line.Begin)
	case line.End != nil:
		b.finish(line.End)
	case line.Skip:
		b.c.Takes()
	case line.Done != nil:
		b.done = line.Done
		b.wake.Set()
	}
}

func (b *client) begin(o *say.Begin) {
	b.c.Takes()
	process := 0
	if n := len(b.free); n > 0 {
		process, b.free = b.free[n-1], b.free[:n-1]
	} else {
		process = b.c.NewProcess()
	}
	b.open[o.ID] = &operation{b.c.Begin(process, o.Key, o.F, valueOf(o.Argument)), process}
}

func (b *client) finish(e *say.End) {
	o := b.open[e.ID]
	if o == nil {
		panic(fmt.Errorf("the client has ended an operation %d that it has not begun", e.ID))
	}
	delete(b.open, e.ID)
	err := errors.New(e.Error)
	switch e.Outcome {
	case say.OK:
		o.End(valueOf(e.Result), clients.Done, nil)
	case say.None:
		o.End(nil, clients.NoEffect, err)
	default:
		o.End(valueOf(e.Result), clients.Unknown, err)
		return // the process is dead
	}
	b.free = append(b.free, o.process)
}

// valueOf is a value as a history has it, of one that was read from JSON.
func valueOf(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		return v.String()
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = valueOf(v[i])
		}
		return list
	}
	return v
}
