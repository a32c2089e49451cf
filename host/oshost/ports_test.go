package oshost_test

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/host/oshost"
)

// garbage is what strangers say: nothing, HTTP, TLS, lengths that are lies, and noise.
func garbage() [][]byte {
	rng := rand.New(rand.NewPCG(1, 2))
	all := [][]byte{
		{}, []byte("G"), []byte("GET / HTTP/1.1\r\nHost: n1\r\n\r\n"),
		[]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
		{0xff, 0xff, 0xff, 0xff}, {0x7f, 0xff, 0xff, 0xff, 1, 2, 3}, {0x80, 0, 0, 0}, {0, 0x10, 0, 0}, []byte("ruok"),
		[]byte("ordeal.1"), []byte("ordeal.1\x00\x02n2\x02n1"), []byte("ordeal.1\xff\xff\xff"),
	}
	for range 40 {
		noise := make([]byte, rng.IntN(2000))
		for i := range noise {
			noise[i] = byte(rng.Uint32())
		}
		all = append(all, noise)
	}
	return all
}

// TestGarbage talks nonsense on both ports, and then sense on the client port.
func TestGarbage(t *testing.T) {
	m := start(t, alone(t), echoes)
	for _, port := range []string{m.PeerAddr(), m.ClientAddr()} {
		for _, said := range garbage() {
			nc := dial(t, port)
			nc.Write(said)
			nc.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, nc) // until the machine hangs up: it must not keep the connection
			nc.Close()
		}
	}
	roundTrip(t, m.ClientAddr())
}

// TestStrangersWait opens more connections to the peer port than are heard at once. A peer gets through all the same
// when they have had their time, and so would the machine close.
func TestStrangersLeave(t *testing.T) {
	m := start(t, alone(t), echoes)
	for range 100 {
		defer dial(t, m.PeerAddr()).Close()
	}
	roundTrip(t, m.ClientAddr())
	m.Close()
}

func TestFrameTooLong(t *testing.T) {
	cfg := alone(t)
	cfg.MaxFrame = 100
	m := start(t, cfg, echoes)
	for _, c := range []struct {
		length uint32
		echoed bool
	}{{0, true}, {100, true}, {101, false}, {1 << 31, false}, {1<<32 - 1, false}} {
		nc := dial(t, m.ClientAddr())
		frame := binary.BigEndian.AppendUint32(nil, c.length)
		nc.Write(append(frame, make([]byte, 200)[:min(c.length, 200)]...))
		answer := make([]byte, 4+c.length%200)
		_, err := io.ReadFull(nc, answer)
		if (err == nil) != c.echoed {
			t.Errorf("a frame of %d bytes: answered %v", c.length, err == nil)
		}
		nc.Close()
	}
}

// TestSlowReader has a client ask for more and more and read nothing.
func TestSlowReader(t *testing.T) {
	gone := make(chan struct{})
	m := start(t, alone(t), boots(&calls{
		frame: func(c host.Conn, _ []byte) {
			for range 64 {
				c.Send(make([]byte, 1<<20))
			}
		},
		closed: func(host.Conn) { close(gone) },
	}))
	nc := dial(t, m.ClientAddr())
	nc.Write([]byte{0, 0, 0, 1, 'x'})
	select {
	case <-gone:
	case <-time.After(patience):
		t.Fatal("the program got no call of Closed for a client that is gone")
	}
}

// TestWrongPeer calls with the right protocol and wrong names.
func TestWrongPeer(t *testing.T) {
	cfg := alone(t)
	cfg.Cluster, cfg.Peers = "blue", map[host.Addr]string{"n2": "127.0.0.1:1"}
	m := start(t, cfg, echoes)
	for said, accepted := range map[string]bool{
		"ordeal.1\x04blue\x02n2\x02n1": true,
		"ordeal.1\x03red\x02n2\x02n1":  false,
		"ordeal.1\x04blue\x02n3\x02n1": true, // not known, and of the cluster
		"ordeal.1\x04blue\x02n2\x02n3": false,
		"ordeal.2\x04blue\x02n2\x02n1": false,
	} {
		nc := dial(t, m.PeerAddr())
		nc.Write([]byte(said))
		_, err := io.ReadFull(nc, make([]byte, 1))
		if (err == nil) != accepted {
			t.Errorf("%q: accepted %v", said, err == nil)
		}
		nc.Close()
	}
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	return nc
}

// roundTrip has a process send a frame and hear it again.
func roundTrip(t *testing.T, address string) {
	t.Helper()
	heard := make(chan string, 1)
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "c1", Logger: quiet()}, func(p host.Process) {
		answer := p.NewSignal()
		c := p.Dial(host.Addr(address), &hears{frame: func(payload []byte) { heard <- string(payload); answer.Set() }})
		c.Send([]byte("hello"))
		answer.Wait(-1)
	})
	defer p.Stop()
	select {
	case got := <-heard:
		if got != "hello" {
			t.Errorf("the echo is %q", got)
		}
	case <-time.After(patience):
		t.Fatal("no echo")
	}
}
