package proxy

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"syscall"
	"testing"
	"time"

	"ordeal/nemesis"
)

var way = nemesis.Way{From: "c1", To: "n1"}

// opened is a way to a server that sends everything back, and a connection by it.
func opened(t *testing.T) (*Proxy, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn) // until its end
			}()
		}
	}()
	p := New(func(nemesis.Way) *rand.Rand { return rand.New(rand.NewPCG(1, 2)) })
	t.Cleanup(p.Close)
	address, err := p.Open(way, "127.0.0.1:0", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return p, address
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// echo sends a text and waits for it to come back.
func echo(conn net.Conn, text string, limit time.Duration) error {
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, text); err != nil {
		return err
	}
	return hear(conn, text, limit)
}

func hear(conn net.Conn, text string, limit time.Duration) error {
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(conn, got); err != nil {
		return err
	}
	if string(got) != text {
		return errors.New("it came back as " + string(got))
	}
	return nil
}

const (
	soon  = 5 * time.Second
	never = 100 * time.Millisecond
)

// TestCutsHoldUp in each direction: what was sent arrives when they end.
func TestCutsHoldUp(t *testing.T) {
	p, address := opened(t)
	conn := dial(t, address)
	if err := echo(conn, "one", soon); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		shut, open func()
	}{
		{func() { p.Cut("c1", "n1") }, func() { p.Mend("c1", "n1") }},
		{func() { p.Cut("n1", "c1") }, func() { p.Mend("n1", "c1") }},
		{func() { p.Clog("n1", "c1") }, func() { p.Unclog("n1", "c1") }},
	} {
		c.shut()
		if err := echo(conn, "two", never); err == nil {
			t.Error("it came back over a link that is shut")
		}
		c.open()
		if err := hear(conn, "two", soon); err != nil {
			t.Errorf("behind the end of it: %v", err)
		}
	}
}

// TestWhoGaveUpWasNeverThere has a connection begin while the link is cut, and end before that does.
func TestWhoGaveUpWasNeverThere(t *testing.T) {
	p, address := opened(t)
	p.Cut("n1", "c1")
	gaveUp := dial(t, address)
	if err := echo(gaveUp, "old", never); err == nil {
		t.Error("a connection was made over a link that is cut")
	}
	gaveUp.Close()
	waits := dial(t, address)
	if err := echo(waits, "new", never); err == nil {
		t.Error("a connection was made over a link that is cut")
	}
	p.Mend("n1", "c1")
	if err := hear(waits, "new", soon); err != nil {
		t.Error(err)
	}
}

func TestLinksTakeTheirTime(t *testing.T) {
	p, address := opened(t)
	conn := dial(t, address)
	p.Set("c1", "n1", nemesis.Link{Delay: 60 * time.Millisecond, BytesPerSecond: 1000})
	begun := time.Now()
	if err := echo(conn, string(make([]byte, 40)), soon); err != nil || time.Since(begun) < 100*time.Millisecond {
		t.Errorf("40 bytes at 1,000 a second, 60ms late, took %v: %v", time.Since(begun), err)
	}
	p.Set("c1", "n1", nemesis.Link{})
	begun = time.Now()
	if err := echo(conn, "fast", soon); err != nil || time.Since(begun) > 50*time.Millisecond {
		t.Errorf("a sound link took %v: %v", time.Since(begun), err)
	}
}

func TestCorruptionResets(t *testing.T) {
	p, address := opened(t)
	conn := dial(t, address)
	p.Set("c1", "n1", nemesis.Link{CorruptPPM: 1_000_000})
	if err := echo(conn, "lost", soon); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a connection that was to be reset: %v", err)
	}
	if carried, reset := p.Connections(); carried != 1 || reset != 1 {
		t.Errorf("%d connections, %d reset", carried, reset)
	}
}

// TestEndsAreCarried has one end close for writing, and a server that is not there.
func TestEndsAreCarried(t *testing.T) {
	p, address := opened(t)
	conn := dial(t, address)
	if _, err := io.WriteString(conn, "last"); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); err != nil || string(got) != "last" {
		t.Errorf("%q, %v", got, err)
	}
	nowhere, err := p.Open(nemesis.Way{From: "c1", To: "n2"}, "127.0.0.1:0", "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	caller, err := net.Dial("tcp", nowhere) // it may be reset as early as that
	if err == nil {
		defer caller.Close()
		err = echo(caller, "x", soon)
	}
	if err == nil {
		t.Error("a server that is not there has answered")
	}
}
