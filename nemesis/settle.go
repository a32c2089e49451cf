package nemesis

import (
	"slices"

	"ordeal/host"
)

// The state that a machine or a link ought to be in is computed from the faults that are under way, whichever began
// first; and the world is moved there by the verbs that make the difference. So faults compose without knowing each
// other, and when none is left, nothing is.

// applied is what the runner has done to the world and not undone. It is only ever looked up by key.
type applied struct {
	ways     map[Way]wayState
	machines map[host.Addr]*machineState
}

func newApplied() applied {
	return applied{ways: map[Way]wayState{}, machines: map[host.Addr]*machineState{}}
}

func (s applied) machine(a host.Addr) *machineState {
	if s.machines[a] == nil {
		s.machines[a] = &machineState{}
	}
	return s.machines[a]
}

type wayState struct {
	cut, clogged bool
	link         Link
}

type machineState struct {
	traps []trap // sorted
	disk  Disk
	drift int
	// crashed says that the runner took the machine down, and has not started it again. leaving says that it has asked
	// the program to end, which may not have happened yet.
	crashed, leaving bool
	damaged          bool
	// starting says that it has been given back, and the machine may not be up yet.
	starting bool
	starts   int // how often
	// owed says that some fault may have taken the machine down, so that the runner owes it a start.
	owed bool
}

// trap is a mark to crash at; the empty one is a sync.
type trap string

// settle moves the machines and ways of e, which has begun or ended, to where they ought to be.
func (r *Runner) settle(e *effect) {
	for _, way := range e.ways {
		r.settleWay(way)
	}
	for _, machine := range e.machines {
		r.settleMachine(machine)
	}
}

func (r *Runner) settleWay(w Way) {
	have, want := r.set.ways[w], r.wantWay(w)
	r.set.ways[w] = want
	if want.link != have.link {
		if want.link == (Link{}) {
			r.world.ClearLink(w.From, w.To)
		} else {
			r.world.SetLink(w.From, w.To, want.link)
		}
	}
	if want.cut != have.cut {
		if want.cut {
			r.world.Cut(w.From, w.To)
		} else {
			r.world.Mend(w.From, w.To)
		}
	}
	if want.clogged != have.clogged {
		if want.clogged {
			r.world.Clog(w.From, w.To)
		} else {
			r.world.Unclog(w.From, w.To)
		}
	}
}

// wantWay adds up the faults on one way: of each number, the worst rules.
func (r *Runner) wantWay(w Way) (s wayState) {
	for _, e := range r.active {
		if _, hit := slices.BinarySearchFunc(e.ways, w, compareWay); !hit {
			continue
		}
		switch f := e.fault; f.Kind {
		case Partition:
			s.cut = true
		case Clog, Swizzle:
			s.clogged = true
		case Delay:
			s.link.Delay = max(s.link.Delay, f.Amount)
			s.link.Jitter = max(s.link.Jitter, f.Jitter)
		case Loss:
			s.link.LossPPM = max(s.link.LossPPM, f.PPM)
		case Duplicate:
			s.link.DuplicatePPM = max(s.link.DuplicatePPM, f.PPM)
		case Reorder:
			s.link.ReorderPPM = max(s.link.ReorderPPM, f.PPM)
		case Corrupt:
			s.link.CorruptPPM = max(s.link.CorruptPPM, f.PPM)
		case SlowLink:
			if rate := f.Rate / 8; s.link.BytesPerSecond == 0 || rate < s.link.BytesPerSecond {
				s.link.BytesPerSecond = rate
			}
		}
	}
	return s
}

func (r *Runner) settleMachine(a host.Addr) {
	s := r.set.machine(a)
	disk, drift := r.wantMachine(a)
	if disk != s.disk {
		s.disk = disk
		if disk == (Disk{}) {
			r.world.ClearDisk(a)
		} else {
			r.world.SetDisk(a, disk)
		}
	}
	if drift != s.drift {
		s.drift = drift
		r.world.SetDrift(a, drift)
	}
	if s.damaged && !r.hit(a, damages) && r.policy != Merciless {
		s.damaged = false
		r.world.Repair(a)
	}
	s.owed = s.owed || r.hit(a, downs)
	r.settlePower(a, s)
	if r.world.Up(a) {
		r.settleTraps(a, s)
		r.settlePause(a)
	}
}

