package zone

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/cluster/recipes/naming"
)

// Type is a type of records, by its number in the Domain Name System.
type Type uint16

// The types that are answered. Any is a question for whatever there is.
const (
	A    Type = 1
	NS   Type = 2
	SOA  Type = 6
	TXT  Type = 16
	AAAA Type = 28
	SRV  Type = 33
	Any  Type = 255
)

// Code is what an answer says, by its number in the Domain Name System.
type Code uint8

const (
	// NoError says that the name exists; without records of the type that was asked for it is what is called NODATA.
	NoError Code = 0
	// ServFail says that what is known is too old.
	ServFail Code = 2
	// NXDomain says that there is no such name.
	NXDomain Code = 3
	// Refused says that the name is in no zone.
	Refused Code = 5
)

// Question asks for records of a type. Name has a dot at the end.
type Question struct {
	Name string
	Type Type
}

// Record is one of an answer. Which fields it has depends on its type.
type Record struct {
	Name string
	Type Type
	// TTL counts whole seconds.
	TTL time.Duration
	// Addr is of A and AAAA, Target of SRV, NS and SOA, Port and Weight of SRV, Text of TXT, Serial and Negative of SOA.
	Addr         netip.Addr
	Target       string
	Port, Weight uint16
	Text         []string
	Serial       uint32
	// Negative is how long it may be kept that something is not there.
	Negative time.Duration
}

// Answer is the answer to a question.
type Answer struct {
	Code                           Code
	Records, Authority, Additional []Record
	// AsOf is an instant at or behind which it was so, and Until the one up to which the view has this answer and no
	// other.
	AsOf, Until time.Duration
}

// Answer is the answer to a question at an instant. turn says with which of several records it begins, for load to be
// spread.
func (v View) Answer(q Question, now time.Duration, turn int) Answer {
	a := v.answer(q, now, turn)
	switch stale := a.AsOf + v.Bound; {
	case a.Code == Refused || a.Code == ServFail:
		a.Until = math.MaxInt64
	case a.Until == 0:
		a.Until = stale
	default:
		a.Until = min(a.Until, stale)
	}
	return a
}

func (v View) answer(q Question, now time.Duration, turn int) Answer {
	z, before := v.zone(q.Name)
	switch {
	case z == nil:
		return Answer{Code: Refused}
	case !z.Listed || !v.fresh(z.AsOf, now):
		return Answer{Code: ServFail}
	case len(before) == 0:
		return z.apex(q)
	}
	name, id := before[len(before)-1], ""
	switch service := before[0]; {
	case len(before) == 1 && (name == "_tcp" || name == "_udp") && len(z.Names) > 0:
		return z.nothing(NoError, z.AsOf)
	case len(before) == 2 && (name == "_tcp" || name == "_udp") && strings.HasPrefix(service, "_"):
		name = service[1:]
	case len(before) == 2:
		id = service
	case len(before) > 2:
		return z.nothing(NXDomain, z.AsOf)
	}
	named, there := z.Names[name]
	switch {
	case !there:
		return z.nothing(NXDomain, z.AsOf)
	case !named.Read || !v.fresh(named.AsOf, now):
		return Answer{Code: ServFail}
	}
	return z.of(q, named, id, now, turn)
}

// of is the answer about a name, or about one instance behind it.
func (z *Known) of(q Question, named Named, id string, now time.Duration, turn int) Answer {
	list := named.Instances
	if id != "" {
		i := slices.IndexFunc(list, func(i naming.Instance) bool { return label(i.ID) == id })
		if i < 0 {
			return z.nothing(NXDomain, named.AsOf)
		}
		list = list[i : i+1]
	}
	kinds := []Type{q.Type}
	if q.Type == Any { // one of those that there are, as RFC 8482 has it
		kinds = []Type{A, AAAA, SRV}
	}
	service := strings.HasPrefix(q.Name, "_") // which has SRV records alone
	for _, kind := range kinds {
		if kind != SRV && service || kind == SRV && id != "" {
			continue
		}
		a := z.records(q.Name, kind, named, list, now)
		if len(a.Records) > 0 {
			turn %= len(a.Records)
			a.Records = slices.Concat(a.Records[turn:], a.Records[:turn])
			a.AsOf = named.AsOf
			return a
		}
	}
	return z.nothing(NoError, named.AsOf)
}

