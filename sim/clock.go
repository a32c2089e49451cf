package sim

import (
	"math/bits"
	"time"
)

// clock is a machine's monotonic clock, as a straight line from the instant when its rate last changed, and its wall
// clock, which is a jumping distance away from it. Both go on through pauses and crashes.
type clock struct {
	baseTrue  time.Duration
	baseLocal time.Duration
	ppm       int64 // how much faster than true time
	wall      time.Duration
}

const (
	slowestPPM = -900_000
	fastestPPM = 9_000_000
	// farAway bounds alarms, so that nothing overflows: about 36 years.
	farAway = time.Duration(1) << 60
)

// epoch is the time of day at which every world begins, by a clock that is right.
var epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// at is what the clock shows at a true instant that is not before baseTrue.
func (c *clock) at(now time.Duration) time.Duration {
	if c.ppm == 0 {
		return c.baseLocal + now - c.baseTrue
	}
	return c.baseLocal + c.drifted(int64(now-c.baseTrue))
}

// drifted is how far the clock moves in dt. It never decreases in dt, since ppm is more than minus a million, and the
// split keeps the product within 64 bits.
func (c *clock) drifted(dt int64) time.Duration {
	return time.Duration(dt + dt/million*c.ppm + dt%million*c.ppm/million)
}

// when is the first true instant at which the clock shows local or more, not before now.
func (c *clock) when(local, now time.Duration) time.Duration {
	if c.at(now) >= local {
		return now
	}
	need := uint64(min(local-c.baseLocal, farAway))
	hi, lo := bits.Mul64(need, million)
	rate := uint64(million + c.ppm)
	if hi >= rate {
		return c.baseTrue + farAway
	}
	estimate, _ := bits.Div64(hi, lo, rate)
	dt := int64(min(estimate, uint64(farAway)))
	dt = max(dt-1-million/int64(rate), 0) // a whole step of the clock early: drifted rounds
	for uint64(c.drifted(dt)) < need && dt < int64(farAway) {
		dt++
	}
	return max(now, c.baseTrue+time.Duration(dt))
}

// drift changes the rate from now on, without a jump.
func (c *clock) drift(now time.Duration, ppm int32) {
	c.baseLocal, c.baseTrue = c.at(now), now
	c.ppm = int64(ppm)
}
