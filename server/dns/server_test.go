package dns

import (
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/naming"
	"ordeal/cluster/recipes/zone"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/server/servertest"
)

var quiet = slog.New(slog.DiscardHandler)

// zones are two, one within the other.
func zones(t testing.TB) (list []zone.Zone) {
	for _, text := range []string{"svc.example=/services,ttl=3s,negative=2s", "deep.svc.example.=/deep"} {
		z, err := ParseZone(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, z)
	}
	return list
}

// text is what an answer says, without its header.
func text(m *dns.Msg) string {
	var list []string
	for _, rr := range m.Answer {
		list = append(list, strings.ReplaceAll(strings.TrimPrefix(rr.String(), m.Question[0].Name+"\t"), "\t", " "))
	}
	return dns.RcodeToString[m.Rcode] + " " + strings.Join(list, ", ")
}

// ask asks until the answer is one of those that are wanted, as what is registered shows after a while.
func ask(t *testing.T, s *Server, net, name string, kind uint16, want string) *dns.Msg {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion(name, kind)
	c := &dns.Client{Net: net, Timeout: 5 * time.Second}
	got := ""
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		r, _, err := c.Exchange(m, s.Addr())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got = text(r); got == want {
			return r
		}
	}
	t.Errorf("%s %s: %s, and want %s", name, dns.TypeToString[kind], got, want)
	return new(dns.Msg)
}

func TestAnswers(t *testing.T) {
	ensemble := servertest.Start(t)
	addr := ensemble.Addrs()[0]
	s, err := Start(Config{Servers: []string{addr}, Zones: zones(t), Listen: "127.0.0.1:0", Bound: 2 * time.Second,
		SessionTimeout: 4 * time.Second}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	gone, left := make(chan struct{}), make(chan struct{})
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "test", Logger: quiet}, func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{host.Addr(addr)}, SessionTimeout: 4 * time.Second})
		defer c.Close()
		for _, i := range []naming.Instance{
			{ID: "a", Address: "10.0.0.1:8080", Weight: 5}, {ID: "10.0.0.2:81", Address: "[fd00::2]:81", Weight: 1},
			{ID: "c", Address: "host.example:82", Weight: 2}, {ID: "down", Address: "10.0.0.9:1", Weight: 5, Down: true},
		} {
			if _, err := naming.NewName(p, c, "/services/orders").Register(i, time.Minute); err != nil {
				t.Error(err)
			}
		}
		c.Create("/services/foreign", nil, 0)
		c.Create("/services/foreign/x-0000000000", []byte("another program's"), 0)
		<-gone
		close(left)
	})
	// The session lasts for 4 s without contact, and what is known is up to 2 s old: so TTLs are no longer than 3 s.
	ask(t, s, "udp", "svc.example.", dns.TypeNS, "NOERROR 3 IN NS ns.svc.example.")
	r := ask(t, s, "udp", "ORDERS.svc.example.", dns.TypeA, "NOERROR 3 IN A 10.0.0.1")
	if !r.Authoritative {
		t.Error("it has no authority")
	}
	ask(t, s, "tcp", "orders.svc.example.", dns.TypeAAAA, "NOERROR 3 IN AAAA fd00::2")
	ask(t, s, "udp", "a.orders.svc.example.", dns.TypeA, "NOERROR 3 IN A 10.0.0.1")
	ask(t, s, "udp", "a.orders.svc.example.", dns.TypeTXT,
		`NOERROR 3 IN TXT "id=a" "address=10.0.0.1:8080" "weight=5" "load=0"`)
	ask(t, s, "udp", "c.orders.svc.example.", dns.TypeTXT,
		`NOERROR 3 IN TXT "id=c" "address=host.example:82" "weight=2" "load=0"`)
	service(t, s)
	nothing(t, s)
	close(gone)
	<-left
	<-p.Done()
	ask(t, s, "udp", "orders.svc.example.", dns.TypeA, "NOERROR ")
	ensemble.Close()
	ask(t, s, "udp", "orders.svc.example.", dns.TypeA, "SERVFAIL ")
}

