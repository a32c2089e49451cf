package real

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// Means are what can be done here to a cluster.
type Means struct {
	network  string // the form of it
	noRouter string // why that is not the router, where it was not asked for
}

// Look says what this machine lets be done to a product's clusters. network is the form of the network that is asked
// for: router, proxy, or "" for the one that can be had.
func Look(network string, p *Product) (m Means, err error) {
	m.network, m.noRouter, err = chosen(network, p)
	return m, err
}

// Kinds of fault by what they need.
var (
	ofProcess = []nemesis.Kind{nemesis.Crash, nemesis.Kill, nemesis.Pause, nemesis.Stop}
	ofLink    = []nemesis.Kind{nemesis.Clog, nemesis.Corrupt, nemesis.Delay, nemesis.Partition, nemesis.SlowLink,
		nemesis.Swizzle}
	ofPacket = []nemesis.Kind{nemesis.Duplicate, nemesis.Loss, nemesis.Reorder}
)

// kinds are those that can be carried out.
func (m Means) kinds() []nemesis.Kind {
	all := slices.Concat(ofProcess, ofLink)
	if m.network == formRouter {
		all = append(all, ofPacket...)
	}
	slices.Sort(all)
	return all
}

// unfit says why a fault can't be carried out on a cluster; "" if it can.
func (m Means) unfit(f nemesis.Fault) string {
	able := m.kinds()
	switch {
	case slices.Contains(able, f.Kind):
	case slices.Contains(ofPacket, f.Kind):
		return fmt.Sprintf("%s is of packets, and the network %s carries connections: it needs --network %s, as root on "+
			"Linux", f.Kind, formProxy, formRouter)
	default:
		return fmt.Sprintf("%s can't be done to real processes: what can is %s", f.Kind, strings.Join(names(able), ", "))
	}
	if f.AwaitsDeeds() {
		return "what happens within real servers can't be seen, so nothing can wait for it"
	}
	for term := range strings.SplitSeq(string(f.Target), ",") {
		switch {
		case slices.Contains(nemesis.ToldRoles(), term):
			return term + " is a role that real servers don't tell"
		case slices.Contains(ofProcess, f.Kind) && strings.HasPrefix(term, "c") && !slices.Contains(nemesis.Roles(), term),
			slices.Contains(ofProcess, f.Kind) && (term == "client" || term == "clients"):
			return fmt.Sprintf("clients of a real cluster are no processes of their own: no %s", f.Kind)
		}
	}
	return ""
}

func names(kinds []nemesis.Kind) (all []string) {
	for _, k := range kinds {
		all = append(all, string(k))
	}
	return all
}

// Plan draws a plan of the faults that are asked for, as Select takes them, and that can be carried out. The seed
// decides it. The error says that none of them can.
func (m Means) Plan(words []string, seed uint64, nodes int, length time.Duration) (nemesis.Plan, error) {
	kinds, err := nemesis.Select(words)
	if err != nil || len(kinds) == 0 {
		return nil, err
	}
	able := m.kinds()
	kinds = slices.DeleteFunc(kinds, func(k nemesis.Kind) bool { return !slices.Contains(able, k) })
	if len(kinds) == 0 {
		return nil, fmt.Errorf("faults: none of %s can be done to real processes: what can is %s", strings.Join(words, ","),
			strings.Join(names(able), ", "))
	}
	o := nemesis.SwarmOptions{Clients: true, Length: length, Kinds: kinds, Policy: nemesis.Merciful,
		Untold: nemesis.ToldRoles()}
	for i := range nodes {
		o.Nodes = append(o.Nodes, host.Addr(fmt.Sprintf("n%d", i+1)))
	}
	plan := nemesis.Swarm(sim.Stream(seed, "plan"), o)
	return slices.DeleteFunc(plan, func(s nemesis.Step) bool { return m.unfit(s.Fault) != "" }), nil
}
