package sim

import (
	"fmt"
	"slices"
	"time"

	"ordeal/host"
)

// LinkFault is what is wrong with one direction of a link, short of a cut. The zero value is nothing.
type LinkFault struct {
	Delay  time.Duration // on top of every latency
	Jitter time.Duration // up to this much more, evenly; it reorders nothing
	// LossPPM of the datagrams are lost. What is lost of a connection is sent again after a while, so it comes late.
	LossPPM      uint32
	DuplicatePPM uint32 // datagrams that arrive twice
	ReorderPPM   uint32 // datagrams that others may overtake: they take up to 20 ms longer
	// CorruptPPM of the datagrams arrive with some bits wrong. A connection on which bytes went wrong breaks.
	CorruptPPM uint32
	// BytesPerSecond is all that the link carries; 0 is no limit. What would wait longer than 1 s is lost.
	BytesPerSecond int64
}

// slowQueue is how far a slow link gets behind at most, and the longest that one payload is on it.
const slowQueue = time.Second

// reorderDelay is how much longer a datagram takes at most that ReorderPPM picked.
const reorderDelay = 20 * time.Millisecond

// link is one direction between two machines.
type link struct {
	w        *World
	from, to *machine
	number   int // of the world's, as they came to be
	rng      *stream
	fault    LinkFault
	cut      bool
	clogged  bool
	cutSince time.Duration
	free     time.Duration // a slow link is through with what it was given
	last     time.Duration // arrival of the latest datagram: others arrive no earlier, unless reordered
	underWay int           // datagrams sent and neither handled nor lost
	held     []event       // datagrams that a clog holds
	heldEnds []*end        // connections of which the link holds something
}

// link finds or makes the direction between two machines.
func (w *World) link(from, to *machine) *link {
	for len(from.links) <= to.index {
		from.links = append(from.links, nil)
	}
	l := from.links[to.index]
	if l == nil {
		stream := w.newStream(fmt.Sprintf("net/%s>%s", from.name, to.name))
		l = &link{w: w, from: from, to: to, number: w.links, rng: stream}
		w.links++
		from.links[to.index] = l
	}
	return l
}

func (l *link) blocked() bool { return l.cut || l.clogged }

// send takes a datagram from a machine, whose software it may be the last thing to do.
func (w *World) send(from *machine, name host.Addr, payload []byte) {
	w.stats.Sent++
	if w.dispatch(from, name, payload).last {
		panic(CrashNow{})
	}
}

// dispatch puts a datagram on its way. Every datagram draws five numbers, whatever the faults.
func (w *World) dispatch(from *machine, name host.Addr, payload []byte) (pinned fates) {
	at := from.depart(len(payload))
	to := w.find(name)
	if to == nil {
		w.stats.Lost++
		return pinned
	}
	l := w.link(from, to)
	at, fits := l.squeeze(at, len(payload))
	arrival := at + l.latency()
	lost, twice, late := l.rng.draw(), l.rng.draw(), l.rng.draw()
	pinned = w.fatesOf(MessagePoint, from, to, w.stats.Sent)
	if l.cut || !fits || hits(lost, l.fault.LossPPM) || pinned.lost {
		w.lost(l)
		w.departed(l, at, -1, payload, false)
		return pinned
	}
	if l.underWay >= w.cfg.Network.Queue {
		w.stats.Overflowed++
		w.departed(l, at, -1, payload, false)
		return pinned
	}
	garbled := l.fault.CorruptPPM > 0 && hits(scramble(lost+hashPrime), l.fault.CorruptPPM)
	if garbled {
		w.stats.Corrupted++
		garble(payload, scramble(lost^hashPrime))
	}
	if pinned.late {
		w.stats.Reordered++
		arrival += pinned.delay
	} else if hits(late, l.fault.ReorderPPM) {
		w.stats.Reordered++
		arrival += time.Duration(scale(scramble(late), uint64(reorderDelay)))
	} else {
		arrival = max(arrival, l.last)
		l.last = arrival
	}
	l.launch(at, arrival, payload, garbled)
	if pinned.twice {
		w.stats.Duplicated++
		l.launch(at, arrival+pinned.again, slices.Clone(payload), garbled)
	}
	if hits(twice, l.fault.DuplicatePPM) && l.underWay < w.cfg.Network.Queue {
		w.stats.Duplicated++
		again := time.Duration(scale(scramble(twice), uint64(reorderDelay)))
		l.launch(at, arrival+again, slices.Clone(payload), garbled)
	}
	return pinned
}

