package reports

import (
	"cmp"
	"slices"

	"ordeal/reports/chart"
)

// others is the class of what is rarest, where there are more classes than a plot can show.
const others = "others"

// plotted are the operations of a trial with their class in the place of their name. The class is Trial.Class's, or the
// name itself; of more than mostClasses the rarest are one.
func (t Trial) plotted() []operation {
	ops := operations(t.Ops)
	if t.Class != nil {
		for i := range ops {
			ops[i].f = t.Class(ops[i].f)
		}
	}
	classes := names(ops)
	if len(classes) <= chart.MostClasses {
		return ops
	}
	counts := make(map[string]int)
	for _, o := range ops {
		counts[o.f]++
	}
	slices.SortStableFunc(classes, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	rare := classes[chart.MostClasses-1:]
	for i := range ops {
		if slices.Contains(rare, ops[i].f) {
			ops[i].f = others
		}
	}
	return ops
}
