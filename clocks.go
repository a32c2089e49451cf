package ordeal

import (
	"time"

	"ordeal/host"
)

// clockErrors is how far the servers' times of day can have been from the world's. Whatever is judged by a time of day is
// allowed as much: a service that is told a wrong time is not to blame for what it makes of it.
type clockErrors struct {
	jumps map[host.Addr]time.Duration // all of a machine's, whatever their direction: a restart takes them back
	ppm   int                         // the fastest or slowest that any clock ever ran
	jump  time.Duration               // of the machine with the most
}

func newClockErrors() clockErrors { return clockErrors{jumps: make(map[host.Addr]time.Duration)} }

func (c *clockErrors) jumped(machine host.Addr, by time.Duration) {
	c.jumps[machine] += max(by, -by)
	c.jump = max(c.jump, c.jumps[machine])
}

func (c *clockErrors) drifts(ppm int) { c.ppm = max(c.ppm, ppm, -ppm) }

// most is a bound for the error of every clock until now.
func (c *clockErrors) most(now time.Duration) time.Duration {
	return c.jump + now/1_000_000*time.Duration(c.ppm)
}
