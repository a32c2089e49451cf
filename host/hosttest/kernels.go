package hosttest

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"ordeal/host"
)

// Kernels are the kernels of some machines: all that is special about one kind of them. The machines Absent and n3 have
// none: n3 is there and runs nothing.
type Kernels interface {
	// Kernel is that of n1 or n2.
	Kernel(addr host.Addr) host.Kernel
	// Wait lets time pass until the condition holds, or fails the test, which then names what it waited for.
	Wait(what string, holds func() bool)
}

// RunKernels runs the conformance suite of kernels: sockets as programs know them, and trees of files. Every test gets
// kernels of its own, with empty disks and all ports closed.
func RunKernels(t *testing.T, newKernels func(t *testing.T) Kernels) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, k Kernels)
	}{
		{"stream/bytes in order", testStreamBytes},
		{"stream/half closed", testStreamHalfClosed},
		{"stream/closed with bytes unread", testStreamClosedUnread},
		{"stream/written to after the other end is gone", testStreamGone},
		{"stream/refused", testStreamRefused},
		{"stream/back-pressure", testStreamPressure},
		{"stream/within one machine", testStreamLoop},
		{"port/in use", testPortInUse},
		{"port/closed", testPortClosed},
		{"packets", testPackets},
		{"tree/errors", testTreeErrors},
		{"tree/positions", testTreePositions},
		{"tree/open and removed", testTreeRemoved},
		{"tree/directories that move", testTreeMoves},
		{"tree/model", testTreeModel},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, newKernels(t)) })
	}
}

func nothing() {}

// must is for what can't fail.
func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// is fails the test unless an error is the one that is wanted.
func is(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, and not %v", what, got, want)
	}
}

// pair connects n1 to a machine.
func pair(t *testing.T, k Kernels, to host.Addr) (near, far host.Stream, l host.Listener) {
	t.Helper()
	l, err := k.Kernel(to).Sockets().Listen(0, nothing)
	if err != nil {
		t.Fatal(err)
	}
	near = must(k.Kernel(n1).Sockets().Connect(to, l.Port(), nothing))(t)
	k.Wait("a stream to accept", l.Waiting)
	far = must(l.Accept(nothing))(t)
	k.Wait("the stream to stand", func() bool { return !errors.Is(near.Opened(), host.ErrWait) })
	if err := near.Opened(); err != nil {
		t.Fatal(err)
	}
	return near, far, l
}

