package oshost_test

import (
	"testing"

	"ordeal/host"
	"ordeal/host/oshost"
)

// BenchmarkEcho is frames of 100 bytes there and back, by clients that each keep a window of them under way.
func BenchmarkEcho(b *testing.B) { benchmark(b, echoes) }

// BenchmarkDurableEcho answers each frame when it is on the disk.
func BenchmarkDurableEcho(b *testing.B) {
	benchmark(b, func(h host.Host) (host.Program, error) {
		return &calls{frame: func(c host.Conn, payload []byte) {
			h.Disk().Submit(host.Job{host.Append("log", payload), host.Sync("log")}, func(error) { c.Send(payload) })
		}}, nil
	})
}

func benchmark(b *testing.B, boot host.Boot) {
	const clients, window, size = 8, 64, 100
	m := start(b, alone(b), boot)
	var processes []*oshost.Process
	b.SetBytes(size)
	b.ResetTimer()
	for range clients {
		processes = append(processes, oshost.StartProcess(oshost.ProcessConfig{Self: "c1", Logger: quiet()},
			func(p host.Process) {
				left, toSend, done := b.N/clients+1, b.N/clients+1, p.NewSignal()
				var c host.Conn
				send := func() {
					if toSend--; toSend >= 0 {
						c.Send(make([]byte, size))
					}
				}
				c = p.Dial(host.Addr(m.ClientAddr()), &hears{closed: done.Set, frame: func([]byte) {
					send()
					if left--; left == 0 {
						done.Set()
					}
				}})
				for range window {
					send()
				}
				done.Wait(-1)
				if left > 0 {
					b.Errorf("%d frames did not come back", left)
				}
			}))
	}
	for _, p := range processes {
		<-p.Done()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}
