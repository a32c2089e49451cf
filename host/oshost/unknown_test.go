package oshost_test

import (
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"ordeal/host"
)

// call says who it is on a peer port, and reports whether it is taken for that.
func call(t *testing.T, address, from string) (nc net.Conn, taken bool) {
	t.Helper()
	nc = dial(t, address)
	nc.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(nc, "ordeal.1\x00%c%s\x02n1", len(from), from)
	_, err := io.ReadFull(nc, make([]byte, 1))
	return nc, err == nil
}

// TestUnknownCallers has machines call that are not in the configuration of this one: it hears them, up to a number.
func TestUnknownCallers(t *testing.T) {
	heard := make(chan host.Addr, 1)
	m := start(t, alone(t), func(host.Host) (host.Program, error) {
		return &calls{receive: func(from host.Addr, _ []byte) { heard <- from }}, nil
	})
	for i := range 64 {
		nc, taken := call(t, m.PeerAddr(), fmt.Sprintf("x%d", i))
		defer nc.Close()
		if !taken {
			t.Fatalf("caller %d is refused", i)
		}
		if i == 0 {
			nc.Write([]byte("\x00\x00\x00\x02hi"))
			if from := <-heard; from != "x0" {
				t.Errorf("the message is from %q", from)
			}
		}
	}
	for _, from := range []string{"one too many", "n1", ""} {
		nc, taken := call(t, m.PeerAddr(), from)
		nc.Close()
		if taken {
			t.Errorf("%q is accepted", from)
		}
	}
	if refused := m.Counters().PeersRefused; refused != 3 {
		t.Errorf("%d callers were counted as refused", refused)
	}
	nc, taken := call(t, m.PeerAddr(), "x7") // one that calls again
	defer nc.Close()
	if !taken {
		t.Error("who was heard before is refused when it calls again")
	}
}
