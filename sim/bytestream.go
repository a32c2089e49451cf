package sim

import (
	"encoding/binary"
	"io"
	"time"

	"ordeal/host"
)

// byteStream is one end of a connection that carries bytes. It is what the machine's system does for its software: what
// arrives is taken at once, even while the software is busy or paused, as far as there is room.
type byteStream struct {
	e          *end
	port, peer int
	ready      func()
	listener   *listener // until it is accepted

	unread []byte // that have come
	eof    bool   // no more will
	err    error  // it is broken
	room   int    // how many bytes the other end takes before it says that it has read some
	owed   int    // bytes that were read, and of which the other end does not know
	shut   bool   // no more is written
	closed bool
	told   bool // that something has changed, and the software has not come to it
	fresh  int  // bytes that came since

	darkSince time.Duration // what is sent to it goes nowhere, since its machine has no power
	probes    int
}

var _ host.Stream = (*byteStream)(nil)

const (
	// window is how many bytes may be under way or unread, in one direction.
	window = 64 << 10
	// segmentMax is how many bytes travel together at most.
	segmentMax = 8 << 10
	// splitPPM of the writes travel in two parts that need not.
	splitPPM = 60_000
	// probeEvery is how long a connection whose other machine has lost its power is silent before it is looked after, and
	// probesMax how often that is done in vain: as Go has connections kept alive.
	probeEvery = 15 * time.Second
	probesMax  = 9
	// darkPause is the time between two attempts to send to a machine without power.
	darkPause = time.Second
)

// Port is this end's port, and Peer the other's.
func (s *byteStream) Port() int              { return s.port }
func (s *byteStream) Peer() (host.Addr, int) { return s.e.other.m.name, s.peer }

// Opened says whether the stream stands.
func (s *byteStream) Opened() error {
	if s.e.state == connOpening {
		return host.ErrWait
	}
	return s.err
}

// Readable says whether Read has anything to say.
func (s *byteStream) Readable() bool {
	return len(s.unread) > 0 || s.eof || s.err != nil || s.e.state == connGone
}

// Writable says whether Write has anything to say.
func (s *byteStream) Writable() bool {
	return s.e.state != connOpening && (s.room > 0 || s.shut || s.err != nil || s.e.state != connOpen)
}

// Read takes bytes that have come.
func (s *byteStream) Read(b []byte) (int, error) {
	switch {
	case len(b) == 0:
		return 0, nil
	case len(s.unread) > 0:
		n := copy(b, s.unread)
		s.unread = s.unread[n:]
		s.owed += n
		if s.owed >= window/2 && s.e.state == connOpen {
			s.e.transmit(event{kind: evWindow, payload: binary.BigEndian.AppendUint32(nil, uint32(s.owed))})
			s.owed = 0
		}
		return n, nil
	case s.err != nil:
		return 0, s.err
	case s.eof:
		return 0, io.EOF
	case s.e.state == connGone:
		return 0, host.ErrReset
	}
	return 0, host.ErrWait
}

// Write sends bytes.
func (s *byteStream) Write(b []byte) (int, error) {
	switch {
	case s.err != nil:
		return 0, s.err
	case s.shut || s.closed:
		return 0, host.ErrShut
	case s.e.state == connGone:
		return 0, host.ErrReset
	case s.e.state != connOpen || s.room == 0:
		return 0, host.ErrWait
	}
	n := min(len(b), s.room)
	s.room -= n
	split := s.e.m.split(n)
	for at := 0; at < n; {
		to := min(n, at+segmentMax)
		if at < split {
			to = min(to, split)
		}
		s.e.w.stats.Frames++
		s.e.transmit(event{kind: evFrame, payload: append([]byte(nil), b[at:to]...)})
		at = to
	}
	return n, nil
}

// split is where a write of n bytes falls in two, or 0.
func (m *machine) split(n int) int {
	if m.splits == nil {
		m.splits = m.w.newStream("stream/" + string(m.name))
	}
	draw := m.splits.draw()
	if n < 2 || !hits(draw, splitPPM) {
		return 0
	}
	return 1 + int(scale(scramble(draw), uint64(n-1)))
}