// service asks for services, with where they are.
func service(t *testing.T, s *Server) {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion("_orders._tcp.svc.example.", dns.TypeSRV)
	r, _, err := new(dns.Client).Exchange(m, s.Addr())
	if err != nil || len(r.Answer) != 3 || len(r.Extra) != 2 {
		t.Fatalf("%v, %v", r, err)
	}
	targets := map[string]string{}
	for _, rr := range r.Answer {
		srv := rr.(*dns.SRV)
		targets[srv.Target] = fmt.Sprint(srv.Port, " ", srv.Weight)
	}
	if targets["a.orders.svc.example."] != "8080 5" || targets["host.example."] != "82 2" {
		t.Error(targets)
	}
	if address := r.Extra[0].(*dns.AAAA); targets[address.Hdr.Name] != "81 1" || !address.AAAA.Equal(
		netip.MustParseAddr("fd00::2").AsSlice()) {
		t.Error(r.Extra)
	}
}

// nothing asks for what is not there: a name without records of the type, no such name, and what is in no zone.
func nothing(t *testing.T, s *Server) {
	t.Helper()
	for _, tt := range []struct {
		name string
		kind uint16
		want string
	}{
		{"foreign.svc.example.", dns.TypeA, "NOERROR "}, {"orders.svc.example.", dns.TypeMX, "NOERROR "},
		{"_tcp.svc.example.", dns.TypeSRV, "NOERROR "}, {"svc.example.", dns.TypeA, "NOERROR "},
		{"deep.svc.example.", dns.TypeTXT, "NOERROR "}, {"a.orders.svc.example.", dns.TypeSRV, "NOERROR "},
		{"none.svc.example.", dns.TypeA, "NXDOMAIN "}, {"z.orders.svc.example.", dns.TypeA, "NXDOMAIN "},
		{"orders.deep.svc.example.", dns.TypeA, "NXDOMAIN "}, {"a.b.orders.svc.example.", dns.TypeA, "NXDOMAIN "},
		{"example.", dns.TypeA, "REFUSED "}, {"xsvc.example.", dns.TypeA, "REFUSED "}, {".", dns.TypeNS, "REFUSED "},
	} {
		r := ask(t, s, "udp", tt.name, tt.kind, tt.want)
		if r.Rcode == dns.RcodeRefused {
			continue
		}
		if len(r.Ns) != 1 {
			t.Errorf("%s: %v", tt.name, r)
			continue
		}
		soa, negative := r.Ns[0].(*dns.SOA), uint32(2)
		if strings.Contains(tt.name, "deep") {
			negative = 1
		}
		if soa.Minttl != negative || soa.Hdr.Ttl != negative {
			t.Errorf("%s: %v", tt.name, soa)
		}
	}
}

// crowd is a view of a name with so many instances.
func crowd(t testing.TB, n int) zone.View {
	named := zone.Named{Name: "orders", Read: true}
	for k := range n {
		named.Instances = append(named.Instances, naming.Instance{ID: fmt.Sprint("web-", k),
			Address: fmt.Sprintf("10.0.%d.%d:80", k/250, 1+k%250), Weight: 1, Lease: time.Hour})
	}
	return zone.View{Bound: time.Minute, Zones: []zone.Known{{Zone: zones(t)[0], Listed: true,
		Names: map[string]zone.Named{"orders": named}}}}
}

func question(t testing.TB, name string, kind, size uint16) []byte {
	m := new(dns.Msg)
	m.SetQuestion(name, kind)
	if size > 0 {
		m.SetEdns0(size, false)
	}
	packet, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return packet
}

