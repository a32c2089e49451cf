package reports

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// entry is one line of a legend: what a mark, a line or a band stands for.
type entry struct {
	name   string
	colour color.NRGBA
	shape  shape // nil: no mark
	line   bool
	dash   []vg.Length
	band   bool
	filled bool
}

const (
	legendSample = vg.Length(14) // the width of the sample before the name
	legendRow    = vg.Length(11)
	legendText   = vg.Length(8)
)

// legendWidth is the room that the legend takes at the right.
func legendWidth(entries []entry) vg.Length {
	width := vg.Length(40)
	for _, e := range entries {
		width = max(width, written(legendText).Width(clean(e.name, 26)))
	}
	return width + legendSample + 4 + 2*edge
}

// drawLegend writes the entries from the height top downwards, closer together if there are many.
// The faults stand below the series, half a line apart.
func drawLegend(c draw.Canvas, series, faults []entry, top vg.Length) {
	rows := vg.Length(len(series)+len(faults)) + 0.5
	row := min(legendRow, (top-c.Min.Y)/rows)
	style := written(legendText * row / legendRow)
	for i, e := range slices.Concat(series, faults) {
		middle := top - row*(vg.Length(i)+0.5)
		if i >= len(series) {
			middle -= row / 2
		}
		e.sample(c, vg.Point{X: c.Min.X, Y: middle}, row)
		c.FillText(style, vg.Point{X: c.Min.X + legendSample + 4, Y: middle}, clean(e.name, 26))
	}
}

// sample draws what the entry looks like, right of a point.
func (e entry) sample(c draw.Canvas, at vg.Point, row vg.Length) {
	middle := vg.Point{X: at.X + legendSample/2, Y: at.Y}
	if e.band {
		c.FillPolygon(fade(e.colour, 60), []vg.Point{
			{X: at.X, Y: at.Y - row*0.38}, {X: at.X + legendSample, Y: at.Y - row*0.38},
			{X: at.X + legendSample, Y: at.Y + row*0.38}, {X: at.X, Y: at.Y + row*0.38},
		})
		c.StrokeLine2(draw.LineStyle{Color: e.colour, Width: 1}, at.X, at.Y-row*0.38, at.X, at.Y+row*0.38)
	}
	if e.filled {
		fill(c, e.colour, at.X, at.X+legendSample, at.Y-row*0.34, at.Y+row*0.34)
	}
	if e.line {
		c.StrokeLine2(draw.LineStyle{Color: e.colour, Width: 1.2, Dashes: e.dash},
			at.X, at.Y, at.X+legendSample, at.Y)
	}
	if len(e.shape) > 0 {
		c.SetColor(e.colour)
		c.Fill(e.shape.outline(nil, middle, 2.6))
	}
}

// outcomeEntries says which colour is which outcome, of those that there are.
func outcomeEntries(groups []grouped) []entry {
	var entries []entry
	for _, out := range outcomes {
		if slices.ContainsFunc(groups, func(g grouped) bool { return g.outcome == out }) {
			entries = append(entries, entry{name: out.String(), colour: out.colour(), shape: outcomeMark(out)})
		}
	}
	return entries
}

// outcomeMark is the mark of an outcome in a legend: an arrow of what never ended.
func outcomeMark(out outcome) shape {
	if out == pending {
		return upward
	}
	return shapeOf(0)
}

// classEntries says which shape is which class of operations.
func classEntries(groups []grouped) []entry {
	var entries []entry
	for i, g := range groups {
		if i == 0 || groups[i-1].f != g.f {
			entries = append(entries, entry{name: g.f, colour: grey, shape: shapeOf(g.place)})
		}
	}
	return entries
}

// faultEntries is one entry a family, in the order of the bands.
func faultEntries(faults []Fault) []entry {
	var entries []entry
	for _, family := range families(faults) {
		entries = append(entries, entry{name: family.name, colour: family.colour, band: true})
	}
	return entries
}
