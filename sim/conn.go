package sim

import (
	"math/bits"
	"time"

	"ordeal/host"
)

// connState is what one end of a connection knows of it.
type connState uint8

const (
	connUnborn  connState = iota // the dialled end, before the dial arrives
	connOpening                  // the dialling end, before the answer arrives
	connClosing                  // closed while opening: what was sent is still to go out
	connOpen
	connShut // it is gone, and Closed is on its way to the owner
	connGone // the owner has closed it or knows that it is gone
)

// end is one end of a connection, and the direction towards it. It keeps order: a piece arrives no earlier than the
// one before. What a link's faults do to a piece makes it late, never lost; a cut that lasts breaks the connection.
type end struct {
	w       *World
	m       *machine // the owner
	other   *end
	handler host.ConnHandler // of the dialling end
	proc    *process         // of the dialling end
	state   connState
	place   int     // in m.conns
	early   []event // sent before the connection is open

	last        time.Duration // arrival of the latest piece
	underWay    int           // frames sent and not handled, while it is open
	held        []event       // pieces that a blocked link holds
	heldSince   time.Duration
	unheardFrom bool // an evUnheard is queued

	unread *unread     // unless the owner reads
	bytes  *byteStream // of a connection that carries bytes, and no frames
}

var (
	_ host.Conn   = (*end)(nil)
	_ host.Pauser = (*end)(nil)
)

// Send queues one frame.
func (e *end) Send(payload []byte) {
	if e.state != connOpen && e.state != connOpening {
		return
	}
	e.w.stats.Frames++
	piece := event{kind: evFrame, payload: e.w.given(payload)}
	if e.state == connOpening {
		e.early = append(e.early, piece)
		return
	}
	e.transmit(piece)
}

// Close ends the connection after what was sent.
func (e *end) Close() {
	switch e.state {
	case connOpening:
		e.early = append(e.early, event{kind: evFin})
		e.state = connClosing
	case connOpen:
		e.transmit(event{kind: evFin})
		e.gone()
	case connShut:
		e.gone()
	}
}

// Peer is the name of the machine at the other end.
func (e *end) Peer() string { return string(e.other.m.name) }

// dial opens a connection from a process to a machine. A machine that does not exist refuses.
func (w *World) dial(p *process, to host.Addr, h host.ConnHandler) *end {
	w.stats.Dials++
	e := &end{w: w, m: p.m, handler: h, proc: p, state: connOpening}
	target := w.byName[to]
	if target == nil {
		e.other = &end{w: w, m: &machine{w: w, name: to}, other: e, state: connGone}
		e.born()
		w.push(p.m.depart(0)+2*w.cfg.Network.Latency, event{kind: evReset, m: p.m, end: e})
		return e
	}
	e.other = &end{w: w, m: target, other: e, state: connUnborn}
	e.born()
	e.transmit(event{kind: evDial})
	w.push(w.now+w.cfg.Network.DialTimeout, event{kind: evDialTimeout, m: p.m, end: e})
	return e
}

func (e *end) born() {
	e.place = len(e.m.conns)
	e.m.conns = append(e.m.conns, e)
}

// gone ends the connection for this end.
func (e *end) gone() {
	e.state = connGone
	e.held, e.early, e.unread = nil, nil, nil
	last := len(e.m.conns) - 1
	moved := e.m.conns[last]
	e.m.conns[e.place], moved.place = moved, e.place
	e.m.conns[last] = nil
	e.m.conns = e.m.conns[:last]
}

// transmit sends a piece towards the other end. The software pays for frames, the machine's kernel does the rest.
func (e *end) transmit(piece event) {
	w, to := e.w, e.other
	at := w.now
	if piece.kind == evFrame || w.running == e.m {
		at = e.m.depart(len(piece.payload))
	}
	left, l := at, w.link(e.m, to.m)
	at, _ = l.squeeze(at, len(piece.payload))
	at += l.latency()
	late, arrives := l.resend()
	if piece.kind == evFrame {
		to.underWay++
		arrives = arrives && to.underWay <= w.cfg.Network.ConnQueue
		w.frames++
		pinned := w.fatesOf(FramePoint, e.m, to.m, w.frames)
		arrives = arrives && !pinned.lost
		late += pinned.delay
	}
	at = max(at+late, to.last)
	to.last = at
	if e.bytes != nil && piece.kind == evFrame && e.m.boot != nil && to.m.boot != nil {
		w.departed(l, left, at, piece.payload, false)
	}
	if !arrives {
		piece = event{kind: evBroken}
	}
	piece.m, piece.from, piece.end = to.m, e.m, to
	w.push(at, piece)
}

