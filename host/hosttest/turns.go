package hosttest

import (
	"testing"
	"time"

	"ordeal/host"
)

// turns counts calls that are under way. It has no lock on purpose: the host's promise is what guards it, and the
// race detector sees when that is broken.
type turns struct {
	inside int
	calls  map[string]int
	seen   *journal
	// unsettled is true from a frame until the call that the program wants behind it.
	unsettled bool
}

// take is one call: it looks around for another one.
func (t *turns) take(kind string) {
	t.inside++
	if t.inside != 1 {
		t.seen.add("%s inside another call", kind)
	}
	if t.unsettled && kind != "frame" {
		t.seen.add("%s while frames are not settled", kind)
	}
	t.unsettled = kind == "frame"
	for range 1000 {
		t.calls[kind]++
	}
	t.inside--
	for _, k := range []string{"receive", "frame", "wake", "done"} {
		if t.calls[k] < 30_000 {
			return
		}
	}
	t.seen.add("enough")
}

// testTurns has every way into a program used at once.
func testTurns(t *testing.T, h Harness) {
	var seen journal
	noise := func(h host.Host) (host.Program, error) {
		send := func() {
			for range 10 {
				h.Send(n1, []byte("x"))
			}
			h.Clock().SetAlarm(h.Clock().Now() + ms)
		}
		send()
		return &script{wake: send}, nil
	}
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		in := &turns{calls: map[string]int{}, seen: &seen}
		var write func()
		write = func() {
			h.Disk().Submit(host.Job{host.Append("f", []byte("x")), host.Sync("f")},
				func(error) { in.take("done"); write() })
		}
		wake := func() { in.take("wake"); h.Clock().SetAlarm(h.Clock().Now() + ms/10) }
		write()
		h.Clock().SetAlarm(0)
		return &script{
			receive: func(host.Addr, []byte) { in.take("receive") },
			accept:  func(host.Conn) { in.take("accept") },
			frame:   func(host.Conn, []byte) { in.take("frame") },
			closed:  func(host.Conn) { in.take("closed") },
			wake:    wake,
			settle:  func() { in.unsettled = false },
		}, nil
	})
	h.Boot(n2, noise)
	h.Boot(n3, noise)
	for _, c := range Clients {
		h.Go(c, func(p host.Process) {
			for {
				conn := p.Dial(n1, &ear{})
				for range 20 {
					conn.Send([]byte("y"))
				}
				p.Sleep(2 * ms)
				conn.Close()
			}
		})
	}
	h.Wait("thirty calls of each kind", seen.has("enough"))
	for _, line := range seen.all() {
		if line != "enough" {
			t.Fatal(line)
		}
	}
}

// testProcessTurns has everything that belongs to a process run while it computes and waits.
func testProcessTurns(t *testing.T, h Harness) {
	var seen journal
	h.Boot(n1, echo)
	h.Go(c1, func(p host.Process) {
		inside, afters, frames := 0, 0, 0
		take := func(what string) {
			if inside++; inside != 1 {
				seen.add("%s inside another call", what)
			}
			for range 1000 {
				inside++
			}
			inside -= 1001
		}
		done := p.NewSignal()
		conn := p.Dial(n1, &ear{
			opened: func() { take("opened") },
			frame: func([]byte) {
				take("frame")
				if frames++; frames >= 200 && afters >= 200 {
					done.Set()
				}
			},
		})
		var again func()
		again = func() { take("after"); afters++; p.After(ms/10, again) }
		again()
		for rounds := 0; ; rounds++ {
			take("function")
			conn.Send([]byte("z"))
			if rounds%2 == 0 {
				p.Sleep(time.Duration(rounds%7) * ms / 10)
			}
			if done.Wait(ms / 10) {
				break
			}
		}
		seen.add("done")
	})
	h.Wait("the process", seen.has("done"))
	seen.want(t, "c1", "done")
}
