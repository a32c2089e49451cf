package sim_test

import (
	"testing"
	"time"

	"ordeal/host"
	"ordeal/host/hosttest"
	"ordeal/sim"
)

func TestConformance(t *testing.T) {
	for seed := range uint64(3) {
		hosttest.Run(t, func(t *testing.T) hosttest.Harness {
			h := &harness{t: t, w: sim.New(seed, sim.Config{}), boots: map[host.Addr]host.Boot{}}
			t.Cleanup(func() {
				for _, f := range h.w.Failures() {
					t.Errorf("seed %d: %v\n%s", seed, f, f.Stack)
				}
				h.w.Close()
			})
			return h
		})
	}
}

// harness is a world without faults.
type harness struct {
	t     *testing.T
	w     *sim.World
	boots map[host.Addr]host.Boot // what the next boot of a machine runs
}

// Boot steps until the boot function was called, since a world boots its machines as an event.
func (h *harness) Boot(addr host.Addr, boot host.Boot) {
	_, known := h.boots[addr]
	called := false
	h.boots[addr] = func(on host.Host) (host.Program, error) {
		called = true
		return boot(on)
	}
	if !known {
		h.w.AddMachine(addr, func(on host.Host) (host.Program, error) { return h.boots[addr](on) })
	} else if err := h.w.Restart(addr); err != nil {
		h.t.Fatal(err)
	}
	for !called && h.w.Step() {
	}
}

func (h *harness) Crash(addr host.Addr) {
	if err := h.w.Crash(addr); err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) Down(addr host.Addr) bool { return !h.w.Up(addr) }

func (h *harness) Go(addr host.Addr, f func(host.Process)) { h.w.Spawn(addr, f) }

// Wait gives the condition ten minutes of virtual time.
func (h *harness) Wait(what string, holds func() bool) {
	h.t.Helper()
	for end := h.w.Now() + 10*time.Minute; !holds(); {
		if !h.w.Step() || h.w.Now() > end {
			h.t.Fatalf("at %v, still waiting for %s", h.w.Now(), what)
		}
	}
}
