package machines

import (
	"errors"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

var errDamaged = errors.New("the disk is damaged")

// keeper is a program that keeps one file, and starts only where it finds the file as it wrote it.
type keeper struct{}

func (keeper) Receive(host.Addr, []byte) {}
func (keeper) Accept(host.Conn)          {}
func (keeper) Frame(host.Conn, []byte)   {}
func (keeper) Closed(host.Conn)          {}
func (keeper) Wake()                     {}

const kept = "what the keeper keeps"

// bootKeeper starts a keeper. If suspicious says so, it takes a sound disk for a damaged one.
func bootKeeper(suspicious *bool) host.Boot {
	return func(h host.Host) (host.Program, error) {
		names, err := h.Disk().ReadDir()
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			h.Disk().Submit(host.Job{host.Append("f", []byte(kept)), host.Sync("f"), host.SyncDir()}, func(error) {})
			return keeper{}, nil
		}
		data, err := h.Disk().ReadFile("f")
		if err != nil {
			return nil, err
		}
		if *suspicious || string(data) != kept {
			return nil, errDamaged
		}
		return keeper{}, nil
	}
}

// TestRefusalsToStart: a server that will not start is a finding, unless its disk gives it a reason.
func TestRefusalsToStart(t *testing.T) {
	rot := func(m *Machines) { m.Damage("n1", nemesis.Damage{Last: true}) }
	for name, c := range map[string]struct {
		spoil      func(m *Machines)
		suspicious bool
		refuses    bool // errDamaged is a refusal of a damaged disk
		stops, bad int
	}{
		"a sound disk":                        {func(*Machines) {}, false, true, 0, 0},
		"a sound disk is refused":             {func(*Machines) {}, true, true, 1, 1},
		"a damaged disk is refused":           {rot, false, true, 1, 0},
		"a damaged disk, and another reason":  {rot, false, false, 1, 1},
		"a disk that was repaired is refused": {func(m *Machines) { rot(m); m.Repair("n1") }, true, true, 1, 1},
		"a disk that cannot be read": {func(m *Machines) { m.SetDisk("n1", nemesis.Disk{FailRead: true}) },
			false, false, 1, 0},
		"another disk is damaged": {func(m *Machines) { m.Damage("n2", nemesis.Damage{Last: true}) },
			true, true, 1, 1},
		"some disk has forgotten: all excused": {func(m *Machines) { m.Crash("n2"); m.Wipe("n2") }, true, true, 1, 0},
	} {
		suspicious := false
		w := sim.New(1, sim.Config{})
		m := New(w, []host.Addr{"n1", "n2"}, nil, false)
		m.SetRefuses(func(reason error) bool { return c.refuses && errors.Is(reason, errDamaged) })
		w.Observe(m.Event)
		for _, s := range m.Servers() {
			w.AddMachine(s, bootKeeper(&suspicious))
		}
		w.RunUntil(time.Second)
		m.Crash("n1")
		c.spoil(m)
		suspicious = c.suspicious
		m.Restart("n1")
		w.RunUntil(2 * time.Second)
		if err := m.Refused(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if stops, bad := w.Stops(), m.BadStops(); len(stops) != c.stops || len(bad) != c.bad {
			t.Errorf("%s: of %v, %v are findings", name, stops, bad)
		}
		w.Close()
	}
}
