package etcd

import (
	"log/slog"
	"net"
	"syscall"
	"testing"
	"time"
)

// refusing is a listener that can't accept once: all descriptors are in use.
type refusing struct {
	net.Listener
	refused bool
}

func (l *refusing) Accept() (net.Conn, error) {
	if !l.refused {
		l.refused = true
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

// TestAPortOutlivesAFailureToAccept goes on when there are descriptors again, and ends when it is closed.
func TestAPortOutlivesAFailureToAccept(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := part(&refusing{Listener: l}, slog.New(slog.DiscardHandler))
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("GET / HTTP/1.1\r\n")); err != nil {
		t.Fatal(err)
	}
	accepted := make(chan error, 1)
	go func() {
		_, err := p.http.Accept()
		accepted <- err
	}()
	select {
	case err = <-accepted:
	case <-time.After(10 * time.Second):
		t.Fatal("no connection came")
	}
	if err != nil {
		t.Errorf("the port ended: %v", err)
	}
	p.grpc.Close()
	if _, err := p.http.Accept(); err != net.ErrClosed {
		t.Errorf("a port that was closed: %v", err)
	}
}
