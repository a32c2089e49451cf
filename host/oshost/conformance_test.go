package oshost_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/host/hosttest"
	"ordeal/host/oshost"
)

// patience is how long anything may take on a busy machine. Only a failing test waits it out.
const patience = time.Minute

func TestConformance(t *testing.T) {
	hosttest.Run(t, func(t *testing.T) hosttest.Harness { return newHarness(t) })
}

// harness is a few machines on the loopback network, in directories of their own.
type harness struct {
	t         *testing.T
	dir       string
	client    map[host.Addr]string
	peer      map[host.Addr]string
	machines  map[host.Addr]*oshost.Machine
	processes []*oshost.Process
}

func newHarness(t *testing.T) *harness {
	h := &harness{t: t, dir: t.TempDir(), client: map[host.Addr]string{}, peer: map[host.Addr]string{},
		machines: map[host.Addr]*oshost.Machine{}}
	for _, a := range append([]host.Addr{hosttest.Absent}, hosttest.Servers...) {
		h.client[a], h.peer[a] = freePort(t), freePort(t)
	}
	t.Cleanup(func() {
		for _, p := range h.processes {
			p.Stop()
		}
		for _, m := range h.machines {
			m.Kill()
		}
	})
	return h
}

func freePort(t *testing.T) string {
	t.Helper()
	address, err := oshost.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func (h *harness) config(addr host.Addr) oshost.Config {
	peers := map[host.Addr]string{}
	for name, address := range h.peer {
		if name != addr {
			peers[name] = address
		}
	}
	return oshost.Config{Self: addr, DataDir: filepath.Join(h.dir, string(addr)), ClientListen: h.client[addr],
		PeerListen: h.peer[addr], Peers: peers, Logger: slog.New(slog.DiscardHandler)}
}

func (h *harness) Boot(addr host.Addr, boot host.Boot) {
	delete(h.machines, addr)
	if m, err := oshost.Run(h.config(addr), boot); err == nil {
		h.machines[addr] = m
	} else {
		h.t.Logf("%s did not boot: %v", addr, err)
	}
}

func (h *harness) Crash(addr host.Addr) { h.machines[addr].Kill() }

func (h *harness) Down(addr host.Addr) bool {
	m := h.machines[addr]
	if m == nil {
		return true
	}
	select {
	case <-m.Done():
		return true
	default:
		return false
	}
}

func (h *harness) Go(addr host.Addr, f func(host.Process)) {
	cfg := oshost.ProcessConfig{Self: addr, Servers: h.client, Logger: slog.New(slog.DiscardHandler)}
	h.processes = append(h.processes, oshost.StartProcess(cfg, f))
}

func (h *harness) Wait(what string, holds func() bool) { waitUntil(h.t, what, holds) }

func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}
