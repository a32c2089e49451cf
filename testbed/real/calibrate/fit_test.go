package calibrate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/sim"
	"ordeal/testbed/coordination"
	"ordeal/testbed/costs"
	"ordeal/testbed/load"
)

// TestFit fits costs to a machine that is itself a simulated world.
func TestFit(t *testing.T) {
	const us = time.Microsecond
	machine := sim.Config{
		CPU:     sim.CPU{Message: 30 * us, Frame: 30 * us, Connect: 40 * us, Wake: 10 * us, Done: 10 * us, Send: 6 * us},
		Network: sim.Network{Latency: 60 * us, LatencyTail: 40 * us},
		Disk:    sim.Disk{Sync: 300 * us, SyncTail: 150 * us, Step: 5 * us},
	}
	s := coordination.Service()
	m := measured{ReadCPU: 36 * us, DiskStep: 5 * us, DiskBytes: 300_000_000, Boot: 20 * time.Millisecond, OwnDisks: true}
	var err error
	if m.Read, err = simulated(s, machine, load.Read); err != nil {
		t.Fatal(err)
	}
	if m.Write, err = simulated(s, machine, load.Write); err != nil {
		t.Fatal(err)
	}
	m.ReadLarge = spread{P50: m.Read.P50 + 5*time.Millisecond}
	f, err := fitTo(s, m)
	if err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want time.Duration) {
		if off := got - want; max(off, -off) > want/10 {
			t.Errorf("%s: %v, and the machine's is %v", what, got, want)
		}
	}
	near("median of reads", f.Read.P50, m.Read.P50)
	near("p90 of reads", f.Read.P90, m.Read.P90)
	near("median of writes", f.Write.P50, m.Write.P50)
	near("p90 of writes", f.Write.P90, m.Write.P90)
	near("a message", f.Costs.CPU.Message, machine.CPU.Message)
	near("the least of a way", f.Costs.Network.Latency, machine.Network.Latency)
	if f.Costs.CPU.Boot != m.Boot || f.Costs.Disk.BytesPerSecond != m.DiskBytes || f.Costs.Network.BytesPerSecond < 50e6 {
		t.Errorf("%+v", f.Costs)
	}
	text := f.file(m, []string{"a machine"})
	if read, err := costs.FromFile([]byte(text)); err != nil || read != costs.Text(f.Costs) {
		t.Errorf("%s, %v of\n%s", read, err, text)
	}
	if !strings.HasPrefix(text, "# a machine\n# Measured:\n") || !strings.Contains(text, "a server's own disk") {
		t.Error(text)
	}
}

func TestSpread(t *testing.T) {
	var times []time.Duration
	for i := range 1000 {
		times = append(times, time.Duration(1000-i)*time.Microsecond)
	}
	s := spreadOf(times)
	if s.Count != 1000 || s.P50 != 501*time.Microsecond || s.Max != time.Millisecond || !slices.IsSorted(times) {
		t.Errorf("%v", s)
	}
}
