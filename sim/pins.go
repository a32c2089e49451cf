package sim

import (
	"fmt"
	"slices"
	"time"

	"ordeal/host"
)

// Things that happen in a world have numbers, and a pin puts a fault at exactly one of them. As long as no fault is
// different, two runs of one seed have the same things under the same numbers.

// PointKind says what a point is.
type PointKind uint8

const (
	// JobPoint is an instant at which a disk is busy with a job: at the end of each of its syncs, before that has made
	// anything durable, and when it has done the job and the program has not heard of it.
	JobPoint PointKind = iota
	// MessagePoint is a datagram that leaves a machine.
	MessagePoint
	// FramePoint is a frame that leaves one end of a connection.
	FramePoint
)

// Point is something that happens, to which a fault can be pinned.
type Point struct {
	Kind PointKind
	// Machine is whose disk it is, or who sends; To is to whom.
	Machine, To host.Addr
	// N counts from 1: the jobs of the machine's disk, in all its lives; the datagrams, or the frames, of the world.
	N uint64
	// Of a job and of a datagram: States is how many states a crash of the machine at this instant may leave its disk in,
	// numbered from First on because those of a job's instants before come first, and More how many are beyond those that
	// have numbers.
	First, States, More int
}

// Fate is what a pin does to a datagram or a frame.
type Fate uint8

const (
	Lost  Fate = iota // a datagram does not arrive; a frame's connection breaks in its place
	Twice             // a datagram arrives a second time, so much later
	Late              // it arrives so much later: other datagrams overtake it, the frames behind it wait
	last              // a datagram is the last thing that its sender does
)

// pin is a fault that waits for a point.
type pin struct {
	kind    PointKind
	machine host.Addr // whose crash it is
	n       uint64
	state   int // of a crash: how the disk is left; negative: by chance
	fate    Fate
	delay   time.Duration
	hit     func(what string)
}

// Points has f called at every point, before whatever is pinned there. Nothing may be changed by it. It costs: the
// states of disks are counted.
func (w *World) Points(f func(Point)) { w.pointers = append(w.pointers, f) }

// PinCrash has a machine lose power in the n-th job of its disk, which is left in a state of those of that job: see
// Point. A negative state leaves it to chance, at the job's first instant; a number beyond the last begins again. hit
// is called just before, with what is left in words, or "" if chance decides. It is to be pinned before the job begins;
// cancel undoes it.
func (w *World) PinCrash(name host.Addr, n uint64, state int, hit func(what string)) (cancel func()) {
	return w.pin(&pin{kind: JobPoint, machine: name, n: n, state: state, hit: hit})
}

// PinMessage gives the n-th datagram a fate. delay is for those fates that take one.
func (w *World) PinMessage(n uint64, fate Fate, delay time.Duration, hit func(what string)) (cancel func()) {
	return w.pin(&pin{kind: MessagePoint, n: n, fate: fate, delay: delay, hit: hit})
}

// PinCrashAtMessage has the machine that sends the n-th datagram lose power right behind it. The state is as PinCrash
// has it. It does nothing if another machine sends that datagram.
func (w *World) PinCrashAtMessage(name host.Addr, n uint64, state int, hit func(what string)) (cancel func()) {
	return w.pin(&pin{kind: MessagePoint, machine: name, n: n, state: state, fate: last, hit: hit})
}

// PinFrame gives the n-th frame a fate: Lost or Late.
func (w *World) PinFrame(n uint64, fate Fate, delay time.Duration, hit func(what string)) (cancel func()) {
	return w.pin(&pin{kind: FramePoint, n: n, fate: fate, delay: delay, hit: hit})
}

func (w *World) pin(p *pin) (cancel func()) {
	w.pins = append(w.pins, p)
	return func() { w.unpin(p) }
}

func (w *World) unpin(p *pin) {
	w.pins = slices.DeleteFunc(w.pins, func(o *pin) bool { return o == p })
}

// pinned is the pin at a point; nil if there is none.
func (w *World) pinned(p Point) *pin {
	for _, o := range w.pins {
		if o.kind == p.Kind && o.n == p.N && (o.machine == "" || o.machine == p.Machine) {
			return o
		}
	}
	return nil
}

func (w *World) tell(p Point) {
	for _, f := range w.pointers {
		f(p)
	}
}

// fates are what pins do to one datagram or frame.
type fates struct {
	lost, twice, late bool
	last              bool
	again, delay      time.Duration // of twice and late
}

// fatesOf are those of a datagram or a frame that leaves.
func (w *World) fatesOf(kind PointKind, from, to *machine, n uint64) (f fates) {
	if len(w.pins)+len(w.pointers) == 0 {
		return f
	}
	point := Point{Kind: kind, Machine: from.name, To: to.name, N: n}
	if kind == MessagePoint && len(w.pointers) > 0 {
		all, more := from.disk.files.states()
		point.States, point.More = len(all), more
	}
	w.tell(point)
	for p := w.pinned(point); p != nil; p = w.pinned(point) {
		w.unpin(p)
		if p.fate == last {
			f.last = true
			p.hit(w.leaveFor(p, p.state))
			continue
		}
		p.hit(fmt.Sprintf("%s to %s", from.name, to.name))
		switch p.fate {
		case Lost:
			f.lost = true
		case Twice:
			f.twice, f.again = true, p.delay
		case Late:
			f.late, f.delay = true, p.delay
		}
	}
	return f
}

// leaveFor has the crash of a pin leave the disk in a state, and says which; "" leaves it to chance.
func (w *World) leaveFor(p *pin, state int) (what string) {
	if state >= 0 {
		what, _ = w.LeaveDisk(p.machine, state) // the machine is there
	}
	return what
}

// point is an instant of the job under way, the last one or one before it, and reports whether the machine has crashed
// there.
func (d *disk) point(last bool) (crashed bool) {
	w := d.m.w
	if len(w.pins)+len(w.pointers) == 0 {
		return false
	}
	p := Point{Kind: JobPoint, Machine: d.m.name, N: d.begun, First: d.passed}
	all, more := d.files.states()
	p.States, p.More = len(all), more
	d.passed += p.States
	w.tell(p)
	pinned := w.pinned(p)
	if pinned == nil {
		return false
	}
	state := pinned.state - p.First
	if state >= p.States && !last {
		return false // it is one of a later instant
	}
	w.unpin(pinned)
	pinned.hit(w.leaveFor(pinned, state))
	d.m.crash()
	return true
}
