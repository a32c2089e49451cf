package txn

// A cycle is looked for in one knot at a time. It begins with a dependency of a kind that it must have, and goes on by
// breadth, so that the first way back is a shortest one.

// goal says what a cycle must be like.
type goal struct {
	// first is the kind of the dependency that it is looked for from; rest are the kinds of the others.
	first edge
	rest  edges
	// needs is a kind that must be among the others; pass if there is none.
	needs edge
	// apart says that no two dependencies rw follow each other, and several that there are two at least.
	apart, several bool
	// least is how many dependencies there are at least.
	least int
}

// What a way has come to, besides its node.
const (
	hasNeeded = 1 << iota
	lastRW
	hasSecond
	states = 8
)

// after is what a way has come to once it takes an edge; ok is false if it may not.
func (g goal) after(state uint32, kind edge) (next uint32, ok bool) {
	if kind == pass {
		return state, true
	}
	if !g.rest.has(kind) || g.apart && kind == rw && state&lastRW != 0 {
		return 0, false
	}
	next = state &^ lastRW
	if kind == g.needs {
		next |= hasNeeded
	}
	if kind == rw {
		next |= hasSecond
		if g.apart {
			next |= lastRW
		}
	}
	return next, true
}

// met says whether a way that is back where its first edge began is a cycle of the kind looked for.
func (g goal) met(state uint32) bool {
	return (g.needs == pass || state&hasNeeded != 0) && (!g.several || state&hasSecond != 0) && state&lastRW == 0
}

// searchSteps bounds the search for cycles of one kind in one history.
const searchSteps = 50_000_000

// step is where a way came from.
type step struct {
	from int32
	kind edge
}

// search looks for ways in one knot, whose nodes have numbers of their own.
type search struct {
	graph
	// whole is the graph that the knot is of.
	whole graph
	nodes []uint32 // what the whole graph calls them
	// reached is the round in which a way came to a node and state, and by what.
	reached []uint32
	by      []step
	round   uint32
	steps   *int
}

// newSearch copies the part of a graph that lies within a knot. local is room for a number for each node, all 0.
func newSearch(g graph, knot []uint32, local []uint32, steps *int) *search {
	s := &search{whole: g, nodes: knot, steps: steps}
	for i, n := range knot {
		local[n] = uint32(i) + 1
	}
	s.starts = make([]uint32, 1, len(knot)+1)
	for _, n := range knot {
		for _, e := range g.from(n) {
			if to, kind := split(e); local[to] > 0 {
				s.to = append(s.to, local[to]-1|uint32(kind)<<kindShift)
			}
		}
		s.starts = append(s.starts, uint32(len(s.to)))
	}
	for _, n := range knot {
		local[n] = 0
	}
	s.reached, s.by = make([]uint32, states*len(knot)), make([]step, states*len(knot))
	return s
}

// hop is a dependency of a cycle: from a transaction, by a kind.
type hop struct {
	txn  int
	kind edge
}

// shortest is a shortest cycle with the goal, nil if there is none; over says that the search was given up.
// transactions is how many nodes of the whole graph are transactions.
func (s *search) shortest(g goal, transactions int) (best []hop, over bool) {
	for n := range uint32(len(s.nodes)) {
		if int(s.nodes[n]) >= transactions {
			continue
		}
		for _, e := range s.from(n) {
			to, kind := split(e)
			if kind != g.first {
				continue
			}
			limit := len(s.nodes) + 1
			if best != nil {
				limit = len(best) - 1
			}
			if cycle := s.back(g, n, to, limit, transactions); cycle != nil {
				best = cycle
			}
			if best != nil && len(best) <= g.least {
				return best, false
			}
			if *s.steps <= 0 {
				return best, true
			}
		}
	}
	return best, false
}

// back looks for a way from a node back to the one before it, so that there are at most limit dependencies in all.
func (s *search) back(g goal, start, first uint32, limit, transactions int) []hop {
	s.round++
	state, _ := goal{first: g.first, rest: setOf(g.first), needs: g.needs, apart: g.apart}.after(0, g.first)
	state &^= hasSecond
	at := first*states + state
	s.reached[at], s.by[at] = s.round, step{-1, g.first}
	level := []uint32{at}
	for length := 1; length < limit && len(level) > 0; length++ {
		var next []uint32
		for i := 0; i < len(level); i++ {
			here := level[i]
			for _, e := range s.from(here / states) {
				*s.steps--
				to, kind := split(e)
				state, ok := g.after(here%states, kind)
				at := to*states + state
				if !ok || s.reached[at] == s.round {
					continue
				}
				s.reached[at], s.by[at] = s.round, step{int32(here), kind}
				if to == start && g.met(state) {
					if cycle := s.way(at, start, transactions); cycle != nil {
						return cycle
					}
				}
				if kind == pass {
					level = append(level, at)
				} else {
					next = append(next, at)
				}
			}
			if *s.steps <= 0 {
				return nil
			}
		}
		level = next
	}
	return nil
}

// way is the dependencies of a cycle that ends at a node and state, nil if it comes to one transaction twice: then it
// is made of two smaller ones.
func (s *search) way(end, start uint32, transactions int) []hop {
	var back []hop
	seen := map[int]bool{}
	kind := pass
	for at := int32(end); at >= 0; at = s.by[at].from {
		if k := s.by[at].kind; k != pass {
			kind = k
		}
		from := start
		if f := s.by[at].from; f >= 0 {
			from = uint32(f) / states
		}
		if n := int(s.nodes[from]); n < transactions {
			if seen[n] {
				return nil
			}
			seen[n] = true
			back = append(back, hop{n, kind})
		}
	}
	for i, k := 0, len(back)-1; i < k; i, k = i+1, k-1 {
		back[i], back[k] = back[k], back[i]
	}
	return back
}
