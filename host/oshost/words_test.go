package oshost_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"ordeal/host"
)

// worded echoes frames, and answers the word "echo" with what came behind it.
type worded struct {
	calls
	accepted atomic.Int64
}

func newWorded() *worded {
	return &worded{calls: calls{frame: func(c host.Conn, payload []byte) { c.Send(payload) }}}
}

func (w *worded) Accept(host.Conn) { w.accepted.Add(1) }

func (w *worded) Text(_, word string, rest []byte) (string, bool) {
	return "<" + string(rest) + ">", word == "echo"
}

// say sends bytes and returns all that comes back.
func say(t *testing.T, addr string, said []byte) string {
	t.Helper()
	nc := dial(t, addr)
	defer nc.Close()
	if _, err := nc.Write(said); err != nil {
		t.Fatal(err)
	}
	nc.SetDeadline(time.Now().Add(patience))
	heard, err := io.ReadAll(nc)
	if err != nil {
		t.Errorf("behind %q: %v", said, err)
	}
	return string(heard)
}

func TestWords(t *testing.T) {
	w := newWorded()
	m := start(t, alone(t), boots(w))
	for said, want := range map[string]string{"echo": "<>", "echo12\x00": "<12\x00>", "what": ""} {
		if got := say(t, m.ClientAddr(), []byte(said)); got != want {
			t.Errorf("%q was answered with %q, and should be with %q", said, got, want)
		}
	}
	if n := w.accepted.Load(); n != 0 {
		t.Errorf("the program was shown %d connections that asked for text", n)
	}
	if c := m.Counters(); c.Garbage != 1 {
		t.Errorf("%d connections count as garbage, and one word was unknown", c.Garbage)
	}
	roundTrip(t, m.ClientAddr())
	if n := w.accepted.Load(); n != 1 {
		t.Errorf("the program was shown %d connections, and one sent a frame", n)
	}
}

// TestWordInPieces has the word come byte by byte.
func TestWordInPieces(t *testing.T) {
	m := start(t, alone(t), boots(newWorded()))
	nc := dial(t, m.ClientAddr())
	defer nc.Close()
	for _, b := range []byte("echo") {
		nc.Write([]byte{b})
		time.Sleep(time.Millisecond)
	}
	if heard, err := io.ReadAll(nc); err != nil || string(heard) != "<>" {
		t.Errorf("heard %q, %v", heard, err)
	}
}

func TestSilentConnection(t *testing.T) {
	cfg := alone(t)
	cfg.Patience = 20 * time.Millisecond
	m := start(t, cfg, boots(newWorded()))
	if got := say(t, m.ClientAddr(), []byte{0, 0}); got != "" {
		t.Errorf("half a length was answered with %q", got)
	}
	if c := m.Counters(); c.Silent != 1 { // it is counted before it is closed
		t.Errorf("%d connections count as silent", c.Silent)
	}
	// One that has said enough may be silent for as long as it likes. On a busy machine it may not come to say so in
	// time.
	for end := time.Now().Add(patience); !sayLate(t, m.ClientAddr(), 3*cfg.Patience); {
		if time.Now().After(end) {
			t.Fatal("a connection that began well and paused is closed each time")
		}
	}
}

// sayLate sends a frame with a pause behind its length, and reports whether it is echoed.
func sayLate(t *testing.T, addr string, pause time.Duration) bool {
	t.Helper()
	nc := dial(t, addr)
	defer nc.Close()
	nc.Write([]byte{0, 0, 0, 1})
	time.Sleep(pause)
	nc.Write([]byte{'x'})
	answer := make([]byte, 5)
	_, err := io.ReadFull(nc, answer)
	return err == nil && bytes.Equal(answer, []byte{0, 0, 0, 1, 'x'})
}

func TestConnectionsFromOneAddress(t *testing.T) {
	cfg := alone(t)
	cfg.MaxConnsPerAddr = 3
	m := start(t, cfg, echoes)
	var open []net.Conn
	for range 3 {
		nc := dial(t, m.ClientAddr())
		defer nc.Close()
		echoOn(t, nc)
		open = append(open, nc)
	}
	fourth := dial(t, m.ClientAddr())
	defer fourth.Close()
	fourth.SetDeadline(time.Now().Add(patience))
	if n, err := fourth.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("a fourth connection heard %d bytes, %v", n, err)
	}
	if c := m.Counters(); c.Refused != 1 {
		t.Errorf("%d connections were refused", c.Refused)
	}
	open[0].Close()
	for end := time.Now().Add(patience); ; {
		nc := dial(t, m.ClientAddr())
		frame := binary.BigEndian.AppendUint32(nil, 0)
		nc.Write(frame)
		_, err := io.ReadFull(nc, make([]byte, 4))
		nc.Close()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("no connection is opened in the place of one that was closed")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// echoOn sends a frame and waits for its echo.
func echoOn(t *testing.T, nc net.Conn) {
	t.Helper()
	frame := append(binary.BigEndian.AppendUint32(nil, 2), "hi"...)
	nc.Write(frame)
	answer := make([]byte, len(frame))
	if _, err := io.ReadFull(nc, answer); err != nil || !bytes.Equal(answer, frame) {
		t.Fatalf("heard %q, %v", answer, err)
	}
}

// TestDo looks at the program from elsewhere, and finds it gone when the machine is.
func TestDo(t *testing.T) {
	w := newWorded()
	m := start(t, alone(t), boots(w))
	var seen host.Program
	if !m.Do(func(p host.Program) { seen = p }) || seen != host.Program(w) {
		t.Errorf("the machine that is up showed %v", seen)
	}
	m.Close()
	if m.Do(func(host.Program) { t.Error("a program was called whose machine is down") }) {
		t.Error("it was said to have been called")
	}
}
