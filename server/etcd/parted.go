package etcd

import (
	"bufio"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"
)

// parted is a port that is two: connections that begin as those of gRPC do, and all others.
type parted struct{ grpc, http *side }

// side is one of the two.
type side struct {
	net.Listener
	conns chan net.Conn
	done  chan struct{}
	once  *sync.Once
}

// preface is how an HTTP/2 connection begins, and prefaceMax how long a client may take for it.
const (
	preface    = "PRI"
	prefaceMax = 10 * time.Second
)

// acceptPause is how long a port rests after it failed to accept: the reason, file descriptors mostly, will not be gone
// at once.
const acceptPause = 50 * time.Millisecond

// part begins to accept connections and to hand them to a side each.
func part(l net.Listener, log *slog.Logger) parted {
	done, once := make(chan struct{}), &sync.Once{}
	p := parted{
		&side{l, make(chan net.Conn), done, once}, &side{l, make(chan net.Conn), done, once},
	}
	go p.accept(l, log)
	return p
}

func (p parted) accept(l net.Listener, log *slog.Logger) {
	for {
		c, err := l.Accept()
		if err == nil {
			go p.sort(c)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			p.grpc.Close()
			return
		}
		log.Warn("can't accept a connection", "port", l.Addr().String(), "err", err)
		select {
		case <-time.After(acceptPause):
		case <-p.grpc.done:
			return
		}
	}
}

// sort looks at how a connection begins.
func (p parted) sort(c net.Conn) {
	r := bufio.NewReaderSize(c, 4096)
	to := p.http
	if err := c.SetReadDeadline(time.Now().Add(prefaceMax)); err != nil {
		c.Close()
		return
	}
	b, err := r.Peek(len(preface))
	if err == nil && string(b) == preface {
		to = p.grpc
	}
	if err != nil && len(b) == 0 || c.SetReadDeadline(time.Time{}) != nil {
		c.Close()
		return
	}
	select {
	case to.conns <- begun{c, r}:
	case <-to.done:
		c.Close()
	}
}

// begun is a connection of which something was read.
type begun struct {
	net.Conn
	r *bufio.Reader
}

func (c begun) Read(b []byte) (int, error) { return c.r.Read(b) }

// Accept implements net.Listener.
func (s *side) Accept() (net.Conn, error) {
	select {
	case c := <-s.conns:
		return c, nil
	case <-s.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener: both sides end.
func (s *side) Close() error {
	var err error
	s.once.Do(func() {
		close(s.done)
		err = s.Listener.Close()
	})
	return err
}
