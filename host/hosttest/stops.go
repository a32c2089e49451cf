package hosttest

import (
	"errors"
	"testing"

	"ordeal/host"
)

// errEnough is why the programs of this file stop.
var errEnough = errors.New("the program has had enough")

// stops boots a program that calls stop, and sees that the machine goes down with nothing called afterwards, and that
// it can be booted again.
func stops(t *testing.T, h Harness, boot func(seen *journal) host.Boot, want ...string) {
	var seen journal
	h.Boot(n1, boot(&seen))
	h.Wait("the machine to be down", func() bool { return h.Down(n1) })
	h.Boot(n1, echo)
	var back journal
	h.Go(c2, roundTrip(&back, "back"))
	h.Wait("an answer after the restart", back.has("back"))
	seen.want(t, "n1", want...)
}

func testStopInCall(t *testing.T, h Harness) {
	h.Go(c1, func(p host.Process) {
		for {
			gone := p.NewSignal()
			conn := p.Dial(n1, &ear{closed: gone.Set})
			conn.Send([]byte("stop"))
			conn.Send([]byte("too late"))
			gone.Wait(500 * ms)
			conn.Close()
			p.Sleep(5 * ms)
		}
	})
	stops(t, h, func(seen *journal) host.Boot {
		return func(h host.Host) (host.Program, error) {
			return &script{
				frame: func(_ host.Conn, payload []byte) {
					seen.add("%s", payload)
					h.Clock().SetAlarm(0)
					h.Disk().Submit(host.Job{}, func(error) { seen.add("done") })
					h.Stop(errEnough)
					seen.add("Stop returned")
				},
				wake:   func() { seen.add("wake") },
				closed: func(host.Conn) { seen.add("closed") },
			}, nil
		}
	}, "stop")
}

func testStopInDone(t *testing.T, h Harness) {
	stops(t, h, func(seen *journal) host.Boot {
		return func(h host.Host) (host.Program, error) {
			for _, name := range []string{"first", "second"} {
				h.Disk().Submit(host.Job{host.Append(name, nil)}, func(error) {
					seen.add("%s", name)
					h.Stop(errEnough)
					seen.add("Stop returned")
				})
			}
			return &script{}, nil
		}
	}, "first")
}

func testStopInBoot(t *testing.T, h Harness) {
	stops(t, h, func(seen *journal) host.Boot {
		return func(h host.Host) (host.Program, error) {
			h.Clock().SetAlarm(0)
			seen.add("boot")
			h.Stop(errEnough)
			seen.add("Stop returned")
			return &script{}, nil
		}
	}, "boot")
}

func testBootError(t *testing.T, h Harness) {
	stops(t, h, func(seen *journal) host.Boot {
		return func(h host.Host) (host.Program, error) {
			h.Clock().SetAlarm(0)
			seen.add("boot")
			return &script{wake: func() { seen.add("wake") }}, errEnough
		}
	}, "boot")
}
