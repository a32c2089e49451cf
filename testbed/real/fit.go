package real

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// able are the kinds of fault that can be carried out on real processes, each on a network of its own.
var able = []nemesis.Kind{
	nemesis.Clog, nemesis.Corrupt, nemesis.Crash, nemesis.Delay, nemesis.Duplicate, nemesis.Kill, nemesis.Loss,
	nemesis.Partition, nemesis.Pause, nemesis.Reorder, nemesis.SlowLink, nemesis.Stop, nemesis.Swizzle,
}

// unfit says why a fault can't be carried out on a cluster; "" if it can.
func unfit(f nemesis.Fault) string {
	if !slices.Contains(able, f.Kind) {
		return fmt.Sprintf("%s can't be done to real processes: what can is %s", f.Kind, strings.Join(names(able), ", "))
	}
	if f.AwaitsDeeds() {
		return "what happens within real servers can't be seen, so nothing can wait for it"
	}
	ofProcess := []nemesis.Kind{nemesis.Crash, nemesis.Kill, nemesis.Pause, nemesis.Stop}
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
func Plan(words []string, seed uint64, nodes int, length time.Duration) (nemesis.Plan, error) {
	kinds, err := nemesis.Select(words)
	if err != nil || len(kinds) == 0 {
		return nil, err
	}
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
	return slices.DeleteFunc(plan, func(s nemesis.Step) bool { return unfit(s.Fault) != "" }), nil
}

// ParseNodes reads numbers of servers.
func ParseNodes(words []string) (all []int, err error) {
	for _, word := range words {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > nodesMax {
			return nil, fmt.Errorf("nodes %s: it must be from 1 to %d", word, nodesMax)
		}
		all = append(all, n)
	}
	if len(all) == 0 {
		return nil, errors.New("nodes: there is no number")
	}
	return all, nil
}
