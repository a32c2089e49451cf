package nemesis

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ordeal/host"
)

// Target says whom a fault hits: one term, or several with commas between, for all that any of them names. A term is a
// role or a machine's name ("n3").
type Target string

// The roles. Minority is the largest number of machines without which the others are a quorum: 2 of 5, 1 of 4.
const (
	roleLeader                = "leader"                  // who leads now; a fault is skipped when nobody is known to
	roleFollower              = "follower"                // one that does not lead
	roleFollowers             = "followers"               // all that do not lead
	roleOne                   = "one"                     // anyone
	roleMinority              = "minority"                // any minority
	roleMajority              = "majority"                // any smallest majority
	roleAll                   = "all"                     // every server
	roleMinorityWithLeader    = "minority-with-leader"    // a minority that the leader is in
	roleMajorityWithLeader    = "majority-with-leader"    // a smallest majority that the leader is in
	roleMinorityWithoutLeader = "minority-without-leader" // a minority of those that do not lead
	roleClient                = "client"                  // any client: network faults and pauses only
	roleClients               = "clients"                 // every client: network faults and pauses only
)

var roles = []string{
	roleAll, roleClient, roleClients, roleFollower, roleFollowers, roleLeader, roleMajority, roleMajorityWithLeader,
	roleMinority, roleMinorityWithLeader, roleMinorityWithoutLeader, roleOne,
}

// Named is the target that names these machines.
func Named(machines []host.Addr) Target { return Target(joinAddrs(machines, ",")) }

func (t Target) terms() []string { return strings.Split(string(t), ",") }

func (t Target) has(term string) bool { return slices.Contains(t.terms(), term) }

func (t Target) check() error {
	terms := t.terms()
	for i, term := range terms {
		switch {
		case term == "":
			return fmt.Errorf("%q has an empty place: write targets with a comma and no space between, as in n1,n3",
				string(t))
		case slices.Contains(terms[:i], term):
			return fmt.Errorf("%q names %s twice", string(t), term)
		case slices.Contains(roles, term) || isMachine(term):
		default:
			return errors.New(unknown("target", term, append(slices.Clone(roles), "and machines, whose names end in a digit")))
		}
	}
	return nil
}

// isMachine holds for names that no role has and no misspelt role: they begin with a letter and end in a digit.
func isMachine(name string) bool {
	for i := range len(name) {
		inner := isDigit(name[i]) || strings.IndexByte("-_.", name[i]) >= 0
		if !isLetter(name[i]) && (i == 0 || !inner) {
			return false
		}
	}
	return isDigit(name[len(name)-1])
}

// compareAddr orders n2 before n10.
func compareAddr(a, b host.Addr) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// cast is who plays which role at the moment when a fault fires.
type cast struct {
	servers, clients []host.Addr // sorted
	leader           host.Addr   // "" if none is known
	// order is the servers as chance has dealt them, those that are up before those that are down. Everything that
	// is random about a target is taken from its front: so another machine's being down moves as little as can be.
	// clientOrder is the clients likewise.
	order, clientOrder []host.Addr
}

// resolve returns the machines that t means, sorted and each once; or the reason why it means none.
func (c *cast) resolve(t Target) (machines []host.Addr, reason string) {
	for _, term := range t.terms() {
		named, reason := c.term(term)
		if reason != "" {
			return nil, reason
		}
		machines = append(machines, named...)
	}
	slices.SortFunc(machines, compareAddr)
	return slices.Compact(machines), ""
}

func (c *cast) term(term string) (machines []host.Addr, reason string) {
	n := len(c.servers)
	minority := (n - 1) / 2
	switch term {
	case roleLeader, roleFollowers, roleMinorityWithLeader, roleMajorityWithLeader, roleMinorityWithoutLeader:
		if c.leader == "" {
			return nil, "no leader known"
		}
	case roleClient, roleClients:
		switch {
		case len(c.clients) == 0:
			return nil, "there are no clients"
		case term == roleClient:
			return slices.Clone(c.clientOrder[:1]), ""
		}
		return c.clients, ""
	}
	switch term {
	case roleLeader:
		return []host.Addr{c.leader}, ""
	case roleFollower:
		return take(c.followers(), 1, 2, n)
	case roleFollowers:
		return take(c.followers(), n-1, 2, n)
	case roleOne:
		return take(c.order, 1, 1, n)
	case roleMinority:
		return take(c.order, minority, 3, n)
	case roleMajority:
		return take(c.order, n/2+1, 1, n)
	case roleAll:
		return take(c.order, n, 1, n)
	case roleMinorityWithLeader:
		return take(c.leaderFirst(), minority, 3, n)
	case roleMajorityWithLeader:
		return take(c.leaderFirst(), n/2+1, 1, n)
	case roleMinorityWithoutLeader:
		return take(c.followers(), minority, 3, n)
	}
	named := host.Addr(term)
	if !slices.Contains(c.servers, named) && !slices.Contains(c.clients, named) {
		return nil, "there is no machine " + term
	}
	return []host.Addr{named}, ""
}

// take returns the first k, where the world has n servers and it takes need of them.
func take(machines []host.Addr, k, need, n int) ([]host.Addr, string) {
	if n < need {
		return nil, tooFew(need, n)
	}
	return slices.Clone(machines[:k]), ""
}

// tooFew is the reason why a fault that needs machines is skipped in a world that has fewer.
func tooFew(need, have int) string {
	plural := "s"
	if need == 1 {
		plural = ""
	}
	return fmt.Sprintf("would need %d machine%s, has %d", need, plural, have)
}

// followers is order without the leader; all of it while none is known, for nobody is known to lead then.
func (c *cast) followers() []host.Addr {
	return slices.DeleteFunc(slices.Clone(c.order), func(a host.Addr) bool { return a == c.leader })
}

func (c *cast) leaderFirst() []host.Addr { return append([]host.Addr{c.leader}, c.followers()...) }
