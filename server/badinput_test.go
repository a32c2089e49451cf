package server_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"ordeal/cluster/wire"
)

// shake is a handshake for a new session, as a frame.
func shake() []byte {
	return framed(wire.ConnectRequest{TimeoutMs: 10_000, Passwd: make([]byte, 16), HasReadOnly: true}.Encode())
}

func framed(payload []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(payload))), payload...)
}

// badInput is what strangers say on the client port: before a handshake, in the middle of it, and in a session.
func badInput(rng *rand.Rand) map[string][]byte {
	noise := make([]byte, 1+rng.IntN(2000))
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	return map[string][]byte{
		"noise":                  noise,
		"nothing":                {},
		"a huge length":          {0x7f, 0xff, 0xff, 0xff, 1},
		"a negative length":      {0xff, 0xff, 0xff, 0xff},
		"half a handshake":       shake()[:20],
		"a handshake of nothing": framed(nil),
		"two handshakes":         append(shake(), shake()...),
		"noise in a session":     append(shake(), framed(noise[:min(len(noise), 60)])...),
		"too much in a session":  append(shake(), 0, 0x20, 0, 0, 1),
		"half a request":         append(shake(), 0, 0, 0, 40, 0, 0),
		"HTTP":                   []byte("GET / HTTP/1.1\r\n\r\n"),
		"TLS":                    []byte("\x16\x03\x01\x02\x00\x01\x00"),
	}
}

// TestBadInput has strangers say all that on the client port, again and again: they are hung up on and counted, nothing
// of them is left, and a client is served as before.
func TestBadInput(t *testing.T) {
	s := startAlone(t, "4lw.commands.whitelist=*", "maxClientCnxns=0")
	before := runtime.NumGoroutine()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		for what, said := range badInput(rng) {
			nc, err := net.Dial("tcp", s.ClientAddr())
			if err != nil {
				t.Fatal(err)
			}
			nc.SetDeadline(time.Now().Add(operatorPatience))
			nc.Write(said)
			nc.(*net.TCPConn).CloseWrite()
			if _, err := io.Copy(io.Discard, nc); err != nil && strings.Contains(err.Error(), "timeout") {
				t.Errorf("%s: the connection stays", what)
			}
			nc.Close()
		}
	}
	mntr := ""
	eventually(t, "something of them is left", func() error {
		if now := runtime.NumGoroutine(); now > before+5 {
			return fmt.Errorf("%d goroutines, and %d before", now, before)
		}
		mntr = askWord(t, s.ClientAddr(), "mntr")
		if !strings.Contains(mntr, "\nzk_outstanding_requests\t0\n") ||
			!strings.Contains(mntr, "\nzk_num_alive_connections\t1\n") {
			return fmt.Errorf("mntr says\n%s", mntr)
		}
		return nil
	})
	for _, counter := range []string{"zk_connection_garbage", "zk_connection_silent"} {
		if strings.Contains(mntr, "\n"+counter+"\t0\n") || !strings.Contains(mntr, counter) {
			t.Errorf("%s is not counted", counter)
		}
	}
	nc, err := net.Dial("tcp", s.ClientAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(operatorPatience))
	nc.Write(shake())
	if _, err := io.ReadFull(nc, make([]byte, 4+37)); err != nil {
		t.Errorf("a client hears %v", err)
	}
}
