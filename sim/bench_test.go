package sim

import (
	"testing"
	"time"

	"ordeal/host"
)

// BenchmarkEvents is the loop alone: a thousand trivial events under way, each of which queues the next.
func BenchmarkEvents(b *testing.B) {
	w := New(1, Config{})
	left := b.N
	var again func()
	again = func() {
		if left--; left > 0 {
			w.At(w.Now()+spread(w.Events()), again)
		}
	}
	for i := range 1000 {
		w.At(time.Duration(i), again)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for w.Step() {
	}
}

// spread makes delays without a draw of chance.
func spread(i uint64) time.Duration { return time.Duration(scramble(i) % 100_000) }

// gossip answers every message with another of 64 bytes.
type gossip struct{ h host.Host }

func (g gossip) Receive(from host.Addr, payload []byte) { g.h.Send(from, payload) }
func (g gossip) Accept(host.Conn)                       {}
func (g gossip) Frame(c host.Conn, payload []byte)      { c.Send(payload) }
func (g gossip) Closed(host.Conn)                       {}
func (g gossip) Wake()                                  {}

// BenchmarkMessages is datagrams between five programs: two events each when the machine is busy.
func BenchmarkMessages(b *testing.B) {
	w := New(1, Config{})
	names := []host.Addr{"n1", "n2", "n3", "n4", "n5"}
	for i, name := range names {
		w.AddMachine(name, func(h host.Host) (host.Program, error) {
			for range 4 {
				h.Send(names[(i+1)%5], make([]byte, 64))
			}
			return gossip{h}, nil
		})
	}
	b.ReportAllocs()
	b.ResetTimer()
	for w.events < uint64(b.N) && w.Step() {
	}
}

// BenchmarkCalls is processes that call an echo over connections, with their signals and timeouts.
func BenchmarkCalls(b *testing.B) {
	w := New(1, Config{})
	defer w.Close()
	w.AddMachine("n1", func(h host.Host) (host.Program, error) { return gossip{h}, nil })
	for _, name := range []host.Addr{"c1", "c2", "c3", "c4"} {
		w.Spawn(name, func(p host.Process) {
			p.Sleep(10 * time.Millisecond)
			for {
				calls(p, "n1", 1000)
			}
		})
	}
	b.ReportAllocs()
	b.ResetTimer()
	for w.events < uint64(b.N) && w.Step() {
	}
}