// CloseWrite tells the other end that no more comes.
func (s *byteStream) CloseWrite() error {
	switch {
	case s.err != nil:
		return s.err
	case s.shut || s.e.state != connOpen:
		return host.ErrShut
	}
	s.shut = true
	s.e.transmit(event{kind: evShut})
	return nil
}

// Close ends the stream for this end.
func (s *byteStream) Close() {
	if s.closed {
		return
	}
	s.closed = true
	e := s.e
	switch e.state {
	case connOpening:
		e.early = []event{{kind: evReset}}
		e.state = connClosing
	case connOpen:
		if len(s.unread) > 0 {
			e.transmit(event{kind: evReset})
		} else if !s.shut {
			e.transmit(event{kind: evShut})
		}
		e.gone()
	}
}

// take takes a piece that arrives.
func (s *byteStream) take(ev *event) {
	e := s.e
	switch {
	case ev.kind == evDial:
		e.dialled()
	case ev.kind == evOpened:
		e.opened()
	case ev.kind == evReset && e.state != connOpen:
		s.broke(host.ErrRefused)
	case ev.kind == evReset:
		s.broke(host.ErrReset)
	case e.state != connOpen:
		s.strayed(ev)
	case ev.kind == evFrame:
		e.underWay--
		s.unread = append(s.unread, ev.payload...)
		s.fresh += len(ev.payload)
		if e.other.m.boot != nil && e.m.boot != nil { // bytes that a server has from another one
			e.w.link(e.other.m, e.m).arrived(ev.payload)
		}
		s.notify()
	case ev.kind == evShut:
		s.eof = true
		s.notify()
	case ev.kind == evWindow:
		s.room += int(binary.BigEndian.Uint32(ev.payload))
		s.notify()
	}
}

// strayed is a piece for an end that is no more. Bytes are answered by a reset; a machine without power answers
// nothing, and the other end's system tries for a while.
func (s *byteStream) strayed(ev *event) {
	w, e := s.e.w, s.e
	switch {
	case ev.kind != evFrame || e.other.state != connOpen:
	case !e.m.dark:
		e.underWay--
		e.transmit(event{kind: evReset})
	case s.darkSince > 0 && w.now-s.darkSince >= w.cfg.Network.StallTimeout:
		w.breakConn(e)
	default:
		if s.darkSince == 0 {
			s.darkSince = w.now
		}
		w.push(w.now+darkPause, *ev)
	}
}

// broke ends the stream.
func (s *byteStream) broke(err error) {
	switch s.e.state {
	case connGone:
		return
	case connUnborn:
		s.e.state = connGone
		return
	}
	s.e.gone()
	if s.err == nil {
		s.err = err
	}
	s.notify()
}

// notify tells the software that something has changed.
func (s *byteStream) notify() {
	if s.told || s.closed {
		return
	}
	s.told = true
	s.e.m.input(event{kind: evNotice, m: s.e.m, end: s.e})
}

// notice calls the software.
func (s *byteStream) notice() {
	s.told, s.fresh = false, 0
	switch {
	case s.listener != nil && s.listener.open():
		s.listener.ready()
	case s.ready != nil && !s.closed:
		s.ready()
	}
}

// orphan is what the other end sees of a machine that is down. A system whose software was killed says so; one that
// has lost its power says nothing, until it is asked and is back.
func (s *byteStream) orphan(power bool) {
	e := s.e
	switch {
	case e.other.state != connOpen && e.other.state != connOpening:
	case power:
		e.w.push(e.w.now+probeEvery, event{kind: evProbe, m: e.m, end: e})
	case len(s.unread) > 0 || e.other.state == connOpening:
		e.transmit(event{kind: evReset})
	default:
		e.transmit(event{kind: evShut})
	}
}

// probe looks after a connection whose other machine has lost its power.
func (s *byteStream) probe() {
	e, w := s.e, s.e.w
	s.probes++
	switch out := w.link(e.other.m, e.m); {
	case e.other.state != connOpen && e.other.state != connOpening:
	case !e.m.dark && !out.blocked():
		e.transmit(event{kind: evReset})
	case s.probes >= probesMax:
		w.breakConn(e)
	default:
		w.push(w.now+probeEvery, event{kind: evProbe, m: e.m, end: e})
	}
}
