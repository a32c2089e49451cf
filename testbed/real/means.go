package real

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/real/disk"
)

// Means are what can be done here to a cluster.
type Means struct {
	network  string         // the form of it
	noRouter string         // why that is not the router, where it was not asked for
	faketime string         // the path of libfaketime, if it can move the clocks of the servers' programs
	noClock  string         // why it can't
	asks     []nemesis.Kind // what its servers can be asked for by an operator
	noReconf string         // why they can be asked for nothing, if so
	changes  bool           // that is to be changed
	noDisk   string         // why servers can have no disk that loses what was not synced; "" if they can
}

// Look says what this machine lets be done to a product's clusters. network is the form of the network that is asked
// for: router, proxy, or "" for the one that can be had.
func Look(network string, p *Product) (m Means, err error) {
	if m.network, m.noRouter, err = chosen(network, p); err != nil {
		return m, err
	}
	m.faketime, m.noClock = faketime(p)
	m.asks, m.noReconf = requests(m.network, p)
	if err := disk.Try(); err != nil {
		m.noDisk = err.Error()
	}
	return m, nil
}

// Kinds of fault by what they need.
var (
	ofProcess = []nemesis.Kind{nemesis.Crash, nemesis.Kill, nemesis.Pause, nemesis.Stop}
	ofLink    = []nemesis.Kind{nemesis.Clog, nemesis.Corrupt, nemesis.Delay, nemesis.Partition, nemesis.SlowLink,
		nemesis.Swizzle}
	ofPacket = []nemesis.Kind{nemesis.Duplicate, nemesis.Loss, nemesis.Reorder}
)

// sparesMax is how many servers a plan that is drawn has join: for each a machine is made.
const sparesMax = 3

// kinds are those that can be carried out.
func (m Means) kinds() []nemesis.Kind {
	all := slices.Concat(ofProcess, ofLink)
	if m.network == formRouter {
		all = append(all, ofPacket...)
	}
	if m.noDisk == "" {
		all = append(all, ofDisk...)
	}
	all = append(all, m.asks...)
	if m.noClock == "" {
		all = append(all, ofClock...)
	}
	slices.Sort(all)
	return all
}

// unfit says why a fault can't be carried out on a cluster; "" if it can.
func (m Means) unfit(f nemesis.Fault) string {
	able := m.kinds()
	switch {
	case slices.Contains(able, f.Kind), slices.Contains(ofClock, f.Kind): // it is skipped where no clock can be moved
	case slices.Contains(ofPacket, f.Kind):
		return fmt.Sprintf("%s is of packets, and the network %s carries connections: it needs --network %s, as root on "+
			"Linux", f.Kind, formProxy, formRouter)
	case slices.Contains(ofMembership, f.Kind) && m.noReconf != "":
		return fmt.Sprintf("no %s: %s", f.Kind, m.noReconf)
	case f.Kind == nemesis.Demote:
		return "no demote: etcd makes no learner of a member that votes"
	case f.Kind == nemesis.Transfer:
		return "no transfer: neither ZooKeeper's protocol nor ours has a request for it; a leader that is asked to stop " +
			"hands over"
	case slices.Contains(ofDisk, f.Kind):
		return fmt.Sprintf("%s needs disks that lose what was not synced: %s", f.Kind, m.noDisk)
	default:
		return fmt.Sprintf("%s can't be done to real processes: what can is %s", f.Kind, strings.Join(names(able), ", "))
	}
	if f.AwaitsDeeds() {
		return "what happens within real servers can't be seen, so nothing can wait for it"
	}
	for term := range strings.SplitSeq(string(f.Target), ",") {
		switch {
		case slices.Contains(m.untold(), term):
			return term + " is a role that real servers don't tell"
		case !slices.Contains(ofLink, f.Kind) && !slices.Contains(ofPacket, f.Kind) && ofClient(term):
			return fmt.Sprintf("clients of a real cluster are no processes of their own: no %s", f.Kind)
		}
	}
	return ""
}

// untold are the roles that servers don't tell.
func (m Means) untold() []string {
	return slices.DeleteFunc(nemesis.ToldRoles(), func(role string) bool { return role == "observer" && len(m.asks) > 0 })
}

// ofClient says whether a word of a target means clients.
func ofClient(term string) bool {
	return term == "client" || term == "clients" ||
		strings.HasPrefix(term, "c") && !slices.Contains(nemesis.Roles(), term)
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
		Untold: m.untold()}
	for i := range nodes {
		o.Nodes = append(o.Nodes, host.Addr(fmt.Sprintf("n%d", i+1)))
	}
	plan := nemesis.Swarm(sim.Stream(seed, "plan"), o)
	room := min(sparesMax, nodesMax-nodes)
	return slices.DeleteFunc(plan, func(s nemesis.Step) bool {
		n := joins(nemesis.Plan{s})
		if m.unfit(s.Fault) != "" || n > room {
			return true
		}
		room -= n
		return false
	}), nil
}

// Network is the form of the network that there is between the machines of a cluster.
func (m Means) Network() string { return m.network }
