package machines

import (
	"errors"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// disks is what the faults of disks have done, as far as it excuses what a server does afterwards.
type disks struct {
	// forgot says of servers how their disks came to have forgotten what they had acknowledged.
	forgot map[host.Addr]string
	// forgotAt is when the first of them was made to forget.
	forgotAt time.Duration
	// lastHit are those that were damaged where their newest bytes may be, and not repaired since.
	lastHit map[host.Addr]bool
	// detected are the stops, by their place in World.Stops, of servers that found damage on their disk which is there.
	detected map[int]bool
	// refuses says that a program which stops for this reason refuses a damaged disk.
	refuses func(reason error) bool
}

func newDisks() disks {
	return disks{
		forgot: make(map[host.Addr]string), lastHit: make(map[host.Addr]bool), detected: make(map[int]bool),
		refuses: func(error) bool { return false },
	}
}

// SetRefuses says by which errors the service's programs refuse to start from a damaged disk. Where the disk is damaged
// they do right.
func (m *Machines) SetRefuses(f func(reason error) bool) { m.disks.refuses = f }

// SetDisk makes a machine's disk worse than it is by nature, and ClearDisk ends that.
func (m *Machines) SetDisk(machine host.Addr, d nemesis.Disk) {
	m.do(m.world.SetDisk(machine, sim.DiskFault{
		SyncDelay: d.SyncDelay, FailSyncPPM: uint32(d.FailSyncPPM), Full: d.Full, FailRead: d.FailRead,
	}))
}

// ClearDisk is described at SetDisk.
func (m *Machines) ClearDisk(machine host.Addr) { m.do(m.world.SetDisk(machine, sim.DiskFault{})) }

// Damage makes bytes wrong that lie on a disk.
func (m *Machines) Damage(machine host.Addr, d nemesis.Damage) string {
	kind := sim.BitRot
	if d.Misdirected {
		kind = sim.Misdirected
	}
	what, err := m.world.Damage(machine, kind, d.Last)
	m.do(err)
	m.disks.lastHit[machine] = m.disks.lastHit[machine] || d.Last && m.world.Damaged(machine)
	return what
}

// Repair makes them right again.
func (m *Machines) Repair(machine host.Addr) {
	delete(m.disks.lastHit, machine)
	m.do(m.world.Repair(machine))
}

// Remember makes a copy of a disk, GoBack puts it in the place of what is there now, and Wipe leaves nothing.
func (m *Machines) Remember(machine host.Addr) { m.do(m.world.Remember(machine)) }

// GoBack is described at Remember.
func (m *Machines) GoBack(machine host.Addr) {
	m.forget(machine, "its disk went back to what it had been")
	m.do(m.world.GoBack(machine))
}

// Wipe is described at Remember.
func (m *Machines) Wipe(machine host.Addr) {
	m.forget(machine, "its disk was emptied")
	m.do(m.world.Wipe(machine))
}

func (m *Machines) forget(machine host.Addr, how string) {
	if len(m.disks.forgot) == 0 {
		m.disks.forgotAt = m.world.Now()
	}
	if m.disks.forgot[machine] == "" {
		m.disks.forgot[machine] = how
	}
}

// noteStart notes that another program runs on a machine than before. A server that starts although what it had synced
// last may be damaged has perhaps mistaken the damage for a write that a crash had torn: and has cut it off by now.
func (m *Machines) noteStart(machine host.Addr) {
	if m.disks.lastHit[machine] {
		m.forget(machine, "it was started from a damaged disk")
	}
}

// noteStop notes that an event has left a server down. One that would not start from a damaged disk did as it should.
func (m *Machines) noteStop(machine host.Addr) {
	last := len(m.world.Stops()) - 1
	if last < 0 || !m.world.Damaged(machine) {
		return
	}
	s := m.world.Stops()[last]
	if s.Machine == machine && s.At == m.world.Now() && s.Boot && m.disks.refuses(s.Reason) {
		m.disks.detected[last] = true
	}
}

// Forgot says how a server's disk came to have forgotten what the server had acknowledged, "" if it has not.
func (m *Machines) Forgot(server host.Addr) string { return m.disks.forgot[server] }

// Excused says that by an instant some disk had forgotten what its server had acknowledged: little can be demanded
// then.
func (m *Machines) Excused(at time.Duration) bool { return m.AnyForgot() && at >= m.disks.forgotAt }

// AnyForgot says that some disk has forgotten, and ForgotAt when the first did.
func (m *Machines) AnyForgot() bool { return len(m.disks.forgot) > 0 }

// ForgotAt is described at AnyForgot.
func (m *Machines) ForgotAt() time.Duration { return m.disks.forgotAt }

// BadStops are the programs that gave up for no good reason. A server may stop because its disk failed it or is full,
// and does right not to start where nothing can be read or where what lies there is damaged.
func (m *Machines) BadStops() (bad []sim.Stop) {
	for i, s := range m.world.Stops() {
		failed := errors.Is(s.Reason, sim.ErrDisk) || !s.Boot && errors.Is(s.Reason, sim.ErrFull)
		if !failed && !m.disks.detected[i] && !m.Excused(s.At) {
			bad = append(bad, s)
		}
	}
	return bad
}