// squeeze is when a payload that leaves at an instant is through a link that has become slow, and whether it fits.
func (l *link) squeeze(at time.Duration, n int) (through time.Duration, fits bool) {
	if l.fault.BytesPerSecond == 0 {
		return at, true
	}
	begins := max(at, l.free)
	if begins-at > slowQueue {
		return begins, false
	}
	l.free = begins + min(transfer(n, l.fault.BytesPerSecond), slowQueue)
	return l.free, true
}

// garble flips one to four bits.
func garble(payload []byte, draw uint64) {
	if len(payload) == 0 {
		return
	}
	for range 1 + draw&3 {
		draw = scramble(draw + hashPrime)
		payload[scale(draw, uint64(len(payload)))] ^= 1 << (draw & 7)
	}
}

func (l *link) launch(at, arrival time.Duration, payload []byte, garbled bool) {
	l.underWay++
	l.w.departed(l, at, arrival, payload, garbled)
	l.w.push(arrival, event{kind: evMessage, m: l.to, life: l.to.life, from: l.from, payload: payload})
}

// latency draws two numbers.
func (l *link) latency() time.Duration {
	n := &l.w.cfg.Network
	tail, jitter := l.rng.draw(), l.rng.draw()
	return n.Latency + exponential(tail, n.LatencyTail) + l.fault.Delay + time.Duration(scale(jitter,
		uint64(l.fault.Jitter)))
}

// depart is when a payload leaves the machine: after what it has done and sent before.
func (m *machine) depart(n int) time.Duration {
	c := &m.w.cfg
	if m.w.running == m {
		m.busy += c.CPU.Send + c.CPU.perBytes(n)
	}
	at := max(m.w.now, m.busy, m.nic) + transfer(n, c.Network.BytesPerSecond)
	m.nic = at
	return at
}

// arrive takes a datagram off the link, if it gets that far.
func (w *World) arrive(ev *event) {
	l := w.link(ev.from, ev.m)
	switch {
	case l.cut:
		w.lose(l)
	case l.clogged || len(l.held) > 0:
		l.held = append(l.held, *ev)
	default:
		w.deliver(l, ev)
	}
}

func (w *World) deliver(l *link, ev *event) {
	m := ev.m
	if ev.life != m.life || !m.up || m.program == nil && m.sockets.packets == nil {
		w.lose(l)
		return
	}
	m.input(*ev)
}

func (w *World) lose(l *link) {
	l.underWay--
	w.lost(l)
}

// forget clears up after an input that will not be handled. Frames need nothing: their connection ends with them.
func (w *World) forget(ev *event) {
	if ev.kind == evMessage {
		w.lose(w.link(ev.from, ev.m))
	}
}

// unblock passes on what the link held, as an event after a while.
func (l *link) unblock(after time.Duration) {
	if !l.blocked() {
		l.w.push(l.w.now+after, event{kind: evFlush, m: l.to, from: l.from})
	}
}

// flush passes on what the link holds, in order, unless it is blocked again.
func (w *World) flush(l *link) {
	if l.blocked() {
		return
	}
	held, ends := l.held, l.heldEnds
	l.held, l.heldEnds = nil, nil
	for i := range held {
		w.deliver(l, &held[i])
	}
	for _, e := range ends {
		pieces := e.held
		e.held = nil
		for i := range pieces {
			w.take(&pieces[i])
		}
	}
}
