package proxy

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"ordeal/nemesis"
)

// carried is a connection, from end to end.
type carried struct {
	caller, called *net.TCPConn // called is nil until the connection is made
	closed         bool
}

// close ends both ends. The proxy's lock is held.
func (c *carried) close() {
	c.closed = true
	c.caller.Close()
	if c.called != nil {
		c.called.Close()
	}
}

// dialMax is how long a program may take to be connected to, on this machine.
const dialMax = 5 * time.Second

// carry carries one connection.
func (p *Proxy) carry(caller *net.TCPConn, w nemesis.Way, address string) {
	back := nemesis.Way{From: w.To, To: w.From}
	c := &carried{caller: caller}
	if !p.enter(c) {
		caller.Close()
		return
	}
	defer p.leave(c)
	there, here := newStream(), newStream()
	var reading sync.WaitGroup
	defer reading.Wait()
	reading.Go(func() { p.read(caller, w, there) })
	// No connection is made while either direction is shut; who gives up meanwhile has never been there.
	if !p.pass(there.gone, w, back) {
		p.abort(c)
		return
	}
	conn, err := net.DialTimeout("tcp", address, dialMax)
	if err != nil || !p.join(c, conn.(*net.TCPConn)) {
		p.abort(c)
		return
	}
	reading.Go(func() { p.read(c.called, back, here) })
	var writing sync.WaitGroup
	writing.Go(func() { p.write(c, c.called, w, there, here) })
	writing.Go(func() { p.write(c, c.caller, back, here, there) })
	writing.Wait()
	p.mu.Lock()
	c.close()
	p.mu.Unlock()
}

func (p *Proxy) enter(c *carried) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.done:
		return false
	default:
	}
	p.closers[c] = true
	p.count++
	return true
}

// join notes the other end; it reports false if the proxy is closed.
func (p *Proxy) join(c *carried, called *net.TCPConn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.called = called
	return !c.closed
}

func (p *Proxy) leave(c *carried) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.closers, c)
}

// abort resets both ends.
func (p *Proxy) abort(c *carried) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.closed {
		return
	}
	_ = c.caller.SetLinger(0) // or it is closed
	if c.called != nil {
		_ = c.called.SetLinger(0)
	}
	c.close()
}

// pieceMax is how many bytes are carried in one piece, and heldMax how many a direction of a connection holds before
// its sender has to wait.
const (
	pieceMax = 32 << 10
	heldMax  = 1 << 20
)

// read reads what one end sends, until its end.
func (p *Proxy) read(from *net.TCPConn, w nemesis.Way, s *stream) {
	for {
		buffer := make([]byte, pieceMax)
		n, err := from.Read(buffer)
		one := piece{bytes: buffer[:n], last: errors.Is(err, io.EOF), reset: err != nil && !errors.Is(err, io.EOF)}
		broken := false
		one.due, broken = p.fate(w, n)
		if n > 0 && broken {
			one.broken = true
		}
		if !s.put(one) || err != nil {
			return
		}
	}
}

// write hands over what comes, when it is due and the way is open, until the end of it.
func (p *Proxy) write(c *carried, to *net.TCPConn, w nemesis.Way, s, other *stream) {
	defer s.end()
	for {
		one := s.take()
		if wait := time.Until(one.due); wait > 0 && !p.sleep(wait) || !p.pass(nil, w) {
			return
		}
		switch {
		case one.broken:
			p.mu.Lock()
			p.resets++
			p.mu.Unlock()
			fallthrough
		case one.reset:
			p.abort(c)
			other.put(piece{reset: true, hasty: true})
			return
		}
		if _, err := to.Write(one.bytes); err != nil {
			// The end that is gone says so to the other, on the way back.
			other.put(piece{reset: true, hasty: true})
			return
		}
		if one.last {
			_ = to.CloseWrite() // or it is closed
			return
		}
	}
}

// piece is some of what is sent, or the end of it.
type piece struct {
	bytes  []byte
	due    time.Time
	last   bool // nothing comes behind it
	reset  bool // the end that sends is gone
	broken bool // the link breaks the connection
	hasty  bool // it does not wait for room
}

// stream is what one end of a connection has sent and the other has not got.
type stream struct {
	mu    sync.Mutex
	moved sync.Cond
	list  []piece
	bytes int
	last  time.Time     // when the last piece is due
	ended bool          // no piece is taken any more
	gone  chan struct{} // closed when the sender is gone
}

func newStream() *stream {
	s := &stream{gone: make(chan struct{})}
	s.moved.L = &s.mu
	return s
}

// put adds a piece, once there is room for it; it reports false if no more are wanted.
func (s *stream) put(one piece) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.bytes >= heldMax && !s.ended && !one.hasty {
		s.moved.Wait()
	}
	if s.ended {
		return false
	}
	if (one.last || one.reset) && !one.hasty {
		close(s.gone)
	}
	if one.due.Before(s.last) { // jitter changes no order
		one.due = s.last
	}
	s.last = one.due
	s.list = append(s.list, one)
	s.bytes += len(one.bytes)
	s.moved.Broadcast()
	return true
}

// take is the next piece, which it waits for.
func (s *stream) take() piece {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.list) == 0 {
		s.moved.Wait()
	}
	one := s.list[0]
	s.list = s.list[1:]
	s.bytes -= len(one.bytes)
	s.moved.Broadcast()
	return one
}

// end takes no more pieces.
func (s *stream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.moved.Broadcast()
}
