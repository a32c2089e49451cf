package oshost

import (
	"bufio"
	"context"
	"io"
	"net"
	"sync/atomic"
	"time"
)

const (
	// streamQueue is how many bytes may wait for a client that does not read before its connection is closed.
	streamQueue = 16 << 20
	// writeTimeout is how long a client may take to make room for one batch.
	writeTimeout = 30 * time.Second
	// lingerMax is how long a connection that was closed here stays for what the other end still has to read.
	lingerMax = 3 * time.Second
	// readBuffer is what each connection has for reading, in bytes.
	readBuffer = 16 << 10
)

// stream is a client's connection, at either end: frames both ways over TCP.
type stream struct {
	out      *outbox
	maxFrame int
	closing  atomic.Bool // closed at this end: what still comes in is thrown away
	broken   chan struct{}
}

func newStream(maxFrame int) *stream {
	return &stream{out: newOutbox(streamQueue), maxFrame: maxFrame, broken: make(chan struct{})}
}

// finish closes this end after what was sent has gone out.
func (s *stream) finish() {
	s.closing.Store(true)
	s.out.finish()
}

// run carries frames until the connection ends, and hands those that come in to take, until take reports false. The
// connection is closed when run returns; canceling ctx ends it at once. r reads from nc.
func (s *stream) run(ctx context.Context, nc net.Conn, r *bufio.Reader, take func(payload []byte) bool) error {
	hangUp := context.AfterFunc(ctx, func() { nc.Close() })
	defer hangUp()
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.write(nc)
	}()
	err := s.read(r, take)
	close(s.broken)
	if !s.closing.Load() {
		nc.Close()
	}
	<-written
	nc.Close()
	return err
}

// write ends with the connection's own end. A reader at the other end that is still busy must get all of it, and would
// not if the connection were closed while something that it sent waits here unread: TCP then throws away what is on
// its way. So only the way out is closed, and read goes on until the other end has closed too.
func (s *stream) write(nc net.Conn) {
	if err := s.out.writeTo(nc, writeTimeout, s.broken); err != nil {
		nc.Close()
		return
	}
	nc.SetReadDeadline(time.Now().Add(lingerMax))
	closeWrite(nc)
}

func (s *stream) read(r *bufio.Reader, take func([]byte) bool) error {
	for {
		payload, err := readFrame(r, s.maxFrame)
		if err != nil && !s.closing.Load() {
			return err
		}
		if s.closing.Load() || !take(payload) {
			break
		}
	}
	if s.closing.Load() {
		io.Copy(io.Discard, r)
	}
	return nil
}
