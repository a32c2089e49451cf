package sim

import (
	"fmt"
	"time"

	"ordeal/host"
)

// The verbs that break and mend the world. Each returns an error if it can't be applied, and has changed nothing then;
// applying one twice is such an error.

// Crash takes a machine down as a power failure does: its software and what its disk had not made durable are lost.
// For a machine whose own software calls it, it happens when that call returns.
func (w *World) Crash(name host.Addr) error {
	m, err := w.notDown(name)
	if err == nil {
		m.end()
	}
	return err
}

// Kill ends a machine's software where it is. The machine's disk keeps what was written to it, durable or not.
func (w *World) Kill(name host.Addr) error {
	m, err := w.notDown(name)
	if err == nil {
		m.killed = true
		m.end()
	}
	return err
}

// notDown finds a machine that must be up, or about to be.
func (w *World) notDown(name host.Addr) (*machine, error) {
	m, err := w.machine(name)
	if err == nil && !m.up && !m.booting {
		err = fmt.Errorf("%s is down already", name)
	}
	return m, err
}

// end ends a machine's software: at once, or behind the event in which it runs.
func (m *machine) end() {
	if m.w.running == m {
		m.doomed = true
		return
	}
	m.crash()
}

// Leave ends a machine's program in good order: it is asked to make ready for its end if it is a host.Leaver, and ends
// as by Kill when it is, or after 5 s.
func (w *World) Leave(name host.Addr) error {
	m, err := w.machine(name)
	switch {
	case err != nil:
		return err
	case !m.up || m.program == nil:
		return fmt.Errorf("%s runs no program", name)
	}
	life := m.life
	end := func() {
		if m.life == life && m.up {
			_ = w.Kill(name) // it is up
		}
	}
	m.input(event{kind: evDo, m: m, f: func() {
		if l, ok := m.program.(host.Leaver); ok {
			l.Leave(end)
		} else {
			end()
		}
	}})
	w.At(w.now+leaveMax, end)
	return nil
}

// leaveMax is how long a program may take to make ready for its end.
const leaveMax = 5 * time.Second

// Do calls f between two calls of a machine's program, as soon as the machine is free: an operator's way in. If the
// machine is down by then, f is never called.
func (w *World) Do(name host.Addr, f func(host.Program)) error {
	m, err := w.machine(name)
	switch {
	case err != nil:
		return err
	case !m.up || m.program == nil:
		return fmt.Errorf("%s runs no program", name)
	}
	m.input(event{kind: evDo, m: m, f: func() { f(m.program) }})
	return nil
}

// Restart boots a machine that is down, from its disk, as an event of the present instant.
func (w *World) Restart(name host.Addr) error {
	m, err := w.machine(name)
	switch {
	case err != nil:
		return err
	case m.boot == nil:
		return fmt.Errorf("%s has no program to boot: spawn a process on it", name)
	case m.up:
		return fmt.Errorf("%s is up already", name)
	case m.booting:
		return fmt.Errorf("%s is booting already", name)
	}
	m.startBoot()
	return nil
}

// Pause stops a machine's software where it is. Inputs, its alarm and finished disk jobs wait for it.
func (w *World) Pause(name host.Addr) error {
	m, err := w.machine(name)
	switch {
	case err != nil:
		return err
	case !m.up:
		return fmt.Errorf("%s is down", name)
	case m.paused:
		return fmt.Errorf("%s is paused already", name)
	}
	m.paused = true
	return nil
}

// Resume lets a paused machine go on, with everything that waited in the order in which it came.
func (w *World) Resume(name host.Addr) error {
	m, err := w.machine(name)
	switch {
	case err != nil:
		return err
	case !m.paused:
		return fmt.Errorf("%s is not paused", name)
	}
	m.paused = false
	m.arrange()
	return nil
}

// between finds one direction of a link.
func (w *World) between(from, to host.Addr) (*link, error) {
	a, err := w.machine(from)
	if err != nil {
		return nil, err
	}
	b, err := w.machine(to)
	if err != nil {
		return nil, err
	}
	if a == b {
		return nil, fmt.Errorf("%s has no link to itself", from)
	}
	return w.link(a, b), nil
}

// Cut cuts one direction: datagrams are lost, those under way too; what connections send waits.
func (w *World) Cut(from, to host.Addr) error {
	l, err := w.between(from, to)
	if err != nil {
		return err
	}
	if l.cut {
		return fmt.Errorf("%s to %s is cut already", from, to)
	}
	l.cut, l.cutSince = true, w.now
	for _, e := range l.heldEnds {
		e.heldSince = w.now
		w.watchStall(e)
	}
	return nil
}

// Mend undoes Cut. What connections sent meanwhile is sent again after Network.Retransmit.
func (w *World) Mend(from, to host.Addr) error {
	l, err := w.between(from, to)
	if err != nil {
		return err
	}
	if !l.cut {
		return fmt.Errorf("%s to %s is not cut", from, to)
	}
	l.cut = false
	l.unblock(w.cfg.Network.Retransmit)
	return nil
}

// Clog stops one direction: everything on it waits, and arrives in order after Unclog.
func (w *World) Clog(from, to host.Addr) error {
	l, err := w.between(from, to)
	if err != nil {
		return err
	}
	if l.clogged {
		return fmt.Errorf("%s to %s is clogged already", from, to)
	}
	l.clogged = true
	return nil
}

// Unclog undoes Clog.
func (w *World) Unclog(from, to host.Addr) error {
	l, err := w.between(from, to)
	if err != nil {
		return err
	}
	if !l.clogged {
		return fmt.Errorf("%s to %s is not clogged", from, to)
	}
	l.clogged = false
	l.unblock(0)
	return nil
}

// SetLink puts a fault on one direction, in place of the one before.
func (w *World) SetLink(from, to host.Addr, fault LinkFault) error {
	l, err := w.between(from, to)
	if err != nil {
		return err
	}
	if fault.Delay < 0 || fault.Jitter < 0 {
		return fmt.Errorf("a link can't be faster than it is: delay %v, jitter %v", fault.Delay, fault.Jitter)
	}
	if fault.BytesPerSecond < 0 {
		return fmt.Errorf("a link can't carry %d bytes a second", fault.BytesPerSecond)
	}
	l.fault, l.free = fault, 0
	return nil
}

// ClearLink takes the fault of SetLink off one direction.
func (w *World) ClearLink(from, to host.Addr) error {
	l, err := w.between(from, to)
	if err != nil {
		return err
	}
	if l.fault == (LinkFault{}) {
		return fmt.Errorf("%s to %s has no fault", from, to)
	}
	l.fault, l.free = LinkFault{}, 0
	return nil
}

// SetDrift makes a machine's monotonic clock run faster than true time by ppm parts of a million; 0 is right again.
func (w *World) SetDrift(name host.Addr, ppm int32) error {
	m, err := w.machine(name)
	if err != nil {
		return err
	}
	if ppm < slowestPPM || ppm > fastestPPM {
		return fmt.Errorf("a drift of %d ppm is not between %d and %d", ppm, slowestPPM, fastestPPM)
	}
	m.clock.drift(w.now, ppm)
	m.arm()
	return nil
}

// JumpWall moves a machine's time of day by d, either way.
func (w *World) JumpWall(name host.Addr, d time.Duration) error {
	m, err := w.machine(name)
	if err != nil {
		return err
	}
	m.clock.wall += d
	return nil
}
