package checker

import (
	"cmp"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// growth is a set from which nothing is removed, and to which no element is added twice. Each operation that looks for
// an element then stands before its add, if it did not see it, and else behind it; so does each read, for every
// element. With the order of events these are all the constraints there are, and each is one operation before another:
// there is an order if and only if they have no cycle.
//
// A read stands behind the adds of the elements that it shows and before all others, which would be too many
// constraints to write down. But of two reads, one shows all that the other does. So they are in classes by how much
// they show, each element has the first class that shows it, and two nodes for each class stand for many: its gate is
// between the reads of the class before and the adds of its elements, and full between those and its reads. Every class
// but an empty first one has elements, so what holds for neighbours holds for all.
type growth struct {
	calls []model.SetCall
	adds  map[string]int // elements, and the places of their adds in calls
	// class of each read, first class of each element that some read shows, and how many classes there are.
	class   map[int]int
	first   map[string]int
	classes int
}

// fastSet decides sets from which nothing is removed, and to which no element is added twice. It leaves anything else
// to a search.
func fastSet(part model.Part[model.SetInput, model.SetOutput]) finding {
	g := growth{part.Calls, map[string]int{}, map[int]int{}, map[string]int{}, 0}
	for i, c := range g.calls {
		_, twice := g.adds[c.In.Element]
		switch {
		case c.In.Op == model.SetRemove, c.In.Op == model.SetAdd && twice:
			return finding{}
		case c.In.Op == model.SetAdd:
			g.adds[c.In.Element] = i
		}
	}
	if f := g.shown(); f.outcome == Invalid {
		return f
	}
	if f := g.classify(); f.outcome == Invalid {
		return f
	}
	if cycle := g.order().cycle(); cycle != nil {
		return wrong("elements were seen to come in an order that events do not allow", g.operations(cycle)...)
	}
	return finding{outcome: Valid}
}

// shown looks at single operations: whether what they show was ever added.
func (g *growth) shown() finding {
	for _, c := range g.calls {
		_, added := g.adds[c.In.Element]
		switch {
		case c.In.Op == model.SetAdd && c.Out.Told && !c.Out.Yes:
			return wrong("the only add of an element found it there", c.Op)
		case c.In.Op == model.SetContains && c.Out.Yes && !added:
			return wrong("an element was found that was never added", c.Op)
		}
		for i, e := range c.Out.Elements {
			if _, added := g.adds[e]; !added {
				return wrong("a read shows an element that was never added", c.Op)
			}
			if i > 0 && c.Out.Elements[i-1] == e {
				return wrong("a read shows an element twice", c.Op)
			}
		}
	}
	return finding{}
}

// classify gives reads their classes, from 0, and elements the first that shows them.
func (g *growth) classify() finding {
	var reads []int
	for i, c := range g.calls {
		if c.In.Op == model.SetRead {
			reads = append(reads, i)
		}
	}
	shows := func(i int) []string { return g.calls[i].Out.Elements }
	slices.SortStableFunc(reads, func(a, b int) int { return cmp.Compare(len(shows(a)), len(shows(b))) })
	for k, i := range reads {
		if k == 0 || len(shows(i)) > len(shows(reads[k-1])) {
			g.classes++
		}
		g.class[i] = g.classes - 1
		for _, e := range shows(i) {
			if _, ok := g.first[e]; !ok {
				g.first[e] = g.classes - 1
			}
		}
		if len(g.first) != len(shows(i)) {
			return wrong("each of two reads shows an element that the other does not", g.calls[reads[k-1]].Op, g.calls[i].Op)
		}
	}
	return finding{}
}

// order is the constraints. Its first nodes are the calls.
func (g *growth) order() *precedence {
	p := newPrecedence(len(g.calls))
	gates, fulls := make([]int, g.classes+1), make([]int, g.classes+1)
	for class := range gates {
		gates[class], fulls[class] = p.node(), p.node()
	}
	for i, c := range g.calls {
		switch c.In.Op {
		case model.SetAdd:
			class, shown := g.first[c.In.Element]
			if !shown {
				class = g.classes
			}
			p.before(gates[class], i)
			p.before(i, fulls[class])
		case model.SetRead:
			p.before(i, gates[g.class[i]+1])
			p.before(fulls[g.class[i]], i)
		case model.SetContains:
			add, added := g.adds[c.In.Element]
			switch {
			case c.Out.Yes:
				p.before(add, i)
			case added:
				p.before(i, add)
			}
		}
	}
	p.inTime(func(i int) interval { return spanOf(g.calls[i].Op) })
	return p
}

func (g *growth) operations(nodes []int) []*history.Operation {
	var out []*history.Operation
	for _, n := range nodes {
		if n < len(g.calls) {
			out = append(out, g.calls[n].Op)
		}
	}
	slices.SortFunc(out, func(a, b *history.Operation) int { return cmp.Compare(a.Call, b.Call) })
	return out
}