// What has no room is cut, and says so; over TCP it has room.
func TestLongAnswersAreCut(t *testing.T) {
	v := crowd(t, 200)
	for _, tt := range []struct {
		size      uint16
		tcp, cut  bool
		most, all int
	}{{0, false, true, 512, 200}, {4096, false, true, udpMax, 200}, {100, false, true, 512, 200},
		{0, true, false, 65535, 200}} {
		packet, _ := respond(v, 0, question(t, "orders.svc.example.", dns.TypeA, tt.size), tt.tcp, 3)
		var m dns.Msg
		if err := m.Unpack(packet); err != nil || len(packet) > tt.most || m.Truncated != tt.cut ||
			(len(m.Answer) == tt.all) == tt.cut || len(m.Answer) == 0 {
			t.Errorf("%+v: %d bytes, %d answers, cut is %v, %v", tt, len(packet), len(m.Answer), m.Truncated, err)
		}
	}
}

// An answer is kept for as long as it is right: its TTL counts down, and a view that is too old has none.
func TestKeptAnswersAreRight(t *testing.T) {
	v := crowd(t, 2)
	named := v.Zones[0].Names["orders"]
	for k := range named.Instances {
		named.Instances[k].Lease = 2500 * time.Millisecond
	}
	v.Bound = 4 * time.Second
	for now, want := range map[time.Duration]uint32{
		0: 2, 400 * time.Millisecond: 2, 600 * time.Millisecond: 1, 1600 * time.Millisecond: 0, 3 * time.Second: 0,
	} {
		packet, _ := respond(v, now, question(t, "orders.svc.example.", dns.TypeA, 0), false, 0)
		var m dns.Msg
		if err := m.Unpack(packet); err != nil || len(m.Answer) != 2 || m.Answer[0].Header().Ttl != want {
			t.Errorf("at %v: %v, %v", now, &m, err)
		}
		steady(t, v, now)
		longer := crowd(t, 2)
		longer.Zones[0].Names["orders"].Instances[1].Lease = 5 * time.Second
		steady(t, longer, now)
	}
	s := &Server{}
	s.known.Store(&known{view: v, at: time.Now()})
	kept := shelf{server: s}
	asked := question(t, "orders.svc.example.", dns.TypeA, 0)
	first := map[string]bool{}
	for k := range 3 * turns {
		asked[0] = byte(k)
		var m dns.Msg
		if err := m.Unpack(kept.answer(asked)); err != nil || m.Id>>8 != uint16(k) || len(m.Answer) != 2 {
			t.Fatalf("%v, %v", &m, err)
		}
		first[m.Answer[0].String()] = true
	}
	if len(first) != 2 {
		t.Errorf("answers begin with %v", first)
	}
	s.known.Store(&known{view: v, at: time.Now(), now: v.Bound + time.Second})
	var m dns.Msg
	if err := m.Unpack(kept.answer(asked)); err != nil || m.Rcode != dns.RcodeServerFailure {
		t.Errorf("of a view that is too old: %v, %v", &m, err)
	}
}

// steady holds that an answer stays the same until the instant that it names.
func steady(t *testing.T, v zone.View, now time.Duration) {
	t.Helper()
	asked := question(t, "orders.svc.example.", dns.TypeA, 0)
	packet, until := respond(v, now, asked, false, 0)
	for _, then := range []time.Duration{now + (until-now)/2, until} {
		if again, _ := respond(v, then, asked, false, 0); string(again) != string(packet) || until < now {
			t.Errorf("at %v there is another answer than at %v, which is to last until %v", then, now, until)
		}
	}
}

// What is no question is refused, or not answered.
func TestOddMessages(t *testing.T) {
	v := crowd(t, 1)
	for name, tt := range map[string]struct {
		change func(m *dns.Msg)
		want   int
	}{
		"an answer":         {func(m *dns.Msg) { m.Response = true }, -1},
		"an update":         {func(m *dns.Msg) { m.Opcode = dns.OpcodeUpdate }, dns.RcodeNotImplemented},
		"no question":       {func(m *dns.Msg) { m.Question = nil }, dns.RcodeFormatError},
		"another class":     {func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }, dns.RcodeRefused},
		"a transfer":        {func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeAXFR }, dns.RcodeRefused},
		"a newer EDNS":      {func(m *dns.Msg) { m.SetEdns0(1232, false).IsEdns0().SetVersion(1) }, dns.RcodeBadVers},
		"whatever there is": {func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeANY }, dns.RcodeSuccess},
	} {
		m := new(dns.Msg)
		m.SetQuestion("orders.svc.example.", dns.TypeA)
		tt.change(m)
		packet, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := respond(v, 0, packet, false, 0)
		var got dns.Msg
		if answer == nil && tt.want == -1 {
			continue
		}
		if err := got.Unpack(answer); err != nil || got.Rcode != tt.want || got.Id != m.Id {
			t.Errorf("%s: %v, %v", name, got.MsgHdr, err)
		}
	}
}

