package oshost_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"testing"

	"ordeal/host"
)

// A client that reads late gets everything, whole and in order, whether the machine's loop wrote it, the connection's
// writer did, or a piece of it each.
func TestRepliesToALateReader(t *testing.T) {
	const asks, each = 700, 30
	for seed := range uint64(2) {
		rng := rand.New(rand.NewPCG(seed, 1))
		sizes := make([]int, asks*each)
		for i := range sizes {
			sizes[i] = rng.IntN(200)
			if rng.IntN(33) == 0 {
				sizes[i] = rng.IntN(30_000)
			}
		}
		sent := 0
		m := start(t, alone(t), boots(&calls{frame: func(c host.Conn, _ []byte) {
			for range each {
				c.Send(reply(sent, sizes[sent]))
				sent++
			}
			if sent == len(sizes) {
				c.Close()
			}
		}}))
		nc, err := net.Dial("tcp", m.ClientAddr())
		if err != nil {
			t.Fatal(err)
		}
		for range asks {
			if _, err := nc.Write([]byte{0, 0, 0, 1, 'x'}); err != nil {
				t.Fatal(err)
			}
		}
		r := bufio.NewReader(nc)
		for i, size := range sizes {
			var length [4]byte
			_, err := io.ReadFull(r, length[:])
			got := make([]byte, binary.BigEndian.Uint32(length[:]))
			_, err2 := io.ReadFull(r, got)
			if err := errors.Join(err, err2); err != nil || string(got) != string(reply(i, size)) {
				t.Fatalf("seed %d: reply %d of %d has %d bytes and not %d, or others: %v", seed, i, len(sizes),
					len(got), size, err)
			}
		}
		if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("seed %d: behind the last reply comes %v", seed, err)
		}
		nc.Close()
	}
}

// reply is a frame that tells which it is, of about size bytes.
func reply(i, size int) []byte {
	b := fmt.Appendf(nil, "reply %d ", i)
	for len(b) < size {
		b = append(b, byte(i+len(b)))
	}
	return b
}
