package nemesis

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ordeal/host"
	"ordeal/nemesis/scenario"
)

// Target says whom a fault hits: one term, or several with commas between, for all that any of them names. A term is a
// role or a machine's name ("n3").
type Target string

// The roles. Minority is the largest number of machines without which the others are a quorum: 2 of 5, 1 of 4.
const (
	roleLeader                = "leader"                  // who leads now; a fault is skipped when none is known to
	roleFollower              = "follower"                // one that does not lead
	roleFollowers             = "followers"               // all that do not lead
	roleOne                   = "one"                     // anyone
	roleMinority              = "minority"                // any minority
	roleMajority              = "majority"                // any smallest majority
	roleAll                   = "all"                     // every server
	roleMinorityWithLeader    = "minority-with-leader"    // a minority that the leader is in
	roleMajorityWithLeader    = "majority-with-leader"    // a smallest majority that the leader is in
	roleMinorityWithoutLeader = "minority-without-leader" // a minority of those that do not lead
	roleMinorityThird         = "minority-third"          // as many as are less than a third: 1 of 4 to 6, 2 of 7
	roleKeepsQuorum           = "keeps-quorum"            // of those that run, as many as can go and leave just a quorum
	roleBreaksQuorum          = "breaks-quorum"           // of those that run, one more than that
	roleObserver              = "observer"                // a server that does not vote
	roleHolder                = "holder"                  // one to which the holder of a lock, or of the like, is attached
	// the leader just after it has appended: the fault waits for that
	roleLeaderAppended = "leader-appended"
	// the leader just after it has begun to send a snapshot: the fault waits for that
	roleSender   = "sender"
	roleReceiver = "receiver" // a server just after it has begun to receive one: so, too
	roleSaver    = "saver"    // a server just after it has begun to save its own: so, too
	// the first server that needs majorities of old and new voters: so, too
	roleJoiner  = "joiner"
	roleClient  = "client"  // any client: crashes, pauses and network faults only
	roleClients = "clients" // every client: crashes, pauses and network faults only
)

var roles = []string{
	roleAll, roleBreaksQuorum, roleClient, roleClients, roleFollower, roleFollowers, roleHolder, roleJoiner,
	roleKeepsQuorum,
	roleLeader, roleLeaderAppended, roleMajority, roleMajorityWithLeader, roleMinority, roleMinorityThird,
	roleMinorityWithLeader,
	roleMinorityWithoutLeader, roleObserver, roleOne, roleReceiver, roleSaver, roleSender,
}

// Roles lists the roles by name.
func Roles() []string { return slices.Clone(roles) }

// ToldRoles lists the roles of servers, by name, that only the service can tell: of all others it is enough to know who
// leads.
func ToldRoles() []string {
	return []string{roleHolder, roleJoiner, roleLeaderAppended, roleObserver, roleReceiver, roleSaver, roleSender}
}

// Named is the target that names these machines.
func Named(machines []host.Addr) Target { return Target(joinAddrs(machines, ",")) }

func (t Target) terms() []string {
	if t.isDeeds() {
		return []string{string(t)}
	}
	return strings.Split(string(t), ",")
}

// moments are the roles that a server has only at a moment.
var moments = []struct {
	role   string
	moment Moment
}{
	{roleLeaderAppended, Appended}, {roleSender, Sending}, {roleReceiver, Receiving}, {roleSaver, Saving},
	{roleJoiner, Joining},
}

// awaits says that the target is not there at all times, and what it waits for.
func (t Target) awaits() (m Moment, role string, awaits bool) {
	for _, one := range moments {
		if t.has(one.role) {
			return one.moment, one.role, true
		}
	}
	return 0, "", false
}

func (t Target) waits() bool {
	_, _, awaits := t.awaits()
	return awaits
}

func (t Target) has(term string) bool { return slices.Contains(t.terms(), term) }

