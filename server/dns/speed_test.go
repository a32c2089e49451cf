package dns

import (
	"net"
	"testing"
	"time"

	"github.com/miekg/dns"

	"ordeal/cmd/bench/usage"
)

// BenchmarkAnswers makes answers from a name with 50 instances anew, without a socket.
func BenchmarkAnswers(b *testing.B) {
	v, packet := crowd(b, 50), question(b, "orders.svc.example.", dns.TypeA, 4096)
	b.ReportAllocs()
	began := usage.Own()
	for k := range b.N {
		if answer, _ := respond(v, 0, packet, false, k); answer == nil {
			b.Fatal("no answer")
		}
	}
	reportAnswers(b, began)
}

// reportAnswers says how many answers a second there were, and in a second of CPU time: what one core makes that is
// there for nothing else.
func reportAnswers(b *testing.B, began time.Duration) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "answers/s")
	b.ReportMetric(float64(b.N)/(usage.Own()-began).Seconds(), "answers/cpu-s")
}

// BenchmarkUDP asks over loopback, with 16 questions under way. Run it with -cpu 1: client and server share a core.
func BenchmarkUDP(b *testing.B) {
	c := DefaultConfig()
	c.Listen, c.Zones, c.Servers = "127.0.0.1:0", zones(b), []string{"127.0.0.1:1"}
	s, err := Start(c, quiet)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	s.reader.Stop() // there is no service: it is asked for what is set here
	s.known.Store(&known{view: crowd(b, 50), at: time.Now()})
	conn, err := net.Dial("udp", s.Addr())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	packet, answer := question(b, "orders.svc.example.", dns.TypeA, 4096), make([]byte, 65535)
	const underWay = 16
	b.ResetTimer()
	began := usage.Own()
	for k := range b.N + underWay {
		if k < b.N {
			if _, err := conn.Write(packet); err != nil {
				b.Fatal(err)
			}
		}
		if k >= underWay {
			_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			if n, err := conn.Read(answer); err != nil || n < 50*16 {
				b.Fatalf("%d bytes, %v", n, err)
			}
		}
	}
	reportAnswers(b, began)
}
