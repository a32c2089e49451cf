package sim_test

import (
	"testing"
	"time"

	"ordeal/host"
	"ordeal/host/hosttest"
	"ordeal/sim"
)

// kernels are machines whose programs do nothing, in a world without faults.
type kernels struct {
	*harness
	list map[host.Addr]host.Kernel
}

func (k *kernels) Kernel(addr host.Addr) host.Kernel { return k.list[addr] }

// boot starts a program that does nothing on a machine.
func (k *kernels) boot(addr host.Addr) {
	k.Boot(addr, func(h host.Host) (host.Program, error) {
		k.list[addr] = h.(host.Kerneled).Kernel()
		return idle{}, nil
	})
}

type idle struct{}

func (idle) Receive(host.Addr, []byte) {}
func (idle) Accept(host.Conn)          {}
func (idle) Frame(host.Conn, []byte)   {}
func (idle) Closed(host.Conn)          {}
func (idle) Wake()                     {}

func newKernels(t *testing.T, seed uint64) *kernels {
	h := &harness{t: t, w: sim.New(seed, sim.Config{}), boots: map[host.Addr]host.Boot{}}
	t.Cleanup(func() {
		for _, f := range h.w.Failures() {
			t.Errorf("seed %d: %v\n%s", seed, f, f.Stack)
		}
		h.w.Close()
	})
	k := &kernels{h, map[host.Addr]host.Kernel{}}
	for _, addr := range []host.Addr{"n1", "n2"} {
		k.boot(addr)
	}
	return k
}

func TestKernelConformance(t *testing.T) {
	for seed := range uint64(3) {
		hosttest.RunKernels(t, func(t *testing.T) hosttest.Kernels { return newKernels(t, seed) })
	}
}

// closing is a program that notes when it is closed, and by then closes a stream that it has.
type closing struct {
	idle
	stream host.Stream
	closed *int
}

func (c *closing) Close() {
	*c.closed++
	c.stream.Close()
}

// TestProgramsAreClosed: once for each life, however it ends, and too late to send anything.
func TestProgramsAreClosed(t *testing.T) {
	k := newKernels(t, 1)
	l, err := k.list["n1"].Sockets().Listen(80, func() {})
	if err != nil {
		t.Fatal(err)
	}
	closed := 0
	boot := func(h host.Host) (host.Program, error) {
		s, err := h.(host.Kerneled).Kernel().Sockets().Connect("n1", 80, func() {})
		return &closing{stream: s, closed: &closed}, err
	}
	k.Boot("n3", boot)
	k.Wait("a stream", l.Waiting)
	far, err := l.Accept(func() {})
	if err != nil {
		t.Fatal(err)
	}
	k.Crash("n3")
	k.pass(time.Second)
	if closed != 1 || far.Readable() {
		t.Errorf("a program without power was closed %d times; the other end hears: %v", closed, far.Readable())
	}
	k.Boot("n3", boot)
	k.w.Close()
	if closed != 2 {
		t.Errorf("programs were closed %d times", closed)
	}
}
