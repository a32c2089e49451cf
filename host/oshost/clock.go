package oshost

import "time"

// origin is where the monotonic clock starts: one instant for all machines and processes of this OS process, so that
// what they record can be compared.
var origin = time.Now()

func now() time.Duration { return time.Since(origin) }

// instant is d from now. What is longer than a century and a half is as good as never, and does not overflow.
func instant(d time.Duration) time.Duration { return now() + min(max(d, 0), 1<<62) }

const noAlarm time.Duration = -1

// clock is a machine's clock. Only the program's goroutine uses it.
type clock struct {
	alarm time.Duration // noAlarm, or when Wake is due
}

func (c *clock) Now() time.Duration { return now() }

func (c *clock) Wall() time.Time { return time.Now().Round(0) } // Round takes the monotonic reading off

func (c *clock) SetAlarm(at time.Duration) { c.alarm = max(at, noAlarm) }

// ring reports whether the alarm is due, and clears it then.
func (c *clock) ring() bool {
	if c.alarm < 0 || now() < c.alarm {
		return false
	}
	c.alarm = noAlarm
	return true
}

// untilAlarm is how long there is until the alarm, and whether it is set at all.
func (c *clock) untilAlarm() (wait time.Duration, set bool) {
	if c.alarm < 0 {
		return 0, false
	}
	return c.alarm - now(), true
}
