package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"ordeal/host"
)

// World is everything that a seed decides. Make one with New, and Close it at the end.
type World struct {
	seed       uint64
	chance     uint64 // what streams come from: the seed, until the world branches off
	branching  branching
	cfg        Config
	now        time.Duration
	queue      queue
	order      *order // nil for InTurn
	events     uint64
	instant    int // events at the present instant
	over       bool
	byName     map[host.Addr]*machine
	machines   []*machine
	streams    map[string]*rand.Rand
	observers  []func(host.Addr, host.Program)
	listeners  []func(from, to host.Addr, payload []byte)
	pointers   []func(Point)
	downs      []func(machine host.Addr, power bool)
	losses     []func(from, to host.Addr)
	departures []func(*Departure)
	departure  Departure // the last one that was told
	arrivals   []func(link int, payload []byte)
	links      int // how many there are
	jobs       []func(DiskJob)
	happenings []func(Happening, uint64)
	pins       []*pin
	frames     uint64   // that left
	running    *machine // whose program or process is being called
	trace      trace
	failures   []Failure
	stops      []Stop
	stats      Stats
	poison     bool // see given.go
}

// Stats counts what became of the traffic.
type Stats struct {
	Sent       uint64 // datagrams that programs sent
	Lost       uint64 // by a fault, a cut, or because no machine was there
	Duplicated uint64
	Reordered  uint64
	Corrupted  uint64 // datagrams and pieces of connections on which bits went wrong
	Overflowed uint64 // datagrams beyond a link's bound
	Dials      uint64
	Frames     uint64 // frames that ends of connections sent
	Broken     uint64 // connections that a cut, a loss or an overflow broke
	Syncs      uint64
	SyncErrors uint64
	Full       uint64 // appends for which there was no room
	ReadErrors uint64
}

// New makes a world with nothing in it, at instant 0.
func New(seed uint64, cfg Config) *World {
	w := &World{
		seed:    seed,
		chance:  seed,
		cfg:     cfg.filled(),
		order:   newOrder(seed, cfg.Order),
		byName:  map[host.Addr]*machine{},
		streams: map[string]*rand.Rand{},
		trace:   trace{hash: mix(hashSeed, seed)},

		branching: newBranching(cfg.Branch),
	}
	if w.order != nil {
		w.branching.drawn = append(w.branching.drawn, drawn{"order", w.order.chance})
	}
	return w
}

// Now is the true virtual time, which no machine knows.
func (w *World) Now() time.Duration { return w.now }

// Events is how many events have happened.
func (w *World) Events() uint64 { return w.events }

// Stats tells what became of the traffic so far.
func (w *World) Stats() Stats { return w.stats }

// Seed is the seed that the world was made with.
func (w *World) Seed() uint64 { return w.seed }

// Rand is the stream of chance of a name, derived from the seed and the name. The same name gives the same stream,
// which goes on from where it is. The world's own streams are "net/", "disk/", "clock/", "host/" and "client/".
func (w *World) Rand(name string) *rand.Rand {
	r := w.streams[name]
	if r == nil {
		r = rand.New(&w.newStream(name).pcg)
		w.streams[name] = r
	}
	return r
}

// At runs f as an event of the world itself at an instant, or now if that is past.
func (w *World) At(at time.Duration, f func()) {
	w.push(max(at, w.now), event{kind: evCall, f: f})
}

// Observe has f called after every event that a machine's program handled, its boot included. The program is nil if the
// machine is down by then.
func (w *World) Observe(f func(machine host.Addr, program host.Program)) {
	w.observers = append(w.observers, f)
}

// RunUntil lets everything happen that happens up to and including t, which is the present then.
func (w *World) RunUntil(t time.Duration) {
	for !w.over && w.queue.len() > 0 && w.queue.next() <= t {
		w.Step()
	}
	if !w.over {
		w.now = max(w.now, t)
	}
}

