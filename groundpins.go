package ordeal

import (
	"fmt"
	"slices"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// Sprung is a pinned fault that came to what it was pinned to.
type Sprung struct {
	// Fault is as in the plan.
	Fault string `json:"fault"`
	// At is when, and Trace the hash of everything in the world up to that instant, in hex.
	At    time.Duration `json:"atNs"`
	Trace string        `json:"trace"`
}

// markHit counts how often a machine has come to a mark, in all its lives.
type markHit struct {
	machine host.Addr
	mark    string
}

// markPin is a crash that waits for a machine to come to a mark for the n-th time.
type markPin struct {
	markHit
	n, leaving int
	sprung     func(what string)
}

// Pin carries a pinned fault out where the world comes to what it is pinned to.
func (g *ground) Pin(f nemesis.Fault, hit func(what string)) (cancel func()) {
	over := false
	sprung := func(what string) {
		g.sprung = append(g.sprung, Sprung{f.String(), g.World.Now(), traceOf(g.World)})
		g.World.At(g.World.Now(), func() {
			if !over {
				hit(what)
			}
		})
	}
	unpin := g.pinAt(f, sprung)
	return func() {
		over = true
		unpin()
	}
}

func traceOf(w *sim.World) string { return fmt.Sprintf("%016x", w.TraceHash()) }

// pinAt is Pin in the simulator's words. sprung is called at the very point.
func (g *ground) pinAt(f nemesis.Fault, sprung func(what string)) (cancel func()) {
	n, m := uint64(f.N), host.Addr(f.Target)
	switch f.Kind {
	case nemesis.CrashInJob:
		return g.World.PinCrash(m, n, f.Leaving-1, func(left string) {
			delete(g.traps, m)
			sprung(crashText(m, left))
		})
	case nemesis.CrashAtMessage:
		return g.World.PinCrashAtMessage(m, n, f.Leaving-1, func(left string) {
			delete(g.traps, m)
			sprung(crashText(m, left))
		})
	case nemesis.CrashAtMark:
		return g.pinMark(&markPin{markHit{m, f.Mark}, f.N, f.Leaving, sprung})
	case nemesis.LoseMessage:
		return g.World.PinMessage(n, sim.Lost, 0, sprung)
	case nemesis.DoubleMessage:
		return g.World.PinMessage(n, sim.Twice, f.Amount, sprung)
	case nemesis.LateMessage:
		return g.World.PinMessage(n, sim.Late, f.Amount, sprung)
	case nemesis.BreakAtFrame:
		return g.World.PinFrame(n, sim.Lost, 0, sprung)
	case nemesis.LateFrame:
		return g.World.PinFrame(n, sim.Late, f.Amount, sprung)
	}
	panic(fmt.Sprintf("ordeal: %s is pinned to nothing", f.Kind))
}

func crashText(m host.Addr, left string) string {
	if left == "" {
		return fmt.Sprintf("%s, its disk by chance", m)
	}
	return fmt.Sprintf("%s, %s", m, left)
}

func (g *ground) pinMark(p *markPin) (cancel func()) {
	g.markPins = append(g.markPins, p)
	return func() { g.unpinMark(p) }
}

func (g *ground) unpinMark(p *markPin) {
	g.markPins = slices.DeleteFunc(g.markPins, func(o *markPin) bool { return o == p })
}

// hit is called when a machine's program comes to a mark: if a trap is set there, or a crash is pinned there, the machine
// loses power.
func (g *ground) hit(m host.Addr, mark string) {
	at := markHit{m, mark}
	g.hits[at]++
	if g.counting != nil {
		g.counting.mark(at, g.hits[at])
	}
	for _, p := range g.markPins {
		if p.markHit == at && p.n == g.hits[at] {
			g.springMark(p)
		}
	}
	if g.traps[m] == mark {
		delete(g.traps, m)
		panic(sim.CrashNow{})
	}
}

// springMark takes a machine's power in the middle of what its program does: it does not return.
func (g *ground) springMark(p *markPin) {
	left := ""
	if p.leaving > 0 {
		var err error
		left, err = g.World.LeaveDisk(p.machine, p.leaving-1)
		g.do(err)
	}
	g.unpinMark(p)
	delete(g.traps, p.machine)
	p.sprung(crashText(p.machine, left))
	panic(sim.CrashNow{})
}
