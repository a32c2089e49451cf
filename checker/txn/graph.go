package txn

import "slices"

// edge is why one transaction is before another.
type edge uint8

const (
	ww edge = iota // the second wrote a version behind the first one's
	wr             // the second read what the first wrote
	rw             // the second wrote a version behind the one that the first read
	process
	realtime
	// pass leads on from a node that stands for many: a dependency that led to the node goes on to all behind it.
	pass
)

func (e edge) String() string { return [...]string{"ww", "wr", "rw", "process", "realtime", "pass"}[e] }

// edges is a set of kinds of edge.
type edges uint8

func (e edges) has(k edge) bool { return e&(1<<k) != 0 }

func setOf(kinds ...edge) edges {
	s := edges(0)
	for _, k := range kinds {
		s |= 1 << k
	}
	return s
}

// The kind of an edge stands in the upper bits of the node that it leads to.
const (
	kindShift = 28
	nodeMask  = 1<<kindShift - 1
)

// builder collects dependencies. Its first nodes are the transactions; others stand for many edges at once.
type builder struct {
	nodes int
	edges []struct{ from, to uint32 }
}

// room makes room for so many edges.
func (g *builder) room(n int) { g.edges = slices.Grow(g.edges, n) }

func (g *builder) add(from, to int, kind edge) {
	if from != to {
		g.edges = append(g.edges, struct{ from, to uint32 }{uint32(from), uint32(to) | uint32(kind)<<kindShift})
	}
}

// node is a new one that stands for many.
func (g *builder) node() int {
	g.nodes++
	return g.nodes - 1
}

// manyMax is how many edges between two groups are added one by one.
const manyMax = 64

// link adds an edge from every one of a group to every one of another, but for those from a node to itself. The second
// group has each node once. Where it would take too many, nodes that stand for the first and the last so many of the
// second group take their place: one that is in both groups leads to those before it and to those behind it.
func (g *builder) link(from, to []int, kind edge) {
	if len(from)*len(to) <= manyMax {
		for _, a := range from {
			for _, b := range to {
				g.add(a, b, kind)
			}
		}
		return
	}
	place := make(map[int]int, len(to))
	firsts, lasts := make([]int, len(to)), make([]int, len(to))
	for i, b := range to {
		place[b] = i
		firsts[i], lasts[i] = g.node(), g.node()
		g.add(firsts[i], b, pass)
		g.add(lasts[i], b, pass)
		if i > 0 {
			g.add(firsts[i], firsts[i-1], pass)
			g.add(lasts[i-1], lasts[i], pass)
		}
	}
	for _, a := range from {
		i, both := place[a]
		switch {
		case !both:
			g.add(a, firsts[len(to)-1], kind)
			continue
		case i > 0:
			g.add(a, firsts[i-1], kind)
		}
		if i < len(to)-1 {
			g.add(a, lasts[i+1], kind)
		}
	}
}

// graph is nodes with the edges that lead from each.
type graph struct {
	// starts is where each node's edges begin, and after the last one where they end.
	starts []uint32
	to     []uint32
}

func (g *builder) graph() graph {
	out := graph{make([]uint32, g.nodes+1), make([]uint32, len(g.edges))}
	for _, e := range g.edges {
		out.starts[e.from+1]++
	}
	for n := range g.nodes {
		out.starts[n+1] += out.starts[n]
	}
	next := make([]uint32, g.nodes)
	for _, e := range g.edges {
		out.to[out.starts[e.from]+next[e.from]] = e.to
		next[e.from]++
	}
	return out
}

func (g graph) nodes() int { return len(g.starts) - 1 }

func (g graph) from(n uint32) []uint32 { return g.to[g.starts[n]:g.starts[n+1]] }

func split(to uint32) (node uint32, kind edge) { return to & nodeMask, edge(to >> kindShift) }
