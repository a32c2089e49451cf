package sim_test

import (
	"testing"

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