func TestZonesAreRead(t *testing.T) {
	for _, bad := range []string{"", "svc.example", "=/x", "svc.example=x", "svc.example=/", "svc.example=/x/", "a..b=/x",
		"svc.example=/x,ttl=", "svc.example=/x,ttl=-1s", "svc.example=/x,ttl=1500ms", "svc.example=/x,ttl=9999h",
		"svc.example=/x,negative=4h", "svc.example=/x,colour=red", "svc .example=/x",
		"-.example=/x", "-svc.example=/x", "svc-.example=/x", "svc.example-=/x", strings.Repeat("a.", 100) + "=/x"} {
		if z, err := ParseZone(bad); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q is read as %+v, %v", bad, z, err)
		}
	}
	if z, err := ParseZone("s-v--c._tcp.0=/x"); err != nil {
		t.Errorf("%+v, %v", z, err)
	}
	z, err := ParseZone("svc.example=/x,ttl=0s,negative=1m")
	if z != (zone.Zone{Origin: "svc.example.", Path: "/x", Negative: time.Minute}) || err != nil {
		t.Errorf("%+v, %v", z, err)
	}
	file := filepath.Join(t.TempDir(), "zones")
	for text, want := range map[string]string{
		"# none\n\n": "there is no zone in", "a=/a\nb=/b,ttl=soon # b\n": ":2: dns: in the zone \"b=/b,ttl=soon\"",
		"a=/a\n\nA.=/b\n":             ":3: dns: the zone A. is given twice, first in line 1",
		"a=/a,ttl=1m # here\n\n b=/b": "",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := ReadZones(file)
		good := want == "" && err == nil && len(list) == 2
		if !good && (want == "" || err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %+v, %v", text, list, err)
		}
	}
	twice := DefaultConfig()
	twice.Zones = []zone.Zone{z, z}
	if twice.Check() == nil {
		t.Error("a zone may be given twice")
	}
	if c := DefaultConfig(); !netip.MustParseAddrPort(c.Listen).Addr().IsLoopback() {
		t.Errorf("it listens on %s unless told otherwise", c.Listen)
	}
	portOnly := DefaultConfig()
	portOnly.Zones, portOnly.Servers, portOnly.Listen = []zone.Zone{z}, []string{"127.0.0.1:1"}, ":0"
	s, err := Start(portOnly, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if at := s.Addr(); !netip.MustParseAddrPort(at).Addr().IsLoopback() {
		t.Errorf("told nothing but a port, it listens on %s", at)
	}
}

// FuzzPacket: whatever a packet has in it, there is an answer or silence, and an answer is one and fits.
func FuzzPacket(f *testing.F) {
	v := crowd(f, 3)
	for _, name := range []string{"orders.svc.example.", "_orders._tcp.svc.example.", "web-1.orders.svc.example.", "."} {
		f.Add(question(f, name, dns.TypeSRV, 0))
		f.Add(question(f, name, dns.TypeANY, 1232))
	}
	f.Add([]byte{0, 1, 2})
	f.Fuzz(func(t *testing.T, packet []byte) {
		answer, _ := respond(v, 0, packet, false, len(packet))
		if answer == nil {
			return
		}
		var m dns.Msg
		if err := m.Unpack(answer); err != nil || !m.Response || len(answer) > udpMax {
			t.Errorf("%x is answered with %x: %v", packet, answer, err)
		}
	})
}
