package machines

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

// pins are the faults that are pinned to points, and what they need to know.
type pins struct {
	// hits counts how often each machine has come to each mark, in all its lives.
	hits map[markHit]int
	// waiting are crashes at marks, and sprung the faults that came to their point.
	waiting []*markPin
	sprung  []Sprung
	// points collects every point, unless it is nil.
	points *points
}

// markHit is a mark that a machine comes to.
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

func newPins() pins { return pins{hits: make(map[markHit]int)} }

// Sprung are the pinned faults that came to their point, in order.
func (m *Machines) Sprung() []Sprung { return m.pins.sprung }

// Pin carries a pinned fault out where the world comes to what it is pinned to.
func (m *Machines) Pin(f nemesis.Fault, hit func(what string)) (cancel func()) {
	over := false
	sprung := func(what string) {
		m.pins.sprung = append(m.pins.sprung, Sprung{f.String(), m.world.Now(), m.trace()})
		m.world.At(m.world.Now(), func() {
			if !over {
				hit(what)
			}
		})
	}
	unpin := m.pinAt(f, sprung)
	return func() {
		over = true
		unpin()
	}
}

func (m *Machines) trace() string { return fmt.Sprintf("%016x", m.world.TraceHash()) }

// pinAt is Pin in the simulator's words. sprung is called at the very point.
func (m *Machines) pinAt(f nemesis.Fault, sprung func(what string)) (cancel func()) {
	n, machine := uint64(f.N), host.Addr(f.Target)
	crashed := func(left string) {
		delete(m.traps, machine)
		sprung(crashText(machine, left))
	}
	switch f.Kind {
	case nemesis.CrashInJob:
		return m.world.PinCrash(machine, n, f.Leaving-1, crashed)
	case nemesis.CrashAtMessage:
		return m.world.PinCrashAtMessage(machine, n, f.Leaving-1, crashed)
	case nemesis.CrashAtMark:
		return m.pinMark(&markPin{markHit{machine, f.Mark}, f.N, f.Leaving, sprung})
	case nemesis.LoseMessage:
		return m.world.PinMessage(n, sim.Lost, 0, sprung)
	case nemesis.DoubleMessage:
		return m.world.PinMessage(n, sim.Twice, f.Amount, sprung)
	case nemesis.LateMessage:
		return m.world.PinMessage(n, sim.Late, f.Amount, sprung)
	case nemesis.BreakAtFrame:
		return m.world.PinFrame(n, sim.Lost, 0, sprung)
	case nemesis.LateFrame:
		return m.world.PinFrame(n, sim.Late, f.Amount, sprung)
	}
	panic(fmt.Sprintf("machines: %s is pinned to nothing", f.Kind))
}

func crashText(machine host.Addr, left string) string {
	if left == "" {
		return fmt.Sprintf("%s, its disk by chance", machine)
	}
	return fmt.Sprintf("%s, %s", machine, left)
}

func (m *Machines) pinMark(p *markPin) (cancel func()) {
	m.pins.waiting = append(m.pins.waiting, p)
	return func() { m.unpinMark(p) }
}

func (m *Machines) unpinMark(p *markPin) {
	m.pins.waiting = slices.DeleteFunc(m.pins.waiting, func(o *markPin) bool { return o == p })
}

// Hit is to be called when a machine's program comes to a mark: if a trap is set there, or a crash is pinned there, the
// machine loses power, and Hit does not return.
func (m *Machines) Hit(machine host.Addr, mark string) {
	at := markHit{machine, mark}
	m.pins.hits[at]++
	if m.pins.points != nil {
		m.pins.points.mark(at, m.pins.hits[at])
	}
	for _, p := range m.pins.waiting {
		if p.markHit == at && p.n == m.pins.hits[at] {
			m.springMark(p)
		}
	}
	if m.traps[machine] == mark {
		delete(m.traps, machine)
		panic(sim.CrashNow{})
	}
}

// springMark takes a machine's power in the middle of what its program does: it does not return.
func (m *Machines) springMark(p *markPin) {
	left := ""
	if p.leaving > 0 {
		var err error
		left, err = m.world.LeaveDisk(p.machine, p.leaving-1)
		m.do(err)
	}
	m.unpinMark(p)
	delete(m.traps, p.machine)
	p.sprung(crashText(p.machine, left))
	panic(sim.CrashNow{})
}
