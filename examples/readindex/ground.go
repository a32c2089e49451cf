package main

import (
	"errors"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// ground is the simulated world as the nemesis sees it. Its plans
// break the network only; what else a nemesis can ask for is not here, and is never asked for.
type ground struct {
	nemesis.World
	world            *sim.World
	servers, clients []host.Addr
	refused          error
}

func (g *ground) do(err error) { g.refused = errors.Join(g.refused, err) }

func (g *ground) Now() time.Duration           { return g.world.Now() }
func (g *ground) At(t time.Duration, f func()) { g.world.At(t, f) }
func (g *ground) Members() []host.Addr         { return g.servers }
func (g *ground) Clients() []host.Addr         { return g.clients }

// Observers are servers that do not vote: there are none.
func (g *ground) Observers() []host.Addr       { return nil }
func (g *ground) Holders() []host.Addr         { return nil }
func (g *ground) Up(m host.Addr) bool          { return g.world.Up(m) }
func (g *ground) Paused(m host.Addr) bool      { return g.world.Paused(m) }
func (g *ground) Failpoints() bool             { return false }
func (g *ground) Pause(m host.Addr)            { g.do(g.world.Pause(m)) }
func (g *ground) Resume(m host.Addr)           { g.do(g.world.Resume(m)) }
func (g *ground) Cut(from, to host.Addr)       { g.do(g.world.Cut(from, to)) }
func (g *ground) Mend(from, to host.Addr)      { g.do(g.world.Mend(from, to)) }
func (g *ground) Clog(from, to host.Addr)      { g.do(g.world.Clog(from, to)) }
func (g *ground) Unclog(from, to host.Addr)    { g.do(g.world.Unclog(from, to)) }
func (g *ground) ClearLink(from, to host.Addr) { g.do(g.world.ClearLink(from, to)) }
func (g *ground) SetLink(from, to host.Addr, l nemesis.Link) {
	g.do(g.world.SetLink(from, to, sim.LinkFault{
		Delay: l.Delay, Jitter: l.Jitter,
		LossPPM: uint32(l.LossPPM), DuplicatePPM: uint32(l.DuplicatePPM), ReorderPPM: uint32(l.ReorderPPM),
	}))
}

// Leader is the leader of the newest term that any server believes itself to lead.
func (g *ground) Leader() (host.Addr, bool) {
	var leader host.Addr
	var newest uint64
	for _, s := range g.servers {
		n, ok := g.world.Program(s).(*node)
		if !ok {
			continue
		}
		if leads, term := n.leads(); leads && term > newest {
			leader, newest = s, term
		}
	}
	return leader, newest > 0
}
