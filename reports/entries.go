package reports

import (
	"slices"

	"ordeal/reports/chart"
)

// outcomeEntries says which colour is which outcome, of those that there are.
func outcomeEntries(groups []grouped) []chart.Entry {
	var entries []chart.Entry
	for _, out := range outcomes {
		if slices.ContainsFunc(groups, func(g grouped) bool { return g.outcome == out }) {
			entries = append(entries, chart.Entry{Name: out.String(), Colour: out.colour(), Shape: outcomeMark(out)})
		}
	}
	return entries
}

// outcomeMark is the mark of an outcome in a legend: an arrow of what never ended.
func outcomeMark(out outcome) chart.Shape {
	if out == pending {
		return chart.Upward
	}
	return chart.ShapeOf(0)
}

// classEntries says which shape is which class of operations.
func classEntries(groups []grouped) []chart.Entry {
	var entries []chart.Entry
	for i, g := range groups {
		if i == 0 || groups[i-1].f != g.f {
			entries = append(entries, chart.Entry{Name: g.f, Colour: chart.Grey, Shape: chart.ShapeOf(g.place)})
		}
	}
	return entries
}

// faultEntries is one entry a family, in the order of the bands.
func faultEntries(faults []Fault) []chart.Entry {
	var entries []chart.Entry
	for _, family := range families(faults) {
		entries = append(entries, chart.Entry{Name: family.name, Colour: family.colour, Band: true})
	}
	return entries
}
