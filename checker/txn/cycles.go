package txn

import "fmt"

// shape is a kind of cycle. Within an order of processes or of time, its name goes on with that.
type shape struct {
	name string
	goal goal
	// among are the dependencies whose knots it is looked for in; antidependent says that these are to be knots even
	// without two rw in a row.
	among         edges
	antidependent bool
}

func shapes() []shape {
	written, seen, all := setOf(ww), setOf(ww, wr), setOf(ww, wr, rw)
	return []shape{
		{"G0", goal{first: ww, rest: written, least: 2}, written, false},
		{"G1c", goal{first: wr, rest: seen, least: 2}, seen, false},
		{"G-single", goal{first: rw, rest: seen, least: 2}, all, true},
		{"G-nonadjacent", goal{first: rw, rest: all, apart: true, several: true, least: 4}, all, true},
		{"G2-item", goal{first: rw, rest: all, several: true, least: 2}, all, false},
	}
}

// level is what order is added to the dependencies; pass stands for none.
type level struct {
	suffix string
	extra  edge
}

func (j *judge) levels() []level {
	out := []level{{"", pass}}
	if j.want.process {
		out = append(out, level{"-process", process})
	}
	if j.want.realtime {
		out = append(out, level{"-realtime", realtime})
	}
	return out
}

// hunt is the search for cycles in a graph.
type hunt struct {
	*judge
	graph graph
	local []uint32
	// part is the number of the knot that each node is in by all dependencies, 0 if it is in none: other knots are
	// within these.
	part []uint32
	// had are the shapes that a transaction was in a cycle of.
	had []uint8
}

func (j *judge) findCycles() {
	h := &hunt{judge: j, graph: j.graph.graph()}
	h.part = make([]uint32, h.graph.nodes())
	knots := uint32(0)
	findKnots(h.graph.nodes(), func(n, i uint32) (uint32, bool, bool) {
		if h.graph.starts[n]+i >= h.graph.starts[n+1] {
			return 0, false, true
		}
		to, _ := split(h.graph.to[h.graph.starts[n]+i])
		return to, true, false
	}, func(knot []uint32) {
		knots++
		for _, n := range knot {
			h.part[n] = knots
		}
	})
	if knots == 0 {
		return
	}
	h.local, h.had = make([]uint32, h.graph.nodes()), make([]uint8, len(j.ops))
	for _, l := range j.levels() {
		for i, s := range shapes() {
			h.findShape(i, s, l)
		}
	}
}

// findShape looks for a shortest cycle of a shape in each knot.
func (h *hunt) findShape(at int, s shape, l level) {
	among := s.among
	s.goal.needs = l.extra
	if l.extra != pass {
		among |= setOf(l.extra)
		s.goal.rest |= setOf(l.extra)
	}
	name, steps := s.name+l.suffix, searchSteps
	gaveUp := false
	h.knots(among, func(knot []uint32) {
		if h.has(knot, at) {
			return
		}
		one := newSearch(h.graph, knot, h.local, &steps)
		parts := []*search{one}
		if s.antidependent {
			parts = one.apart(h.local)
		}
		for _, part := range parts {
			cycle, over := part.shortest(s.goal, len(h.ops))
			gaveUp = gaveUp || over
			if cycle == nil || s.name == "G2-item" && apart(cycle) {
				continue
			}
			h.had[cycle[0].txn] |= 1 << at
			h.reportCycle(name, cycle)
		}
	})
	if gaveUp {
		h.undecided = append(h.undecided, name)
	}
}

// has says whether a knot has a transaction with a cycle of a shape already.
func (h *hunt) has(knot []uint32, shape int) bool {
	for _, n := range knot {
		if int(n) < len(h.had) && h.had[n]&(1<<shape) != 0 {
			return true
		}
	}
	return false
}

// knots calls f with the knots that some kinds of edge make.
func (h *hunt) knots(among edges, f func(knot []uint32)) {
	among |= setOf(pass)
	var found [][]uint32
	findKnots(h.graph.nodes(), func(n, i uint32) (uint32, bool, bool) {
		if h.part[n] == 0 || h.graph.starts[n]+i >= h.graph.starts[n+1] {
			return 0, false, true
		}
		to, kind := split(h.graph.to[h.graph.starts[n]+i])
		return to, among.has(kind) && h.part[to] == h.part[n], false
	}, func(knot []uint32) { found = append(found, append([]uint32(nil), knot...)) })
	for _, knot := range found {
		f(knot)
	}
}

// apart says whether no two dependencies rw of a cycle follow each other.
func apart(cycle []hop) bool {
	for i, h := range cycle {
		if h.kind == rw && cycle[(i+1)%len(cycle)].kind == rw {
			return false
		}
	}
	return true
}

// apart are the parts of a knot in which there is a way back to where it began that never has two rw in a row.
// For that, each node is two: one that a way came to by rw, and one that it came to by something else.
func (s *search) apart(local []uint32) []*search {
	var out []*search
	pairs := uint32(len(s.nodes))
	var found [][]uint32
	findKnots(2*len(s.nodes), func(n, i uint32) (uint32, bool, bool) {
		from := n % pairs
		if s.starts[from]+i >= s.starts[from+1] {
			return 0, false, true
		}
		to, kind := split(s.to[s.starts[from]+i])
		switch {
		case kind == rw:
			return to + pairs, n < pairs, false
		case kind == pass:
			return to + n/pairs*pairs, true, false
		}
		return to, true, false
	}, func(knot []uint32) {
		var nodes []uint32
		seen := map[uint32]bool{}
		anti := false
		for _, n := range knot {
			anti = anti || n >= pairs
			if node := s.nodes[n%pairs]; !seen[node] {
				seen[node] = true
				nodes = append(nodes, node)
			}
		}
		if anti {
			found = append(found, nodes)
		}
	})
	for _, nodes := range found {
		out = append(out, newSearch(s.whole, nodes, local, s.steps))
	}
	return out
}

// reportCycle notes a cycle, with why each transaction is before the next.
func (h *hunt) reportCycle(kind string, cycle []hop) {
	txns := make([]int, len(cycle))
	for i, c := range cycle {
		txns[i] = c.txn
	}
	before := h.counts[kind]
	h.report(kind, func() string {
		return fmt.Sprintf("%d transactions are each before the next, and the last before the first", len(cycle))
	}, txns...)
	if h.counts[kind] > shownOfKind || h.counts[kind] == before {
		return
	}
	a := &h.found[len(h.found)-1]
	for i, c := range cycle {
		next := (i + 1) % len(cycle)
		why := h.reason(c.txn, cycle[next].txn, c.kind, fmt.Sprint("T", i+1), fmt.Sprint("T", next+1))
		a.Steps = append(a.Steps, Step{c.kind.String(), why})
	}
}

// reason is why a transaction, called first, is before another, called second.
func (h *hunt) reason(a, b int, kind edge, first, second string) string {
	x, y := h.ops[a], h.ops[b]
	switch kind {
	case process:
		return fmt.Sprintf("process %d did %s before %s", x.Process, first, second)
	case realtime:
		return fmt.Sprintf("%s had returned (event %d) before %s was called (event %d)", first, x.Return, second, y.Call)
	}
	return h.why(a, b, kind, first, second)
}
