package oshost

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"ordeal/host/oshost/inbox"
)

// What the system takes of a frame in part is gone on with by the writer, before everything that is sent later.
func TestFramesWrittenInPart(t *testing.T) {
	reader, nc := connected(t)
	s := newStream(1 << 20)
	if s.out.writeDirectly(directOf(nc)); s.out.direct == nil {
		t.Skip("writing without waiting is not implemented for this system")
	}
	var want, scratch []byte
	send := func(i int) {
		payload := bytes.Repeat([]byte{byte(i)}, 1000+i%777)
		want = append(append(want, 0, 0, byte(len(payload)>>8), byte(len(payload))), payload...)
		if !s.out.hold(payload) {
			t.Fatal("there is no room")
		}
		scratch = s.out.flush(scratch, true)
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

// Whoever has an answer of a machine and then asks another about it finds that this one has been told: what a turn
// sends to other machines is written by the loop itself, with no writer to wait for, and first.
func TestMachinesAreToldBeforeClients(t *testing.T) {
	peer, toPeer := connected(t)
	client, toClient := connected(t)
	l := &link{out: newOutbox(linkQueue)}
	l.out.writeDirectly(directOf(toPeer))
	c := &conn{stream: newStream(1 << 20)}
	c.stream.out.writeDirectly(directOf(toClient))
	if l.out.direct == nil {
		t.Skip("writing without waiting is not implemented for this system")
	}
	f := &flusher{}
	c.stream.out.hold([]byte("answer"))
	f.add(c)
	l.out.hold([]byte("message"))
	f.addLink(l)
	f.flush()
	for text, nc := range map[string]net.Conn{"message": peer, "answer": client} {
		got := make([]byte, 4+len(text))
		nc.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.ReadFull(nc, got); err != nil || string(got[4:]) != text {
			t.Errorf("%q came, and not %q: %v", got, text, err)
		}
	}
	if len(f.links) > 0 || len(f.dirty) > 0 || l.dirty || c.dirty {
		t.Error("something is still to be written")
	}
}

// connected are the two ends of a connection.
func connected(t *testing.T) (far, near net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if far, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	if near, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close() })
	return far, near
}

// What other machines sent is looked at before what clients ask, and each keeps its order.
func TestMachinesAreHeardBeforeClients(t *testing.T) {
	m := &Machine{inbox: inbox.New[event]()}
	for i, kind := range []eventKind{eventFrame, eventReceive, eventDone, eventFrame, eventReceive} {
		m.inbox.Put(event{kind: kind, payload: []byte{byte(i)}}, 1)
	}
	var order []byte
	for _, e := range m.gather(nil) {
		order = append(order, e.payload...)
	}
	if string(order) != "\x01\x04\x00\x02\x03" {
		t.Errorf("% x", order)
	}
}
