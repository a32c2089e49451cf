package hosttest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"ordeal/host"
)

// forever is how long a process lingers when only its handlers have something left to do.
const forever = 24 * time.Hour

// testConnOrder sends frames of all sizes there and back. The first are sent before the connection stands.
func testConnOrder(t *testing.T, h Harness) {
	sizes := []int{0, 1, 3, 100_000, 7, 1_000_000, 0, 40}
	for i := range 300 {
		sizes = append(sizes, i)
	}
	var program, process journal
	h.Boot(n1, func(host.Host) (host.Program, error) {
		var open host.Conn
		next := 0
		return &script{
			accept: func(c host.Conn) {
				open = c
				program.add("accepted, peer named: %v", c.Peer() != "")
			},
			frame: func(c host.Conn, payload []byte) {
				if c != open {
					program.add("a frame of a connection that was not accepted")
				}
				if !bytes.Equal(payload, pattern(next, sizes[next])) {
					program.add("frame %d has %d bytes", next, len(payload))
				}
				next++
				c.Send(payload)
			},
		}, nil
	})
	h.Go(c1, func(p host.Process) {
		next, opened := 0, false
		conn := p.Dial(n1, &ear{
			opened: func() { opened = true },
			frame: func(payload []byte) {
				if !opened {
					process.add("a frame before opened")
				}
				if !bytes.Equal(payload, pattern(next, sizes[next])) {
					process.add("frame %d has %d bytes", next, len(payload))
				}
				if next++; next == len(sizes) {
					process.add("all back")
				}
			},
			closed: func() { process.add("closed") },
		})
		for i, size := range sizes {
			if i == 10 {
				p.Sleep(20 * ms)
			}
			conn.Send(pattern(i, size))
		}
		if conn.Peer() == "" {
			process.add("the peer has no name")
		}
		p.Sleep(forever)
	})
	h.Wait("every frame to come back", process.has("all back"))
	program.want(t, "n1", "accepted, peer named: true")
	process.want(t, "c1", "all back")
}

// testConnOwned scribbles over every second frame at either end.
func testConnOwned(t *testing.T, h Harness) {
	const frames = 40
	var seen journal
	collect := func(who string) func(payload []byte) {
		var kept [][]byte
		return func(payload []byte) {
			if len(kept)%2 == 1 {
				scribble(payload)
			}
			if kept = append(kept, payload); len(kept) < frames {
				return
			}
			for i := 0; i < frames; i += 2 {
				if !bytes.Equal(kept[i], numbered(byte(i))) {
					seen.add("%s: frame %d became %x", who, i, kept[i])
				}
			}
			seen.add("%s has all", who)
		}
	}
	h.Boot(n1, func(host.Host) (host.Program, error) {
		take := collect("program")
		return &script{frame: func(c host.Conn, payload []byte) {
			c.Send(bytes.Clone(payload))
			take(payload)
		}}, nil
	})
	h.Go(c1, func(p host.Process) {
		conn := p.Dial(n1, &ear{frame: collect("process")})
		for i := range byte(frames) {
			conn.Send(numbered(i))
		}
		p.Sleep(forever)
	})
	h.Wait("all frames", seen.has("process has all"))
	seen.want(t, "both ends", "program has all", "process has all")
}

// testConnProgramCloses has the program answer, close, and answer once more. What the process sends meanwhile must
// not harm the answers. A second connection shows that the program gets no call of Closed for its own Close.
func testConnProgramCloses(t *testing.T, h Harness) {
	var program, process journal
	h.Boot(n1, func(host.Host) (host.Program, error) {
		return &script{
			frame: func(c host.Conn, payload []byte) {
				program.add("frame %s", payload)
				for i := range 50 {
					c.Send(pattern(i, 5000))
				}
				c.Close()
				c.Send([]byte("after close"))
				c.Close()
			},
			closed: func(host.Conn) { program.add("closed") },
		}, nil
	})
	h.Go(c1, func(p host.Process) {
		for _, name := range []string{"a", "b"} {
			gone, next := p.NewSignal(), 0
			conn := p.Dial(n1, &ear{
				frame: func(payload []byte) {
					if !bytes.Equal(payload, pattern(next, 5000)) {
						process.add("answer %d is %d bytes", next, len(payload))
					}
					next++
				},
				closed: func() { process.add("closed after %d", next); gone.Set() },
			})
			for range 30 {
				conn.Send([]byte(name))
			}
			gone.Wait(-1)
			conn.Send([]byte("this is not received"))
			conn.Close()
			p.Sleep(20 * ms)
		}
		process.add("done")
	})
	h.Wait("both connections", process.has("done"))
	process.want(t, "c1", "closed after 50", "closed after 50", "done")
	program.want(t, "n1", "frame a", "frame b")
}