func (t Target) check() error {
	if t.isDeeds() {
		_, err := t.deeds()
		return err
	}
	terms, waits := t.terms(), 0
	for i, term := range terms {
		if _, _, does := Target(term).awaits(); does {
			waits++
		}
		switch {
		case waits > 1:
			return fmt.Errorf("%q waits for more than one moment", string(t))
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
	servers, clients []host.Addr      // sorted
	leader           host.Addr        // "" if none is known
	met              host.Addr        // the server that a fault has waited for
	deeds            scenario.Servers // those whose deeds it has waited for
	// world is asked for what only some roles need to know: not every world knows all of it.
	world World
	// order is the servers as chance has dealt them, those that are up before those that are down. Everything that
	// is random about a target is taken from its front: so another machine's being down moves as little as can be.
	// clientOrder is the clients likewise.
	order, clientOrder []host.Addr
}

// resolve returns the machines that t means, sorted and each once; or the reason why it means none.
func (c *cast) resolve(t Target) (machines []host.Addr, reason string) {
	if t.isDeeds() {
		return c.ofDeeds(t)
	}
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
	switch term {
	case roleLeader, roleFollowers, roleMinorityWithLeader, roleMajorityWithLeader, roleMinorityWithoutLeader:
		if c.leader == "" {
			return nil, "no leader known"
		}
	}
	switch term {
	case roleLeader:
		return []host.Addr{c.leader}, ""
	case roleHolder:
		return c.holder()
	case roleLeaderAppended, roleSender, roleReceiver, roleSaver, roleJoiner:
		return []host.Addr{c.met}, ""
	case roleKeepsQuorum, roleBreaksQuorum:
		return c.spare(term == roleBreaksQuorum)
	case roleClient, roleClients:
		switch {
		case len(c.clients) == 0:
			return nil, "there are no clients"
		case term == roleClient:
			return slices.Clone(c.clientOrder[:1]), ""
		}
		return c.clients, ""
	}
	if machines, reason, is := c.some(term); is {
		return machines, reason
	}
	named := host.Addr(term)
	if !slices.Contains(c.servers, named) && !slices.Contains(c.clients, named) {
		return nil, "there is no machine " + term
	}
	return []host.Addr{named}, ""
}

// some resolves the roles that take so many servers. Minorities and majorities are of those that vote.
func (c *cast) some(term string) (machines []host.Addr, reason string, is bool) {
	all, voting := len(c.servers), c.voting(c.order)
	n := len(voting)
	minority := (n - 1) / 2
	switch term {
	case roleFollower:
		machines, reason = take(c.followers(c.order), 1, 2, all)
	case roleFollowers:
		machines, reason = take(c.followers(c.order), all-1, 2, all)
	case roleOne:
		machines, reason = take(c.order, 1, 1, all)
	case roleAll:
		machines, reason = take(c.order, all, 1, all)
	case roleMinority:
		machines, reason = take(voting, minority, 3, n)
	case roleMinorityThird:
		machines, reason = take(voting, (n-1)/3, 4, n)
	case roleMajority:
		machines, reason = take(voting, n/2+1, 1, n)
	case roleMinorityWithLeader:
		machines, reason = take(c.leaderFirst(voting), minority, 3, n)
	case roleMajorityWithLeader:
		machines, reason = take(c.leaderFirst(voting), n/2+1, 1, n)
	case roleMinorityWithoutLeader:
		machines, reason = take(c.followers(voting), minority, 3, n)
	case roleObserver:
		observers := slices.DeleteFunc(slices.Clone(c.order), func(a host.Addr) bool { return slices.Contains(voting, a) })
		if len(observers) == 0 {
			return nil, "there is no observer", true
		}
		machines, reason = observers[:1], ""
	default:
		return nil, "", false
	}
	return machines, reason, true
}

// voting are those of some servers that vote.
func (c *cast) voting(servers []host.Addr) []host.Addr {
	observers := c.world.Observers()
	return slices.DeleteFunc(slices.Clone(servers), func(a host.Addr) bool { return slices.Contains(observers, a) })
}

// holder is one of those that hold something.
func (c *cast) holder() ([]host.Addr, string) {
	holders := c.world.Holders()
	for _, a := range c.order {
		if slices.Contains(holders, a) {
			return []host.Addr{a}, ""
		}
	}
	return nil, "no client holds anything"
}

// spare takes as many of the servers that run as leave just a quorum, or one more.
func (c *cast) spare(breaks bool) ([]host.Addr, string) {
	running := slices.DeleteFunc(c.voting(c.order), func(a host.Addr) bool { return !c.world.Up(a) || c.world.Paused(a) })
	k := len(running) - (len(c.voting(c.servers))/2 + 1)
	switch {
	case k < 0:
		return nil, "the quorum is already broken"
	case breaks:
		k++
	case k == 0:
		return nil, "a quorum is already all that runs"
	}
	return running[:k], ""
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

// followers are those of some servers that do not lead; all of them while no leader is known, for none is known to lead
// then.
func (c *cast) followers(servers []host.Addr) []host.Addr {
	return slices.DeleteFunc(slices.Clone(servers), func(a host.Addr) bool { return a == c.leader })
}

func (c *cast) leaderFirst(servers []host.Addr) []host.Addr {
	return append([]host.Addr{c.leader}, c.followers(servers)...)
}