// wantMachine adds up the faults on one machine's disk and clock: drifts add, and of every other number the worst
// rules.
func (r *Runner) wantMachine(a host.Addr) (disk Disk, drift int) {
	for _, e := range r.active {
		if !slices.Contains(e.machines, a) {
			continue
		}
		switch f := e.fault; f.Kind {
		case Drift:
			drift += e.own(a, f.PPM)
		case SlowDisk:
			disk.SyncDelay = max(disk.SyncDelay, f.Amount)
		case FailSync:
			disk.FailSyncPPM = max(disk.FailSyncPPM, f.PPM)
		case FullDisk:
			disk.Full = true
		case FailRead:
			disk.FailRead = true
		}
	}
	return disk, min(max(drift, -DriftMax), DriftMax)
}

// settlePower keeps a machine down while a crash lasts. One that went down by itself, in a trap or after a failed
// sync, stays down until no fault is left that it may have gone down from.
func (r *Runner) settlePower(a host.Addr, s *machineState) {
	up := r.up(a)
	switch {
	case r.hit(a, keepsDown):
		if up {
			r.takeDown(a, s)
		}
	case up && s.leaving:
		// It was asked to end and has not: the time for that is over.
		r.world.Kill(a)
		r.restart(a)
	case !up && s.owed && (s.crashed || !r.hit(a, downs)):
		r.restart(a)
	}
}

// takeDown takes a machine down in the worst way that a fault asks for.
func (r *Runner) takeDown(a host.Addr, s *machineState) {
	switch {
	case r.hit(a, func(k Kind) bool { return k == Crash || k == Wipe }):
		r.cutPower(a, s)
	case r.hit(a, func(k Kind) bool { return k == Kill }):
		s.crashed, s.starting, s.leaving = true, false, false
		r.world.Kill(a)
	case !s.leaving && r.world.Up(a):
		s.leaving, s.crashed = true, true
		r.world.Leave(a)
	}
}

func (r *Runner) cutPower(a host.Addr, s *machineState) {
	s.crashed, s.starting, s.leaving = true, false, false
	r.world.Crash(a)
}

// restart starts a machine that is down. What needs it to be up is seen to when it is.
func (r *Runner) restart(a host.Addr) {
	s := r.set.machine(a)
	s.crashed, s.leaving, s.starting, s.traps = false, false, true, nil
	s.owed = r.hit(a, downs)
	s.starts++
	start := s.starts
	r.world.Restart(a)
	r.world.At(r.world.Now(), func() {
		if s.starts == start {
			s.starting = false
			r.settleMachine(a)
		}
	})
}

// up holds for a machine that runs or is about to.
func (r *Runner) up(a host.Addr) bool { return r.world.Up(a) || r.set.machine(a).starting }

// settleTraps goes by way of no traps at all, for the world can't take away one of several.
func (r *Runner) settleTraps(a host.Addr, s *machineState) {
	want := r.wantTraps(a)
	if slices.Equal(s.traps, want) {
		return
	}
	if len(s.traps) > 0 {
		r.world.Disarm(a)
	}
	s.traps = want
	for _, t := range want {
		if t == "" {
			r.world.CrashInSync(a)
		} else {
			r.world.FailpointCrash(a, string(t))
		}
	}
}

func (r *Runner) wantTraps(a host.Addr) (traps []trap) {
	for _, e := range r.active {
		if isTrap(e.fault.Kind) && slices.Contains(e.machines, a) {
			traps = append(traps, trap(e.fault.Mark))
		}
	}
	slices.Sort(traps)
	return slices.Compact(traps)
}

func (r *Runner) settlePause(a host.Addr) {
	want := r.hit(a, func(k Kind) bool { return k == Pause })
	switch paused := r.world.Paused(a); {
	case want && !paused:
		r.world.Pause(a)
	case !want && paused:
		r.world.Resume(a)
	}
}

// hit says whether a fault of such a kind is under way on machine a.
func (r *Runner) hit(a host.Addr, of func(Kind) bool) bool {
	return slices.ContainsFunc(r.active, func(e *effect) bool {
		return of(e.fault.Kind) && slices.Contains(e.machines, a)
	})
}

// sprungOn says whether the trap e has caught one of its machines.
func (r *Runner) sprungOn(e *effect) bool {
	return isTrap(e.fault.Kind) && slices.ContainsFunc(e.machines, func(a host.Addr) bool {
		return !r.up(a) && !r.set.machine(a).crashed
	})
}
