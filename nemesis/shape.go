package nemesis

import (
	"slices"
	"strings"

	"ordeal/host"
)

// Shape says which links a partition cuts.
type Shape string

// The shapes.
const (
	Bridge    Shape = "bridge"      // two halves that see only one machine in common, which sees all
	Halves    Shape = "halves"      // two halves; of an odd number, one is larger by a machine
	Isolate   Shape = "isolate"     // the target, together, on one side, and the others on the other
	OneWayIn  Shape = "one-way-in"  // the target hears no other, but is heard
	OneWayOut Shape = "one-way-out" // no other hears the target, but it hears
	Pairs     Shape = "pairs"       // two and two do not see each other; of an odd number, one sees all
	Ring      Shape = "ring"        // every machine sees a majority, and no two see the same
	Shatter   Shape = "shatter"     // no two see each other
)

type shapeInfo struct {
	shape Shape
	need  int  // how many servers it takes at least
	aimed bool // whether it has a target
}

var shapes = []shapeInfo{
	{Bridge, 3, false},
	{Halves, 2, false},
	{Isolate, 1, true},
	{OneWayIn, 1, true},
	{OneWayOut, 1, true},
	{Pairs, 2, false},
	{Ring, 4, false},
	{Shatter, 2, false},
}

func (s Shape) info() (shapeInfo, bool) {
	for _, info := range shapes {
		if info.shape == s {
			return info, true
		}
	}
	return shapeInfo{}, false
}

// Shapes lists the shapes by name.
func Shapes() []Shape {
	var all []Shape
	for _, info := range shapes {
		all = append(all, info.shape)
	}
	return all
}

func shapeNames() []string {
	var names []string
	for _, info := range shapes {
		names = append(names, string(info.shape))
	}
	return names
}

// cutBetween says whether the link from the server at place i of n, in an order that chance has dealt, to the one at
// place j is cut. It holds for the shapes without a target.
func (s Shape) cutBetween(i, j, n int) bool {
	switch s {
	case Bridge:
		bridge := n / 2
		return (i < bridge && j > bridge) || (i > bridge && j < bridge)
	case Halves:
		return (i < n/2) != (j < n/2)
	case Pairs:
		return i/2 == j/2
	case Ring:
		return !ringNeighbours(i, j, n)
	}
	return true // Shatter
}

// ringNeighbours holds if i and j, of n in a ring, see each other. Everybody sees as many nearest neighbours as make a
// majority with itself. Where that number is odd, the last is who is straight across; of an odd n, there are two.
func ringNeighbours(i, j, n int) bool {
	distance := min((i-j+n)%n, (j-i+n)%n)
	seen := n / 2 // besides itself
	return distance <= seen/2 || seen%2 == 1 && distance == n/2
}

// cuts returns the ways that a partition cuts, sorted, and a picture of it; or the reason why it cuts none. homes
// gives each client, in the order of c.clients, the place in c.order of the server whose side it is on.
func (c *cast) cuts(f Fault, homes []int) (ways []Way, picture, reason string) {
	info, _ := f.Shape.info()
	n := len(c.servers)
	if n < info.need {
		return nil, "", tooFew(info.need, n)
	}
	var target []host.Addr
	if info.aimed {
		if target, reason = c.resolve(f.Target); reason != "" {
			return nil, "", reason
		}
		if !slices.ContainsFunc(c.servers, func(s host.Addr) bool { return !slices.Contains(target, s) }) {
			return nil, "", "no machine is on the other side"
		}
	}
	cut := c.rule(f.Shape, target)
	for _, from := range c.order {
		for _, to := range c.order {
			if from != to && cut(from, to) {
				ways = append(ways, Way{from, to})
			}
		}
	}
	ways = append(ways, c.clientCuts(f, target, homes, cut)...)
	slices.SortFunc(ways, compareWay)
	return ways, c.picture(f.Shape, target), ""
}

// rule is the shape as a question: whether what from sends to another server, to, is lost. It is asked of clients
// too where the target has clients.
func (c *cast) rule(shape Shape, target []host.Addr) func(from, to host.Addr) bool {
	in := func(a host.Addr) bool { return slices.Contains(target, a) }
	switch shape {
	case Isolate:
		return func(from, to host.Addr) bool { return in(from) != in(to) }
	case OneWayIn:
		return func(from, to host.Addr) bool { return in(to) && !in(from) }
	case OneWayOut:
		return func(from, to host.Addr) bool { return in(from) && !in(to) }
	}
	place := func(a host.Addr) int { return slices.Index(c.order, a) }
	return func(from, to host.Addr) bool { return shape.cutBetween(place(from), place(to), len(c.order)) }
}

// clientCuts are the ways between clients and servers. A client in the target is treated as the servers in it are.
// Any other is cut off only with WithClients, and then it sees what its home server sees.
func (c *cast) clientCuts(f Fault, target []host.Addr, homes []int, cut func(from, to host.Addr) bool) (ways []Way) {
	for i, client := range c.clients {
		as := client
		if !slices.Contains(target, client) {
			if !f.WithClients {
				continue
			}
			as = c.order[homes[i]]
		}
		for _, server := range c.servers {
			if as == server {
				continue
			}
			if cut(as, server) {
				ways = append(ways, Way{client, server})
			}
			if cut(server, as) {
				ways = append(ways, Way{server, client})
			}
		}
	}
	return ways
}

// picture shows the sides: "n1 n2 | n3 n4 n5"; a bridge in brackets; a ring in its order; one way as what is lost.
func (c *cast) picture(shape Shape, target []host.Addr) string {
	n := len(c.order)
	switch shape {
	case Bridge:
		return list(c.order[:n/2]) + " (" + string(c.order[n/2]) + ") " + list(c.order[n/2+1:])
	case Halves:
		return list(c.order[:n/2]) + " | " + list(c.order[n/2:])
	case Pairs:
		var pairs []string
		for i := 0; i+1 < n; i += 2 {
			pairs = append(pairs, list(c.order[i:i+2]))
		}
		return "not " + strings.Join(pairs, ", not ")
	case Ring:
		return "ring of " + joinAddrs(c.order, " ")
	case Shatter:
		return joinAddrs(c.servers, " | ")
	}
	others := slices.DeleteFunc(slices.Clone(c.servers), func(a host.Addr) bool { return slices.Contains(target, a) })
	switch shape {
	case OneWayIn:
		return "lost: " + list(others) + " > " + list(target)
	case OneWayOut:
		return "lost: " + list(target) + " > " + list(others)
	}
	return list(target) + " | " + list(others)
}

// links returns the ways that a packet fault hits, sorted: both directions between the target and every server, and
// between the target and every client if asked for; or the reason why there are none.
func (c *cast) links(f Fault) (ways []Way, machines []host.Addr, reason string) {
	target, reason := c.resolve(f.Target)
	if reason != "" {
		return nil, nil, reason
	}
	peers := c.servers
	if f.WithClients {
		peers = append(slices.Clone(c.servers), c.clients...)
	}
	for _, machine := range target {
		isClient := slices.Contains(c.clients, machine)
		for _, peer := range peers {
			if peer != machine && !(isClient && slices.Contains(c.clients, peer)) {
				ways = append(ways, Way{machine, peer}, Way{peer, machine})
			}
		}
	}
	if len(ways) == 0 {
		return nil, nil, tooFew(2, len(c.servers))
	}
	slices.SortFunc(ways, compareWay)
	return slices.Compact(ways), target, ""
}
