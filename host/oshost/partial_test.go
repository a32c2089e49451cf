package oshost

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"
)

// What the system takes of a frame in part is gone on with by the writer, before everything that is sent later.
func TestFramesWrittenInPart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	reader, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	nc, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	s := newStream(1 << 20)
	if s.direct = directOf(nc); s.direct == nil {
		t.Skip("writing without waiting is not implemented for this system")
	}
	var want, scratch []byte
	send := func(i int) {
		payload := bytes.Repeat([]byte{byte(i)}, 1000+i%777)
		want = append(append(want, 0, 0, byte(len(payload)>>8), byte(len(payload))), payload...)
		if !s.out.hold(payload) {
			t.Fatal("there is no room")
		}
		scratch = s.flush(scratch, true)
	}
	i := 0
	for ; len(s.out.begun) == 0; i++ {
		send(i) // until the system has no room
	}
	for range 20 {
		send(i)
		i++
	}
	s.out.finish()
	written := make(chan error, 1)
	go func() {
		written <- s.out.writeTo(nc, time.Minute, nil)
		nc.Close()
	}()
	got, err := io.ReadAll(reader)
	if err := <-written; err != nil {
		t.Error(err)
	}
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes were sent, and %d came, or others: %v", len(want), len(got), err)
	}
}
