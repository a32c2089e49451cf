package sim

import (
	"fmt"

	"ordeal/host"
)

// listener is a port that is open to streams.
type listener struct {
	n       network
	port    int
	ready   func()
	waiting []*byteStream
}

// Listen opens a port to streams.
func (n network) Listen(port int, ready func()) (host.Listener, error) {
	s := &n.m.sockets
	port, err := n.port(port, func(port int) bool { return s.listeners[port] != nil })
	if err != nil {
		return nil, err
	}
	if s.listeners == nil {
		s.listeners = map[int]*listener{}
	}
	l := &listener{n: n, port: port, ready: ready}
	s.listeners[port] = l
	return l, nil
}

// Port is the port's number.
func (l *listener) Port() int { return l.port }

// Waiting says whether there is a stream to be accepted.
func (l *listener) Waiting() bool { return len(l.waiting) > 0 }

// Accept takes the next stream.
func (l *listener) Accept(ready func()) (host.Stream, error) {
	if len(l.waiting) == 0 {
		return nil, host.ErrWait
	}
	s := l.waiting[0]
	l.waiting = l.waiting[1:]
	s.ready, s.listener = ready, nil
	return s, nil
}

// Close closes the port.
func (l *listener) Close() {
	if !l.open() {
		return
	}
	delete(l.n.m.sockets.listeners, l.port)
	waiting := l.waiting
	l.waiting = nil
	for _, s := range waiting {
		if s.e.state == connOpen {
			s.e.transmit(event{kind: evReset})
			s.e.gone()
		}
	}
}

func (l *listener) open() bool { return l.n.alive() && l.n.m.sockets.listeners[l.port] == l }

// Connect opens a stream.
func (n network) Connect(to host.Addr, port int, ready func()) (host.Stream, error) {
	w, s := n.m.w, &n.m.sockets
	switch {
	case !n.alive():
		return nil, host.ErrReset
	case port < 1 || port > portMax:
		return nil, fmt.Errorf("port %d: it must be from 1 to %d", port, portMax)
	case len(n.m.conns) >= streamsMax:
		return nil, host.ErrTooMany
	}
	local := s.free(func(int) bool { return false })
	w.stats.Dials++
	e := &end{w: w, m: n.m, state: connOpening}
	near := &byteStream{e: e, port: local, peer: port, room: window, ready: ready}
	e.bytes = near
	e.born()
	target := w.byName[to]
	if target == nil {
		e.other = &end{w: w, m: &machine{w: w, name: to}, other: e, state: connGone}
		w.push(n.m.depart(0)+2*w.cfg.Network.Latency, event{kind: evReset, m: n.m, end: e})
		return near, nil
	}
	e.other = &end{w: w, m: target, other: e, state: connUnborn}
	e.other.bytes = &byteStream{e: e.other, port: port, peer: local, room: window}
	e.transmit(event{kind: evDial})
	w.push(w.now+w.cfg.Network.DialTimeout, event{kind: evDialTimeout, m: n.m, end: e})
	return near, nil
}

// welcome says whether a stream that was dialled finds a port that takes it.
func (s *byteStream) welcome() bool {
	l := s.e.m.sockets.listeners[s.port]
	return l != nil && len(l.waiting) < backlog && len(s.e.m.conns) < streamsMax
}

// join puts a stream that stands among those that are to be accepted.
func (s *byteStream) join() {
	s.listener = s.e.m.sockets.listeners[s.port]
	s.listener.waiting = append(s.listener.waiting, s)
	s.notify()
}
