package dns

import (
	"encoding/binary"
	"time"

	"github.com/miekg/dns"

	"ordeal/cluster/recipes/zone"
)

const (
	headerBytes = 12
	// udpMin is what any client takes over UDP, and udpMax what is sent to those who say that they take more: it fits
	// into a packet of nearly every network.
	udpMin, udpMax = dns.MinMsgSize, 1232
	// ednsVersion is the only one that there is.
	ednsVersion = 0
)

// respond is the answer to a packet of any bytes, as long as the client takes it, and the instant until which the view
// has that and no other; nil is silence, which is for what is no question.
func respond(v zone.View, now time.Duration, packet []byte, tcp bool, turn int) (answer []byte, until time.Duration) {
	if len(packet) < headerBytes || packet[2]&0x80 != 0 {
		return nil, 0 // no header, or an answer
	}
	var q dns.Msg
	if err := q.Unpack(packet); err != nil {
		return refusal(packet, dns.RcodeFormatError), 0
	}
	m := new(dns.Msg)
	m.SetReply(&q)
	m.Compress = true
	size := udpMin
	if opt := q.IsEdns0(); opt != nil {
		size = max(udpMin, min(udpMax, int(opt.UDPSize())))
		m.SetEdns0(udpMax, false)
	}
	if tcp {
		size = dns.MaxMsgSize
	}
	switch m.Rcode = unasked(&q); m.Rcode {
	case dns.RcodeSuccess:
		a := v.Answer(zone.Question{Name: q.Question[0].Name, Type: zone.Type(q.Question[0].Qtype)}, now, turn)
		fill(m, a)
		until = a.Until
	case dns.RcodeBadVers:
		m.IsEdns0().SetExtendedRcode(dns.RcodeBadVers)
	}
	m.Truncate(size)
	packed, err := m.Pack()
	if err != nil {
		return refusal(packet, dns.RcodeServerFailure), 0
	}
	return packed, until
}

// unasked is why a message is not answered from the view, or success.
func unasked(q *dns.Msg) int {
	switch opt := q.IsEdns0(); {
	case opt != nil && opt.Version() != ednsVersion:
		return dns.RcodeBadVers
	case q.Opcode != dns.OpcodeQuery:
		return dns.RcodeNotImplemented
	case len(q.Question) != 1:
		return dns.RcodeFormatError
	case q.Question[0].Qclass != dns.ClassINET, q.Question[0].Qtype == dns.TypeAXFR, q.Question[0].Qtype == dns.TypeIXFR:
		return dns.RcodeRefused
	}
	return dns.RcodeSuccess
}

// refusal is an answer of nothing but a header, made of that of a packet.
func refusal(packet []byte, code int) []byte {
	header := make([]byte, headerBytes)
	copy(header, packet[:2])
	header[2] = packet[2]&0x79 | 0x80 // its operation and whether recursion is desired, and that it is an answer
	header[3] = byte(code)
	binary.BigEndian.PutUint16(header[4:], 0)
	return header
}

// fill writes an answer into a message.
func fill(m *dns.Msg, a zone.Answer) {
	m.Rcode = int(a.Code)
	m.Authoritative = a.Code == zone.NoError || a.Code == zone.NXDomain
	m.Answer = records(a.Records)
	m.Ns = records(a.Authority)
	m.Extra = append(records(a.Additional), m.Extra...)
}

func records(list []zone.Record) (rrs []dns.RR) {
	for _, r := range list {
		h := dns.RR_Header{Name: r.Name, Rrtype: uint16(r.Type), Class: dns.ClassINET, Ttl: uint32(r.TTL / time.Second)}
		switch r.Type {
		case zone.A:
			rrs = append(rrs, &dns.A{Hdr: h, A: r.Addr.AsSlice()})
		case zone.AAAA:
			rrs = append(rrs, &dns.AAAA{Hdr: h, AAAA: r.Addr.AsSlice()})
		case zone.SRV:
			rrs = append(rrs, &dns.SRV{Hdr: h, Weight: r.Weight, Port: r.Port, Target: r.Target})
		case zone.TXT:
			rrs = append(rrs, &dns.TXT{Hdr: h, Txt: escaped(r.Text)})
		case zone.NS:
			rrs = append(rrs, &dns.NS{Hdr: h, Ns: r.Target})
		case zone.SOA:
			rrs = append(rrs, &dns.SOA{Hdr: h, Ns: r.Target, Mbox: "hostmaster." + r.Name, Serial: r.Serial,
				Refresh: 3600, Retry: 600, Expire: 86400, Minttl: uint32(r.Negative / time.Second)})
		}
	}
	return rrs
}

// escaped is text as the library has it, in which a backslash stands before bytes that mean something.
func escaped(text []string) (list []string) {
	for _, one := range text {
		var b []byte
		for i := range len(one) {
			if one[i] == '\\' || one[i] == '"' {
				b = append(b, '\\')
			}
			b = append(b, one[i])
		}
		list = append(list, string(b))
	}
	return list
}
