package reports

import (
	"slices"

	"ordeal/reports/chart"
)

// grouped are the operations of one name and one outcome: one series of a plot.
type grouped struct {
	f       string
	place   int // of f among the names
	outcome outcome
	ops     []operation
}

// group sorts operations by name and outcome. Groups without operations are left out.
func group(ops []operation) []grouped {
	all := names(ops)
	by := make([]grouped, len(all)*len(outcomes))
	for _, o := range ops {
		place, _ := slices.BinarySearch(all, o.f)
		g := &by[place*len(outcomes)+int(o.outcome)]
		g.f, g.place, g.outcome = o.f, place, o.outcome
		g.ops = append(g.ops, o)
	}
	return slices.DeleteFunc(by, func(g grouped) bool { return len(g.ops) == 0 })
}

// rareLast orders groups by falling size, so that the rare ones are drawn on top. Equal sizes keep their order.
func rareLast(groups []grouped) {
	slices.SortStableFunc(groups, func(a, b grouped) int { return len(b.ops) - len(a.ops) })
}

func (g grouped) name() string { return g.f + " " + g.outcome.String() }

// shape is that of the name; an operation that never ended points up.
func (g grouped) shape() chart.Shape {
	if g.outcome == pending {
		return chart.Upward
	}
	return chart.ShapeOf(g.place)
}
