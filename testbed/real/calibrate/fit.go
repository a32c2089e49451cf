package calibrate

import (
	"fmt"
	"strings"
	"time"

	"ordeal/sim"
	"ordeal/testbed/bench"
	"ordeal/testbed/costs"
	"ordeal/testbed/load"
	"ordeal/testbed/trial"
)

// fitted are a simulated world's costs, and what the client of the calibration waits for there.
type fitted struct {
	Costs       sim.Config
	Read, Write spread
}

// What a world's processors take by default for what a read is to a server: a frame comes and another goes.
const (
	frameShare, sendShare = 15, 3
	readShare             = (frameShare + sendShare) * time.Microsecond
)

// rounds is how often the fits of a time and of its tail take turns, halvings how often each halves what it looks
// through.
const (
	rounds   = 2
	halvings = 10
)

// fitTo finds the costs with which the simulator is like the machine. Processor time is as it was measured for a read,
// and all kinds of input keep their proportion. The network is fitted to how long a read takes, which is two ways and
// whatever programs and the kernel do on them; the disk's syncs to how long a write takes, given that network.
func fitTo(s *trial.Service, m measured) (f fitted, err error) {
	c := &f.Costs
	scaled := func(share time.Duration) time.Duration {
		return max(100, m.ReadCPU*share/readShare).Round(100)
	}
	const us = time.Microsecond
	c.CPU = sim.CPU{Message: scaled(15 * us), Frame: scaled(frameShare * us), Connect: scaled(20 * us),
		Wake: scaled(5 * us), Done: scaled(5 * us), Send: scaled(sendShare * us), PerKiB: scaled(us / 2),
		Boot: m.Boot.Round(time.Microsecond)}
	c.Disk.Step, c.Disk.BytesPerSecond = max(100, m.DiskStep.Round(100)), m.DiskBytes
	// A large read is a small one, and besides its bytes on the way and through two programs.
	perKiB := (m.ReadLarge.P50 - m.Read.P50) * 1024 / large
	c.Network.BytesPerSecond = int64(1024 / max(perKiB-2*c.CPU.PerKiB, us/5).Seconds())
	if f.Read, err = fit(s, load.Read, m.Read, c, &c.Network.Latency, &c.Network.LatencyTail); err != nil {
		return f, err
	}
	f.Write, err = fit(s, load.Write, m.Write, c, &c.Disk.Sync, &c.Disk.SyncTail)
	return f, err
}

// fit sets the least time of something, and the tail upon that, so that requests take as long as they are to: half of
// them, and nine of ten. Where both can't be had, half of them count.
func fit(s *trial.Service, kind load.Kind, want spread, c *sim.Config, least, tail *time.Duration) (got spread,
	err error) {
	upTo90 := func(s spread) time.Duration { return s.P90 - s.P50 }
	half := func(s spread) time.Duration { return s.P50 }
	for range rounds {
		if err := search(s, kind, half, half(want), c, least); err != nil {
			return got, err
		}
		if err := search(s, kind, upTo90, upTo90(want), c, tail); err != nil {
			return got, err
		}
	}
	if err := search(s, kind, half, half(want), c, least); err != nil {
		return got, err
	}
	got, err = simulated(s, *c, kind)
	if err == nil && got.P50 > want.P50*21/20 { // even with no least time at all
		if err = search(s, kind, half, half(want), c, tail); err == nil {
			got, err = simulated(s, *c, kind)
		}
	}
	return got, err
}

// search sets a cost so that a figure of a request is what it is to be, or as near as the cost can make it: the figure
// grows with the cost.
func search(s *trial.Service, kind load.Kind, figure func(spread) time.Duration, want time.Duration, c *sim.Config,
	cost *time.Duration) error {
	low, high := time.Duration(1), max(want, time.Microsecond)
	for range halvings {
		*cost = (low + high) / 2
		got, err := simulated(s, *c, kind)
		if err != nil {
			return err
		}
		if figure(got) < want {
			low = *cost
		} else {
			high = *cost
		}
	}
	*cost = max(100, (low+high)/2).Round(100)
	return nil
}

// simulated is how long the client of the calibration waits in a world with these costs.
func simulated(s *trial.Service, c sim.Config, kind load.Kind) (spread, error) {
	f, err := bench.Measure(s, bench.Setup{Load: string(kind), Network: "uniform", Nodes: nodes, Clients: clients,
		Rate: int(clients * time.Second / rest), Requests: clients * requests, Settings: s.Bench.Settings,
		Seed: 1, Costs: costs.Text(c)})
	if err != nil {
		return spread{}, err
	}
	times := f.Latencies[kind]
	if len(times) == 0 {
		return spread{}, fmt.Errorf("no %s was answered in a world with the costs %s", kind, costs.Text(c))
	}
	return spreadOf(times), nil
}

// file is the fit as a file of costs, with what was measured in its comments.
func (f fitted) file(m measured, head []string) string {
	var b strings.Builder
	note := func(format string, args ...any) { fmt.Fprintf(&b, "# "+format+"\n", args...) }
	for _, line := range head {
		note("%s", line)
	}
	note("Measured:")
	note("  round trip on loopback, 64 bytes: %v", m.Loopback)
	note("  append of 256 bytes and sync, in the folder of trials: %v", m.FolderSync)
	disk := "in the folder of trials"
	if m.OwnDisks {
		disk = "on a server's own disk (FUSE, in memory)"
	}
	note("  append of 256 bytes and sync, %s: %v", disk, m.DiskSync)
	note("  read of 100 bytes, 3 servers: %v; the servers used %v of processors for one", m.Read, round(m.ReadCPU))
	note("  write of 100 bytes, 3 servers: %v; the servers used %v of processors for one", m.Write, round(m.WriteCPU))
	note("  read of 512 KiB: %v", m.ReadLarge)
	note("In a simulated world with these costs:")
	note("  read: %v", f.Read)
	note("  write: %v", f.Write)
	for word := range strings.SplitSeq(costs.Text(f.Costs), ",") {
		name, value, _ := strings.Cut(word, ":")
		fmt.Fprintf(&b, "%s: %s\n", name, value)
	}
	return b.String()
}