// testConnProcessCloses has the process send and close: the program gets all of it, and then hears that it is gone.
func testConnProcessCloses(t *testing.T, h Harness) {
	var program, process journal
	h.Boot(n1, func(host.Host) (host.Program, error) {
		frames := map[host.Conn]int{}
		return &script{
			frame:  func(c host.Conn, _ []byte) { frames[c]++; c.Send([]byte("ok")) },
			closed: func(c host.Conn) { program.add("closed after %d", frames[c]); c.Send([]byte("gone")); c.Close() },
		}, nil
	})
	h.Go(c1, func(p host.Process) {
		for range 2 {
			conn := p.Dial(n1, &ear{closed: func() { process.add("closed") }})
			for i := range 50 {
				conn.Send(pattern(i, 5000))
			}
			conn.Close()
			conn.Send([]byte("after close"))
			conn.Close()
		}
		p.Sleep(forever)
	})
	two := func() bool { return len(program.all()) >= 2 }
	h.Wait("the program to hear of both", two)
	h.Go(c2, roundTrip(&process, "second client"))
	h.Wait("another client", process.has("second client"))
	program.want(t, "n1", "closed after 50", "closed after 50")
	process.want(t, "the clients", "second client")
}

// roundTrip is a process that sends one frame and waits for any answer.
func roundTrip(j *journal, line string) func(host.Process) {
	return func(p host.Process) {
		p.Dial(n1, &ear{frame: func([]byte) { j.add("%s", line) }}).Send([]byte("?"))
		p.Sleep(forever)
	}
}

// testConnServerCrashes takes the server down under a connection, and boots it again.
func testConnServerCrashes(t *testing.T, h Harness) {
	var process journal
	h.Boot(n1, echo)
	h.Go(c1, func(p host.Process) {
		closed := p.NewSignal()
		conn := p.Dial(n1, &ear{
			frame:  func(payload []byte) { process.add("%s", payload) },
			closed: func() { process.add("closed"); closed.Set() },
		})
		conn.Send([]byte("hello"))
		closed.Wait(-1)
		conn.Send([]byte("still there?"))
		for try := 0; ; try++ {
			answer := p.NewSignal()
			again := p.Dial(n1, &ear{frame: func([]byte) { answer.Set() }, closed: answer.Set})
			again.Send([]byte("again"))
			if answer.Wait(100 * ms) {
				p.Sleep(20 * ms)
			}
			again.Close()
			if try == 0 {
				process.add("tried again")
			}
		}
	})
	h.Wait("the first answer", process.has("hello"))
	h.Crash(n1)
	if !h.Down(n1) {
		t.Error("n1 is not down after a crash")
	}
	h.Wait("the process to try again", process.has("tried again"))
	h.Boot(n1, echo)
	if h.Down(n1) {
		t.Error("n1 is down after a boot")
	}
	h.Go(c2, roundTrip(&process, "back"))
	h.Wait("an answer after the restart", process.has("back"))
	process.want(t, "c1", "hello", "closed", "tried again", "back")
}

// testConnToAbsent dials a machine that is down, and one that there never was.
func testConnToAbsent(t *testing.T, h Harness) {
	var seen journal
	h.Go(c1, func(p host.Process) {
		for _, to := range []host.Addr{n1, Absent} {
			gone := p.NewSignal()
			conn := p.Dial(to, &ear{
				opened: func() { seen.add("opened %s", to) },
				closed: func() { seen.add("closed %s", to); gone.Set() },
			})
			conn.Send([]byte("hello?"))
			gone.Wait(-1)
			conn.Close()
		}
		p.Dial(n1, &ear{closed: func() { seen.add("called for its own close") }}).Close()
		p.Sleep(100 * ms)
		seen.add("done")
	})
	h.Wait("both to fail", seen.has("done"))
	seen.want(t, "c1", "closed n1", "closed "+string(Absent), "done")
}

// testConnTwo keeps several connections of one process apart.
func testConnTwo(t *testing.T, h Harness) {
	var seen journal
	h.Boot(n1, func(host.Host) (host.Program, error) {
		name := map[host.Conn]string{}
		return &script{frame: func(c host.Conn, payload []byte) {
			name[c] += string(payload)
			c.Send([]byte(name[c]))
		}}, nil
	})
	h.Go(c1, func(p host.Process) {
		left := p.NewSignal()
		missing := 4
		for i := range 4 {
			want := fmt.Sprintf("%d%d%d", i, i, i)
			conn := p.Dial(n1, &ear{frame: func(payload []byte) {
				if len(payload) < 3 {
					return
				}
				if string(payload) != want {
					seen.add("connection %d got %s", i, payload)
				}
				if missing--; missing == 0 {
					left.Set()
				}
			}})
			for range 3 {
				conn.Send([]byte{'0' + byte(i)})
			}
		}
		left.Wait(-1)
		seen.add("done")
	})
	h.Wait("all four", seen.has("done"))
	seen.want(t, "c1", "done")
}
