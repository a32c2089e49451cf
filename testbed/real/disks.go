package real

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/real/disk"
)

// ofDisk are the kinds of fault that need a disk that can be made worse.
var ofDisk = []nemesis.Kind{
	nemesis.CrashInSync, nemesis.FailRead, nemesis.FailSync, nemesis.FullDisk, nemesis.Misdirect, nemesis.Rot,
	nemesis.SlowDisk, nemesis.StaleDisk, nemesis.Wipe,
}

// giveDisk puts what is in the folder of a server's disk on one of its own, and mounts that there. The seed decides
// what chance does to it.
func (s *server) giveDisk(p *Product, seed uint64) (err error) {
	s.diskDir = filepath.Join(s.place.Dir, p.Disk)
	if err := os.MkdirAll(s.diskDir, 0o750); err != nil {
		return err
	}
	v := sim.NewVolume(seed, string(s.name), time.Now)
	v.Journal = !p.Strict
	if err := disk.Load(v, s.diskDir); err != nil {
		return err
	}
	s.disk, err = disk.Mount(s.machine.Do, s.diskDir, v)
	return err
}

// takeDisk ends a server's disk. What is on it is written where it was mounted, for whoever looks for a cause.
func (s *server) takeDisk() (err error) {
	if s.disk == nil {
		return nil
	}
	s.disk.With(func(v *sim.Volume) {
		v.SetFault(sim.DiskFault{})
		err = disk.Dump(v, s.diskDir)
	})
	s.disk.Close()
	s.disk = nil
	return err
}

// disk calls a function with a server's disk, if it has one.
func (w *world) disk(machine host.Addr, f func(v *sim.Volume)) {
	if s := w.cluster.server(machine); s != nil && s.disk != nil {
		s.disk.With(f)
	}
}

// Crash takes the power of a server: it ends at once, and what it has not synced may be lost or torn. Without a disk of
// its own what was written stays.
func (w *world) Crash(machine host.Addr) {
	w.Kill(machine)
	if s := w.cluster.server(machine); s != nil && s.disk != nil {
		s.disk.Crash()
		w.powerLosses++
	}
}

// CrashInSync sets a trap in a server's next sync, and Disarm takes it away.
func (w *world) CrashInSync(machine host.Addr) {
	s := w.cluster.server(machine)
	if s == nil || s.disk == nil {
		return
	}
	s.disk.TrapSync(func() { w.loop.Do(func() { w.Crash(machine) }) })
}

// Disarm is described at CrashInSync.
func (w *world) Disarm(machine host.Addr) {
	if s := w.cluster.server(machine); s != nil && s.disk != nil {
		s.disk.TrapSync(nil)
	}
}

// SetDisk makes a server's disk worse, and ClearDisk ends that. A server may end by itself where its disk does not do
// what it is asked for.
func (w *world) SetDisk(machine host.Addr, d nemesis.Disk) {
	if s := w.cluster.server(machine); s != nil && (d.FailRead || d.FailSyncPPM > 0 || d.Full) {
		s.excuse()
	}
	w.disk(machine, func(v *sim.Volume) {
		v.SetFault(sim.DiskFault{SyncDelay: d.SyncDelay, FailSyncPPM: uint32(d.FailSyncPPM), Full: d.Full,
			FailRead: d.FailRead})
	})
}

// ClearDisk is described at SetDisk.
func (w *world) ClearDisk(machine host.Addr) {
	w.disk(machine, func(v *sim.Volume) { v.SetFault(sim.DiskFault{}) })
}

// Damage makes bytes on a server's disk wrong, and Repair undoes that. A server may end by itself over them.
func (w *world) Damage(machine host.Addr, d nemesis.Damage) (what string) {
	kind := sim.BitRot
	if d.Misdirected {
		kind = sim.Misdirected
	}
	w.disk(machine, func(v *sim.Volume) { what = v.Damage(kind, d.Last) })
	if s := w.cluster.server(machine); s != nil && what != "" {
		s.excuse()
	}
	return what
}

// Repair is described at Damage.
func (w *world) Repair(machine host.Addr) { w.disk(machine, func(v *sim.Volume) { v.Repair() }) }

// toldOfDisks is what the report says of disks.
func (r *running) toldOfDisks() string {
	if r.cluster.noDisk == "" {
		return fmt.Sprintf("each server's data was on a disk of its own, which lost %d times what was not synced",
			r.world.powerLosses)
	}
	crashes := slices.ContainsFunc(r.trial.Plan, func(s nemesis.Step) bool { return s.Fault.Kind == nemesis.Crash })
	if crashes {
		return "a crash was a kill: what a server had written and not synced was not lost, since " + r.cluster.noDisk
	}
	return ""
}
