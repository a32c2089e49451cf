package hosttest

import (
	"testing"
	"time"

	"ordeal/host"
)

// testAlarmNeverEarly sets the next alarm at each Wake, while a client keeps the machine awake in between.
func testAlarmNeverEarly(t *testing.T, h Harness) {
	var seen journal
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		clock, wakes := h.Clock(), 0
		due := clock.Now() + 7*ms
		clock.SetAlarm(due)
		return &script{wake: func() {
			if now := clock.Now(); now < due {
				seen.add("woken at %v for %v", now, due)
			}
			if wakes++; wakes == 10 {
				seen.add("done")
				due = 1<<63 - 1
				return
			}
			due = clock.Now() + 7*ms + time.Duration(wakes)
			clock.SetAlarm(due)
		}}, nil
	})
	h.Go(c1, func(p host.Process) {
		for conn := p.Dial(n1, &ear{}); ; p.Sleep(ms) {
			conn.Send([]byte("tick"))
		}
	})
	h.Wait("ten alarms", seen.has("done"))
	seen.want(t, "n1", "done")
}

// testAlarmReplaced sets an alarm later and then sooner: only what was set last counts.
func testAlarmReplaced(t *testing.T, h Harness) {
	var seen journal
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		clock := h.Clock()
		start := clock.Now()
		clock.SetAlarm(start + 10*ms)
		clock.SetAlarm(start + 60*ms)
		step := 0
		return &script{wake: func() {
			switch step++; step {
			case 1:
				seen.add("after the later: %v", clock.Now() >= start+60*ms)
				clock.SetAlarm(clock.Now() + 24*time.Hour)
				clock.SetAlarm(clock.Now() + 10*ms)
			default:
				seen.add("wake %d", step)
			}
		}}, nil
	})
	h.Wait("the sooner alarm", seen.has("wake 2"))
	seen.want(t, "n1", "after the later: true", "wake 2")
}

// testAlarmCleared clears an alarm and lets its time go by, by the machine's own clock.
func testAlarmCleared(t *testing.T, h Harness) {
	var seen journal
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		clock := h.Clock()
		due := clock.Now() + 20*ms
		clock.SetAlarm(due)
		clock.SetAlarm(-1)
		return &script{
			wake:  func() { seen.add("woken") },
			frame: func(host.Conn, []byte) { seen.add("past its time: %v", clock.Now() > due+5*ms) },
		}, nil
	})
	h.Go(c1, func(p host.Process) {
		p.Sleep(100 * ms)
		p.Dial(n1, &ear{}).Send([]byte("now?"))
		p.Sleep(time.Minute)
	})
	h.Wait("the alarm's time to pass", func() bool { return len(seen.all()) > 0 })
	seen.want(t, "n1", "past its time: true")
}

// testAlarmPast sets an alarm for an instant that is over.
func testAlarmPast(t *testing.T, h Harness) {
	var seen journal
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		h.Clock().SetAlarm(h.Clock().Now() + ms)
		step := 0
		return &script{wake: func() {
			if step++; step == 1 {
				h.Clock().SetAlarm(0)
				seen.add("set")
				return
			}
			seen.add("wake %d", step)
		}}, nil
	})
	h.Wait("the alarm", seen.has("wake 2"))
	seen.want(t, "n1", "set", "wake 2")
}

// testClockMonotonic reads the clock at every call.
func testClockMonotonic(t *testing.T, h Harness) {
	var seen journal
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		clock := h.Clock()
		last, frames := clock.Now(), 0
		look := func() {
			now := clock.Now()
			if now < last {
				seen.add("%v after %v", now, last)
			}
			last = now
		}
		clock.SetAlarm(last + ms)
		return &script{
			wake: func() { look(); clock.SetAlarm(clock.Now() + ms) },
			frame: func(host.Conn, []byte) {
				look()
				if frames++; frames == 500 {
					seen.add("wall %v", clock.Wall().IsZero())
				}
			},
		}, nil
	})
	h.Go(c1, func(p host.Process) {
		conn := p.Dial(n1, &ear{})
		for last := p.Now(); ; p.Sleep(ms) {
			if p.Now() < last {
				seen.add("process: %v after %v", p.Now(), last)
			}
			last = p.Now()
			for range 50 {
				conn.Send([]byte("tick"))
			}
		}
	})
	h.Wait("500 frames", seen.has("wall false"))
	seen.want(t, "n1", "wall false")
}