const resends = 6

// resend draws one number: how long a piece takes longer because it was lost and sent again, and whether it arrives
// at all. The wait doubles each time. Bytes that went wrong and were not sent again end the connection: whatever is
// behind them makes no sense.
func (l *link) resend() (late time.Duration, arrives bool) {
	draw := l.rng.draw()
	if l.fault.CorruptPPM > 0 && hits(scramble(draw+hashPrime), l.fault.CorruptPPM) {
		l.w.stats.Corrupted++
		return 0, false
	}
	wait := l.w.cfg.Network.Retransmit
	for range resends {
		if !hits(draw, l.fault.LossPPM) {
			return late, true
		}
		draw = scramble(bits.RotateLeft64(draw, 32) + hashPrime)
		late += wait
		wait *= 2
	}
	return late, false
}

// segment takes a piece off the link, or leaves it there if the link is blocked.
func (w *World) segment(ev *event) {
	e := ev.end
	if ev.from == nil { // from nowhere: a machine that does not exist
		w.take(ev)
		return
	}
	l := w.link(ev.from, ev.m)
	if !l.blocked() && len(e.held) == 0 {
		w.take(ev)
		return
	}
	if e.state == connGone && e.bytes == nil {
		return
	}
	if len(e.held) == 0 {
		l.heldEnds = append(l.heldEnds, e)
		e.heldSince = w.now
		if l.cut {
			w.watchStall(e)
		}
	}
	e.held = append(e.held, *ev)
}

// take lets a piece arrive at its end.
func (w *World) take(ev *event) {
	e := ev.end
	if ev.from != nil {
		w.watchUnheard(e)
	}
	if e.bytes != nil {
		e.bytes.take(ev)
		return
	}
	if e.unread.keeps(ev) {
		return
	}
	switch ev.kind {
	case evDial:
		e.dialled()
	case evOpened:
		e.opened()
	case evFrame:
		if e.state == connOpen { // else it was closed meanwhile, of which the other end hears anyway
			e.m.input(*ev)
		}
	case evFin, evReset:
		e.shut()
	}
}

// dialled makes the connection at the machine that was dialled, if a program runs there.
func (e *end) dialled() {
	switch {
	case e.state != connUnborn || e.other.state == connShut || e.other.state == connGone: // given up meanwhile
	case e.bytes != nil && e.m.dark:
		e.state = connGone // nothing is there to answer
	case !e.m.up || e.bytes == nil && e.m.program == nil || e.bytes != nil && !e.bytes.welcome():
		e.state = connGone
		e.transmit(event{kind: evReset})
	default:
		e.state = connOpen
		e.born()
		e.transmit(event{kind: evOpened})
		if e.bytes != nil {
			e.bytes.join()
			return
		}
		e.m.input(event{kind: evAccept, m: e.m, end: e})
	}
}

// opened lets out what was sent before.
func (e *end) opened() {
	if e.state != connOpening && e.state != connClosing {
		return
	}
	closing := e.state == connClosing
	e.state = connOpen
	early := e.early
	e.early = nil
	for _, piece := range early {
		e.transmit(piece)
	}
	switch {
	case closing:
		e.gone()
		return
	case e.bytes != nil:
		e.bytes.notify()
		return
	}
	e.m.input(event{kind: evOpened, m: e.m, end: e})
}

// shut tells the owner, in order with its frames, that the connection is gone.
func (e *end) shut() {
	if e.bytes != nil {
		e.bytes.broke(host.ErrTimeout)
		return
	}
	switch e.state {
	case connUnborn:
		e.state = connGone
	case connClosing:
		e.gone()
	case connOpening, connOpen:
		e.state = connShut
		e.m.input(event{kind: evClosed, m: e.m, end: e})
	}
}

// frame hands a frame to the owner.
func (e *end) frame(payload []byte) {
	e.underWay--
	switch {
	case e.state == connGone:
	case e.handler != nil:
		e.handler.Frame(payload)
	default:
		e.m.program.Frame(e, payload)
	}
}

// closed tells the owner that the connection is gone.
func (e *end) closed() {
	if e.state == connGone {
		return
	}
	e.gone()
	if e.handler != nil {
		e.handler.Closed()
		return
	}
	e.m.program.Closed(e)
}