// records are those of a type, all with one TTL, each once.
func (z *Known) records(owner string, kind Type, named Named, list []naming.Instance, now time.Duration) (a Answer) {
	left := leftOf(list, now-named.AsOf)
	ttl := bendTTL(min(z.TTL, left).Truncate(time.Second), z.TTL)
	if left > 0 {
		a.Until = now + left - ttl
	}
	listed := make(map[netip.Addr]bool, len(list))
	for _, i := range list {
		addr, port := reached(i)
		r := Record{Name: owner, Type: kind, TTL: ttl, Addr: addr}
		switch {
		case kind == SRV:
			r.Addr, r.Port, r.Weight, r.Target = netip.Addr{}, port, uint16(i.Weight), target(i)
			if addr.IsValid() {
				r.Target = label(i.ID) + "." + strings.ToLower(named.Name) + "." + z.Origin
				a.Additional = append(a.Additional, Record{Name: r.Target, Type: addrType(addr), TTL: ttl, Addr: addr})
			}
		case kind == TXT:
			r.Addr, r.Text = netip.Addr{}, text(i)
		case !addr.IsValid() || addrType(addr) != kind || listed[addr]:
			continue
		}
		listed[addr] = true
		a.Records = append(a.Records, r)
	}
	return a
}

// leftOf is what can be left of the shortest of these instances' sessions, as of something that is so old. Of a session
// that an instance does not say the length of nothing is left.
func leftOf(list []naming.Instance, age time.Duration) time.Duration {
	left := time.Duration(math.MaxInt64)
	for _, i := range list {
		left = min(left, i.Lease-age)
	}
	return max(0, left)
}

// nothing is an answer without records, which may be kept for the zone's negative TTL.
func (z *Known) nothing(code Code, asOf time.Duration) Answer {
	soa := z.soa()
	soa.TTL = z.Negative
	return Answer{Code: code, Authority: []Record{soa}, AsOf: asOf}
}

// apex is the answer about the zone's own name.
func (z *Known) apex(q Question) Answer {
	switch q.Type {
	case SOA, Any:
		return Answer{Records: []Record{z.soa()}, AsOf: z.AsOf}
	case NS:
		return Answer{Records: []Record{{Name: z.Origin, Type: NS, TTL: z.TTL, Target: z.server()}}, AsOf: z.AsOf}
	}
	return z.nothing(NoError, z.AsOf)
}

func (z *Known) soa() Record {
	return Record{Name: z.Origin, Type: SOA, TTL: z.TTL, Target: z.server(), Serial: z.Serial, Negative: z.Negative}
}

// server is what the zone calls who answers for it.
func (z *Known) server() string { return "ns." + z.Origin }

// reached is an instance's address, which is not valid if it is a host's name, and its port.
func reached(i naming.Instance) (netip.Addr, uint16) {
	at := strings.LastIndexByte(i.Address, ':')
	port, _ := strconv.ParseUint(i.Address[at+1:], 10, 16)
	addr, _ := netip.ParseAddr(strings.Trim(i.Address[:max(at, 0)], "[]"))
	return addr.Unmap().WithZone(""), uint16(port)
}

// target is the host's name that an instance has for an address.
func target(i naming.Instance) string {
	host, _, _ := strings.Cut(i.Address, ":")
	if !labels(strings.TrimSuffix(host, ".")) || len(host) > originMax {
		return "."
	}
	return strings.TrimSuffix(host, ".") + "."
}

func addrType(a netip.Addr) Type {
	if a.Is4() {
		return A
	}
	return AAAA
}

// text is what an instance says of itself, in strings of at most 255 bytes.
func text(i naming.Instance) (list []string) {
	for _, one := range []string{"id=" + i.ID, "address=" + i.Address, fmt.Sprint("weight=", i.Weight),
		fmt.Sprint("load=", i.Load)} {
		list = append(list, one[:min(len(one), 255)])
	}
	return list
}
