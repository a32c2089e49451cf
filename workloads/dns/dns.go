// Package dns is what instances do that are found by the Domain Name System, and those who ask for them: the workload
// dns.
package dns

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/naming"
	"ordeal/cluster/recipes/zone"
	"ordeal/workloads"
)

// All are the workloads of the package.
func All() []workloads.Workload {
	return []workloads.Workload{
		workloads.Write("dns", 30, 4, workloads.Steps{EndsSessions: true, Step: step, Probe: probe, Drain: drain}),
	}
}

const (
	// stayMax is how long an instance stays, mostly.
	stayMax = 400 * time.Millisecond
	// looksMax is how often a resolver asks, and waitMax how long it follows changes before each time.
	looksMax = 5
	waitMax  = 200 * time.Millisecond
	// bound is how old what is answered from may be.
	bound = 900 * time.Millisecond
	// origin is the zone's, and name the only name in it.
	origin = "svc.example."
	name   = "web"
)

func step(h workloads.Hand) {
	if o := h.Object(); h.Chance(45) {
		belong(h, o)
	} else {
		resolverOf(h, o).ask(h)
	}
}

// instance is one that is registered.
type instance struct {
	id   int64
	name *naming.Name
}

// belong registers, stays for a while and withdraws; at times the instance dies.
func belong(h workloads.Hand, o *workloads.Object) {
	i, ok := register(h, o)
	if !ok {
		return
	}
	h.Sleep(h.UpTo(stayMax))
	if h.Chance(15) {
		h.Abandon()
		return
	}
	i.withdraw(h, o)
}

// register puts an instance behind the name. Those with even numbers have an IPv4 address, the others an IPv6 one.
func register(h workloads.Hand, o *workloads.Object) (i instance, ok bool) {
	i = instance{h.NewValue(), naming.NewName(h, h.Session(), o.Path()+"/"+name)}
	lease := h.Session().Timeout()
	_, outcome := h.Do(o, "register", []any{i.id, h.SessionName(), lease.Milliseconds()},
		func() (any, recipes.Outcome, error) {
			outcome, err := i.name.Register(naming.Instance{ID: fmt.Sprint("i", i.id), Address: address(i.id), Weight: 1},
				h.Patience())
			return nil, outcome, err
		})
	return i, outcome == recipes.Done
}

func address(id int64) string {
	if id%2 == 0 {
		return fmt.Sprintf("10.%d.%d.%d:80", id>>16&255, id>>8&255, id&255)
	}
	return fmt.Sprintf("[fd00::%x:%x]:80", id>>16, id&0xffff)
}

func (i instance) withdraw(h workloads.Hand, o *workloads.Object) bool {
	return h.GiveBack(o, "withdraw", workloads.Usual, []any{i.id, h.SessionName()}, func() (recipes.Outcome, error) {
		return i.name.Withdraw(h.Patience())
	})
}

// ids are those of the instances in an answer's records, in order.
func ids(kind zone.Type, records []zone.Record) (list []any) {
	var numbers []int64
	for _, r := range records {
		numbers = append(numbers, numberOf(kind, r))
	}
	slices.Sort(numbers)
	list = []any{}
	for _, n := range numbers {
		list = append(list, n)
	}
	return list
}

// numberOf is the number of the instance that a record is about: SRV records have it in their target, i17.web, and the
// others in their address.
func numberOf(kind zone.Type, r zone.Record) int64 {
	if kind == zone.SRV {
		label, _, _ := strings.Cut(r.Target, ".")
		n, _ := strconv.ParseInt(strings.TrimPrefix(label, "i"), 10, 64)
		return n
	}
	return numberIn(r.Addr)
}

func numberIn(a netip.Addr) (n int64) {
	bytes := a.AsSlice()
	from := 1
	if !a.Is4() {
		from = len(bytes) - 4
	}
	for _, b := range bytes[min(from, len(bytes)):] {
		n = n<<8 | int64(b)
	}
	return n
}

// probe registers, and waits until an answer lists it.
func probe(h workloads.Hand, o *workloads.Object) bool {
	i, ok := register(h, o)
	if !ok {
		return false
	}
	r := resolverOf(h, o)
	for {
		if err := r.source.Follow(waitMax); err != nil && !h.Session().Alive() {
			return false
		}
		a := r.source.View().Answer(zone.Question{Name: name + "." + origin, Type: zone.SRV}, h.Now(), 0)
		if slices.Contains(ids(zone.SRV, a.Records), any(i.id)) {
			return i.withdraw(h, o)
		}
	}
}

func drain(h workloads.Hand, o *workloads.Object) bool {
	r := resolverOf(h, o)
	r.known.Note(h)
	return r.source.Follow(0) == nil && r.answer(h, zone.SRV)
}
