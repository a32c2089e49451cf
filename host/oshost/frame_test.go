package oshost

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"runtime"
	"testing"
)

// FuzzReadFrame reads frames out of any bytes and compares them with a reader that has all bytes before it.
func FuzzReadFrame(f *testing.F) {
	f.Add([]byte{0, 0, 0, 2, 'h', 'i', 0, 0, 0, 0}, 10)
	f.Add([]byte{0, 0, 0, 11, 'h', 'i'}, 10)
	f.Add([]byte{0x80, 0, 0, 0}, 1<<30)
	f.Add([]byte{0x3f, 0xff, 0xff, 0xff, 1, 2, 3}, 1<<30)
	f.Add(append([]byte{0, 3, 0, 0}, make([]byte, 3<<16)...), 1<<30)
	f.Fuzz(func(t *testing.T, data []byte, max int) {
		r := bufio.NewReader(bytes.NewReader(data))
		for {
			got, err := readFrame(r, max)
			want, rest, whole := cutFrame(data, max)
			if whole != (err == nil) {
				t.Fatalf("err %v, but a whole frame: %v", err, whole)
			}
			if err != nil {
				return
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("read %d bytes, want %d", len(got), len(want))
			}
			data = rest
		}
	})
}

func cutFrame(data []byte, max int) (frame, rest []byte, whole bool) {
	if len(data) < 4 {
		return nil, nil, false
	}
	n := int64(binary.BigEndian.Uint32(data))
	if n >= 1<<31 || n > int64(max) || n > int64(len(data)-4) {
		return nil, nil, false
	}
	return data[4 : 4+n], data[4+n:], true
}

// TestFrameLengthIsNoAllocation says that a gigabyte is coming and sends a few bytes, a hundred times.
func TestFrameLengthIsNoAllocation(t *testing.T) {
	const times = 100
	lie := append([]byte{0x3f, 0xff, 0xff, 0xff}, make([]byte, 1000)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range times {
		if _, err := readFrame(bufio.NewReader(bytes.NewReader(lie)), messageMax); err != io.ErrUnexpectedEOF {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / times; each > 2*firstRead {
		t.Errorf("%d bytes were allocated for each", each)
	}
}

// FuzzHello reads any bytes as the handshake. What it takes must say the same when written again.
func FuzzHello(f *testing.F) {
	f.Add(hello{cluster: "c", from: "n1", to: "n2"}.encode())
	f.Add([]byte("ordeal.1\xff"))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	cfg := Config{Self: "n2", Cluster: "c"}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := readHello(bufio.NewReader(bytes.NewReader(data)))
		if err != nil {
			return
		}
		if said := h.encode(); !bytes.HasPrefix(data, said) {
			t.Fatalf("%+v is %q, from %q", h, said, data)
		}
		right := h.cluster == "c" && h.to == "n2" && h.from != "" && h.from != "n2"
		if refused := h.check(&cfg) != nil; refused == right {
			t.Fatalf("%+v: refused %v", h, refused)
		}
	})
}