// Step lets the next event happen. It reports false if there is none, and when the world is closed or halted.
func (w *World) Step() bool {
	if w.over || w.queue.len() == 0 {
		return false
	}
	var ev event
	at := w.queue.pop(&ev)
	if at > w.now {
		w.now, w.instant = at, 0
	}
	if at >= w.branching.at {
		w.branch()
	}
	w.events++
	w.trace.add(at, &ev)
	if len(w.happenings) > 0 {
		w.tellHappening(at, &ev)
	}
	if w.instant++; w.instant > w.cfg.InstantEvents && w.cfg.InstantEvents > 0 {
		w.halt(&ev)
		return false
	}
	w.happen(&ev)
	return true
}

// halt ends a world that would never get past this instant.
func (w *World) halt(ev *event) {
	w.over = true
	f := Failure{At: w.now, Message: fmt.Sprintf("more than %d events at one instant: an endless loop in virtual "+
		"time zero", w.cfg.InstantEvents)}
	if ev.m != nil {
		f.Machine = ev.m.name
	}
	w.failures = append(w.failures, f)
}

// happen carries an event out. Events of a life that has ended only clear up after themselves.
func (w *World) happen(ev *event) {
	m := ev.m
	switch ev.kind {
	case evCall, evStart:
		ev.f()
	case evMessage:
		w.arrive(ev)
	case evDial, evOpened, evFrame, evFin, evReset, evShut, evWindow:
		w.segment(ev)
	case evFlush:
		w.flush(w.link(ev.from, m))
	case evDialTimeout:
		w.dialTimeout(ev.end)
	case evStall:
		w.stall(ev.end)
	case evUnheard:
		w.unheard(ev.end)
	case evBroken:
		w.breakConn(ev.end)
	case evProbe:
		ev.end.bytes.probe()
	default:
		if m.life == ev.life {
			m.happen(ev)
		}
	}
}

func (w *World) push(at time.Duration, ev event) {
	var class uint64
	if w.order != nil {
		at, class = w.order.place(w.now, at, &ev)
	}
	w.queue.push(at, ev, class)
}

// machine finds a machine by name, or says that there is none.
func (w *World) machine(name host.Addr) (*machine, error) {
	if m := w.byName[name]; m != nil {
		return m, nil
	}
	return nil, fmt.Errorf("there is no machine %q", name)
}

// find finds a machine by name, or nil. A world has few machines, and names of programs are short: to compare costs
// less than to hash.
func (w *World) find(name host.Addr) *machine {
	last := lastOf(name)
	for _, m := range w.machines[:min(findFirst, len(w.machines))] {
		if m.last == last && m.name == name {
			return m
		}
	}
	return w.byName[name]
}

// lastOf is the last byte of a name, by which most differ; 0 for "".
func lastOf(name host.Addr) byte {
	if name == "" {
		return 0
	}
	return name[len(name)-1]
}

// findFirst is how many machines find compares: those of programs come first.
const findFirst = 8

// Machines lists all machines, of programs and of processes, in the order in which they came.
func (w *World) Machines() []host.Addr {
	names := make([]host.Addr, len(w.machines))
	for i, m := range w.machines {
		names[i] = m.name
	}
	return names
}

// Program is the program that runs on a machine; nil while the machine is down, and for a machine of processes.
func (w *World) Program(name host.Addr) host.Program {
	if m := w.find(name); m != nil {
		return m.running()
	}
	return nil
}

// Up says whether a machine runs. One that is paused does.
func (w *World) Up(name host.Addr) bool {
	m := w.find(name)
	return m != nil && m.up
}

// Paused says whether a machine is paused.
func (w *World) Paused(name host.Addr) bool {
	m := w.find(name)
	return m != nil && m.paused
}

// Close ends every process where it waits, and every program that is a host.Closer. Nothing happens in the world after
// that.
func (w *World) Close() {
	w.over = true
	for _, m := range w.machines {
		m.up = false
		m.closer()()
		m.killProcesses()
	}
}
