package machines

import (
	"time"

	"ordeal/host"
)

// clockErrors is how far the machines' times of day can have been from the world's. Whatever is judged by a time of day
// is allowed as much: a service that is given a wrong time is not to blame for what it makes of it.
type clockErrors struct {
	jumps map[host.Addr]time.Duration // all of a machine's, whatever their direction: a restart undoes them
	ppm   int                         // the fastest or slowest that any clock ever ran
	jump  time.Duration               // of the machine with the most
}

func newClockErrors() clockErrors { return clockErrors{jumps: make(map[host.Addr]time.Duration)} }

// ClockError is a bound for the error of every clock until now.
func (m *Machines) ClockError() time.Duration {
	return m.clocks.jump + m.world.Now()/1_000_000*time.Duration(m.clocks.ppm)
}

// SetDrift makes a machine's clocks run fast or slow.
func (m *Machines) SetDrift(machine host.Addr, ppm int) {
	m.clocks.ppm = max(m.clocks.ppm, ppm, -ppm)
	m.do(m.world.SetDrift(machine, int32(ppm)))
}

// JumpWall moves a machine's time of day.
func (m *Machines) JumpWall(machine host.Addr, by time.Duration) {
	m.clocks.jumps[machine] += by.Abs()
	m.clocks.jump = max(m.clocks.jump, m.clocks.jumps[machine])
	m.do(m.world.JumpWall(machine, by))
}