// send writes all bytes, as there is room for them.
func send(t *testing.T, k Kernels, s host.Stream, b []byte) {
	t.Helper()
	for len(b) > 0 {
		n, err := s.Write(b)
		if errors.Is(err, host.ErrWait) {
			k.Wait("room to write", s.Writable)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		b = b[n:]
	}
}

// receive reads n bytes, or up to the end.
func receive(t *testing.T, k Kernels, s host.Stream, n int) []byte {
	t.Helper()
	var all []byte
	for buffer := make([]byte, 5000); len(all) < n; {
		read, err := s.Read(buffer[:min(len(buffer), n-len(all))])
		all = append(all, buffer[:read]...)
		switch {
		case errors.Is(err, host.ErrWait):
			k.Wait("bytes to read", s.Readable)
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
	}
	return all
}

// readError is what reading ends with.
func readError(k Kernels, s host.Stream) error {
	for buffer := make([]byte, 5000); ; {
		switch _, err := s.Read(buffer); {
		case errors.Is(err, host.ErrWait):
			k.Wait("the end", s.Readable)
		case err != nil:
			return err
		}
	}
}

func testStreamBytes(t *testing.T, k Kernels) {
	near, far, l := pair(t, k, n2)
	if peer, port := near.Peer(); peer != n2 || port != l.Port() {
		t.Errorf("the other end is %s %d, and not n2 %d", peer, port, l.Port())
	}
	if peer, port := far.Peer(); peer != n1 || port != near.Port() {
		t.Errorf("the other end is %s %d, and not n1 %d", peer, port, near.Port())
	}
	for _, way := range [][2]host.Stream{{near, far}, {far, near}} {
		for i, size := range []int{1, 3, 5000, 20_000, 1} {
			send(t, k, way[0], pattern(i, size))
			if got := receive(t, k, way[1], size); !bytes.Equal(got, pattern(i, size)) {
				t.Errorf("%d bytes came as %d others", size, len(got))
			}
		}
	}
	if _, err := far.Read(make([]byte, 1)); !errors.Is(err, host.ErrWait) {
		t.Errorf("a read of nothing: %v", err)
	}
}

func testStreamHalfClosed(t *testing.T, k Kernels) {
	near, far, _ := pair(t, k, n2)
	send(t, k, near, []byte("question"))
	is(t, "the first shut", near.CloseWrite(), nil)
	if got := receive(t, k, far, 100); string(got) != "question" {
		t.Errorf("%q came", got)
	}
	_, err := near.Write([]byte("more"))
	is(t, "a write behind the shut", err, host.ErrShut)
	send(t, k, far, pattern(1, 9000))
	far.Close()
	if got := receive(t, k, near, 10_000); !bytes.Equal(got, pattern(1, 9000)) {
		t.Errorf("%d bytes came", len(got))
	}
	is(t, "the end", readError(k, near), io.EOF)
	near.Close()
}

func testStreamClosedUnread(t *testing.T, k Kernels) {
	near, far, _ := pair(t, k, n2)
	send(t, k, near, []byte("never read"))
	k.Wait("it to come", far.Readable)
	far.Close()
	is(t, "the end", readError(k, near), host.ErrReset)
}

func testStreamGone(t *testing.T, k Kernels) {
	near, far, _ := pair(t, k, n2)
	far.Close()
	is(t, "the end", readError(k, near), io.EOF)
	var err error
	k.Wait("a write to fail", func() bool {
		_, err = near.Write([]byte("hello?"))
		return err != nil && !errors.Is(err, host.ErrWait)
	})
	if !errors.Is(err, host.ErrReset) && !errors.Is(err, host.ErrShut) {
		t.Errorf("writing to one who is gone is %v", err)
	}
}

func testStreamRefused(t *testing.T, k Kernels) {
	_, _, l := pair(t, k, n2)
	l.Close()
	near := must(k.Kernel(n1).Sockets().Connect(n2, l.Port(), nothing))(t)
	k.Wait("an answer", func() bool { return !errors.Is(near.Opened(), host.ErrWait) })
	is(t, "a stream to nothing", near.Opened(), host.ErrRefused)
}

func testStreamPressure(t *testing.T, k Kernels) {
	near, far, _ := pair(t, k, n2)
	sent := 0
	k.Wait("no more room", func() bool {
		n, err := near.Write(pattern(0, 100_000))
		sent += n
		return sent > 1<<26 || errors.Is(err, host.ErrWait) && !near.Writable()
	})
	if sent > 1<<26 {
		t.Fatalf("%d bytes went to one who does not read", sent)
	}
	receive(t, k, far, sent/2+sent/4)
	k.Wait("room again", near.Writable)
}

func testStreamLoop(t *testing.T, k Kernels) {
	near, far, _ := pair(t, k, n1)
	send(t, k, near, []byte("to myself"))
	if got := receive(t, k, far, 9); string(got) != "to myself" {
		t.Errorf("%q came", got)
	}
}

func testPortInUse(t *testing.T, k Kernels) {
	s := k.Kernel(n1).Sockets()
	l := must(s.Listen(0, nothing))(t)
	_, err := s.Listen(l.Port(), nothing)
	is(t, "a port for the second time", err, host.ErrInUse)
	p := must(s.Bind(0, nothing))(t)
	_, err = s.Bind(p.Port(), nothing)
	is(t, "a port for datagrams for the second time", err, host.ErrInUse)
	port := l.Port()
	l.Close()
	must(s.Listen(port, nothing))(t).Close()
}

func testPortClosed(t *testing.T, k Kernels) {
	l := must(k.Kernel(n2).Sockets().Listen(0, nothing))(t)
	near := must(k.Kernel(n1).Sockets().Connect(n2, l.Port(), nothing))(t)
	k.Wait("a stream that waits", l.Waiting)
	k.Wait("its opening", func() bool { return !errors.Is(near.Opened(), host.ErrWait) })
	l.Close()
	is(t, "the end of a stream that was never accepted", readError(k, near), host.ErrReset)
}

func testPackets(t *testing.T, k Kernels) {
	a := must(k.Kernel(n1).Sockets().Bind(0, nothing))(t)
	b := must(k.Kernel(n2).Sockets().Bind(0, nothing))(t)
	_, _, _, err := b.Receive()
	is(t, "nothing", err, host.ErrWait)
	for i, size := range []int{0, 1, 1000, 20_000} {
		is(t, "sending", a.Send(n2, b.Port(), pattern(i, size)), nil)
		k.Wait("a datagram", b.Waiting)
		from, port, got, err := b.Receive()
		if from != n1 || port != a.Port() || !bytes.Equal(got, pattern(i, size)) || err != nil {
			t.Errorf("%d bytes came as %d from %s %d: %v", size, len(got), from, port, err)
		}
	}
	is(t, "too much", a.Send(n2, b.Port(), make([]byte, host.PacketMax+1)), host.ErrTooLong)
	is(t, "to a closed port", a.Send(n2, 1, []byte("?")), nil)
	b.Close()
	b = must(k.Kernel(n2).Sockets().Bind(b.Port(), nothing))(t)
	_, _, _, err = b.Receive()
	is(t, "a port that is open again has nothing", err, host.ErrWait)
}
