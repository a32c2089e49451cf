package chart

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Entry is one line of a legend: what a mark, a line or a band stands for.
type Entry struct {
	Name   string
	Colour color.NRGBA
	Shape  Shape // nil: no mark
	Line   bool
	Dash   []vg.Length
	Band   bool
	Filled bool
}

const (
	legendSample = vg.Length(14) // the width of the sample before the name
	legendRow    = vg.Length(11)
	legendText   = vg.Length(8)
)

// LegendWidth is the room that the legend takes at the right.
func LegendWidth(entries []Entry) vg.Length {
	width := vg.Length(40)
	for _, e := range entries {
		width = max(width, Written(legendText).Width(Clean(e.Name, 26)))
	}
	return width + legendSample + 4 + 2*Edge
}

// drawLegend writes the entries from the height top downwards, closer together if there are many.
// Those apart stand below the others, half a line lower.
func drawLegend(c draw.Canvas, entries, apart []Entry, top vg.Length) {
	rows := vg.Length(len(entries)+len(apart)) + 0.5
	row := min(legendRow, (top-c.Min.Y)/rows)
	style := Written(legendText * row / legendRow)
	for i, e := range slices.Concat(entries, apart) {
		middle := top - row*(vg.Length(i)+0.5)
		if i >= len(entries) {
			middle -= row / 2
		}
		e.sample(c, vg.Point{X: c.Min.X, Y: middle}, row)
		c.FillText(style, vg.Point{X: c.Min.X + legendSample + 4, Y: middle}, Clean(e.Name, 26))
	}
}

// sample draws what the entry looks like, right of a point.
func (e Entry) sample(c draw.Canvas, at vg.Point, row vg.Length) {
	middle := vg.Point{X: at.X + legendSample/2, Y: at.Y}
	if e.Band {
		c.FillPolygon(Fade(e.Colour, 60), []vg.Point{
			{X: at.X, Y: at.Y - row*0.38}, {X: at.X + legendSample, Y: at.Y - row*0.38},
			{X: at.X + legendSample, Y: at.Y + row*0.38}, {X: at.X, Y: at.Y + row*0.38},
		})
		c.StrokeLine2(draw.LineStyle{Color: e.Colour, Width: 1}, at.X, at.Y-row*0.38, at.X, at.Y+row*0.38)
	}
	if e.Filled {
		Fill(c, e.Colour, at.X, at.X+legendSample, at.Y-row*0.34, at.Y+row*0.34)
	}
	if e.Line {
		c.StrokeLine2(draw.LineStyle{Color: e.Colour, Width: 1.2, Dashes: e.Dash},
			at.X, at.Y, at.X+legendSample, at.Y)
	}
	if len(e.Shape) > 0 {
		c.SetColor(e.Colour)
		c.Fill(e.Shape.Outline(nil, middle, 2.6))
	}
}
