package ordeal

import (
	"errors"
	"slices"
	"time"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// ground is the simulated world as the nemesis sees it: the machines of the service and of its clients, by role.
type ground struct {
	*sim.World
	// servers are all that there ever were, those too that have left the service.
	servers, clients []host.Addr
	ensemble         ensemble
	// traps says at which mark a machine is to lose power.
	traps map[host.Addr]string
	// hits counts how often each machine has come to each mark. markPins wait there, and sprung are the pinned faults that
	// came to their point; counting is told of every point, unless it is nil.
	hits     map[markHit]int
	markPins []*markPin
	sprung   []Sprung
	counting *counting
	// begin is what a client does from its start on.
	begin func(host.Process)
	// waiting are those that wait for a moment, in order.
	waiting []*waiting
	// detected are the stops, by their place in World.Stops, of servers that found damage on their disk which is there.
	detected map[int]bool
	// forgot says of servers how their disks came to have forgotten what they had acknowledged. lastHit are those whose
	// newest bytes were in danger of damage; present is who runs.
	forgot  map[host.Addr]string
	lastHit map[host.Addr]bool
	present map[host.Addr]*presence
	// forgotAt is when the first of them was made to forget.
	forgotAt time.Duration
	marked   bool
	clocks   clockErrors
	// refused is what the world would not do. The nemesis asks only for what can be done, so it stays empty.
	refused []error
}

var _ nemesis.World = (*ground)(nil)

func newGround(w *sim.World, servers, clients []host.Addr, marked bool) *ground {
	return &ground{World: w, servers: servers, clients: clients, ensemble: ensemble{members: servers, moved: func([]host.Addr) {}}, traps: make(map[host.Addr]string), marked: marked, hits: make(map[markHit]int),
		detected: make(map[int]bool),
		forgot:   make(map[host.Addr]string), lastHit: make(map[host.Addr]bool), present: make(map[host.Addr]*presence),
		clocks: newClockErrors()}
}

func (g *ground) Clients() []host.Addr { return g.clients }
func (g *ground) Failpoints() bool     { return g.marked }

// node is the service's program on a machine, or nil while it is down.
func (g *ground) node(machine host.Addr) *cluster.Node {
	n, _ := g.Program(machine).(*cluster.Node)
	return n
}

// Leader is the leader of the newest term that any server believes itself to lead.
func (g *ground) Leader() (host.Addr, bool) {
	var leader host.Addr
	var term uint64
	for _, s := range g.servers {
		if n := g.node(s); n != nil {
			if st := n.Status(); st.Leading && st.Term > term {
				leader, term = s, st.Term
			}
		}
	}
	return leader, term > 0
}

// Crash takes a machine's power, and with it the trap that was set in its program.
func (g *ground) Crash(m host.Addr) {
	delete(g.traps, m)
	g.do(g.World.Crash(m))
}

func (g *ground) note(err error) { g.refused = append(g.refused, err) }

func (g *ground) do(err error) {
	if err != nil {
		g.note(err)
	}
}

// Kill ends a machine's program, and with it the trap that was set in it; and Leave asks it to end.
func (g *ground) Kill(m host.Addr) {
	delete(g.traps, m)
	g.do(g.World.Kill(m))
}

// Restart starts a server, or a client anew: it is another process, and knows nothing of the one before.
func (g *ground) Restart(m host.Addr) {
	if slices.Contains(g.clients, m) {
		g.World.Spawn(m, g.begin)
		return
	}
	g.do(g.World.Restart(m))
}

func (g *ground) Leave(m host.Addr)            { g.do(g.World.Leave(m)) }
func (g *ground) Pause(m host.Addr)            { g.do(g.World.Pause(m)) }
func (g *ground) Resume(m host.Addr)           { g.do(g.World.Resume(m)) }
func (g *ground) Cut(from, to host.Addr)       { g.do(g.World.Cut(from, to)) }
func (g *ground) Mend(from, to host.Addr)      { g.do(g.World.Mend(from, to)) }
func (g *ground) Clog(from, to host.Addr)      { g.do(g.World.Clog(from, to)) }
func (g *ground) Unclog(from, to host.Addr)    { g.do(g.World.Unclog(from, to)) }
func (g *ground) ClearLink(from, to host.Addr) { g.do(g.World.ClearLink(from, to)) }

func (g *ground) SetLink(from, to host.Addr, l nemesis.Link) {
	g.do(g.World.SetLink(from, to, sim.LinkFault{
		Delay: l.Delay, Jitter: l.Jitter,
		LossPPM: uint32(l.LossPPM), DuplicatePPM: uint32(l.DuplicatePPM), ReorderPPM: uint32(l.ReorderPPM),
		CorruptPPM: uint32(l.CorruptPPM), BytesPerSecond: int64(l.BytesPerSecond),
	}))
}

func (g *ground) ClearDisk(m host.Addr)                   { g.do(g.World.SetDisk(m, sim.DiskFault{})) }
func (g *ground) FailpointCrash(m host.Addr, mark string) { g.traps[m] = mark }
func (g *ground) SetDisk(m host.Addr, d nemesis.Disk) {
	g.do(g.World.SetDisk(m, sim.DiskFault{
		SyncDelay: d.SyncDelay, FailSyncPPM: uint32(d.FailSyncPPM), Full: d.Full, FailRead: d.FailRead,
	}))
}

// SetDrift and JumpWall keep count of what they do to the clocks.
func (g *ground) SetDrift(m host.Addr, ppm int) {
	g.clocks.drifts(ppm)
	g.do(g.World.SetDrift(m, int32(ppm)))
}

// JumpWall is described at SetDrift.
func (g *ground) JumpWall(m host.Addr, by time.Duration) {
	g.clocks.jumped(m, by)
	g.do(g.World.JumpWall(m, by))
}

func (g *ground) CrashInSync(m host.Addr) { g.do(g.World.CrashInSync(m, func() {})) }

func (g *ground) Disarm(m host.Addr) {
	delete(g.traps, m)
	// There is none to take away when it has sprung.
	_ = g.World.DisarmCrashInSync(m)
}

// trouble is what the world refused to do, as one error.
func (g *ground) trouble() error { return errors.Join(g.refused...) }
