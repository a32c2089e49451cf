package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// silence hears what becomes of a connection on which nothing is said.
type silence struct{ closed *bool }

func (silence) Opened()      {}
func (silence) Frame([]byte) {}
func (s silence) Closed()    { *s.closed = true }

// TestSilentConnectionIsClosed opens a connection, says nothing, and waits; a client that has a session and says little
// stays.
func TestSilentConnectionIsClosed(t *testing.T) {
	e := newWorded(t, 1, "*")
	e.do(time.Minute, func(p host.Process, c *client.Client) {
		_, _, err := c.Create("/a", nil, 0)
		must(t, err)
		closed := false
		p.Dial("n1", silence{&closed})
		p.Sleep(2 * time.Second)
		if closed {
			t.Error("it is closed before its time")
		}
		p.Sleep(2 * time.Second)
		if !closed {
			t.Error("it is open still")
		}
		if s := e.node("n1").Stats(); s.Unfinished != 1 || s.Connections != 1 {
			t.Errorf("%d connections were closed as unfinished, and %d are open", s.Unfinished, s.Connections)
		}
		bad := p.Dial("n1", silence{&closed})
		bad.Send([]byte("no handshake"))
		p.Sleep(time.Second)
		if s := e.node("n1").Stats(); s.Garbage != 1 {
			t.Errorf("%d connections were closed for what they sent", s.Garbage)
		}
	})
}
