package chart

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Panel is one of several plots that stand below each other on one axis across.
type Panel struct {
	Name   string
	Note   string // at the right
	Areas  []Area
	Series []Series
	Others []plot.Plotter
}

// Span is from where to where an area reaches at an instant.
type Span struct{ Low, High Point }

// Area is what lies between two curves. Between runs there is a gap.
type Area struct {
	Colour color.NRGBA
	Runs   [][]Span
}

// Plot draws the area onto a plot.
func (a Area) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	place := func(pt Point) vg.Point { return Round(vg.Point{X: x(pt.At), Y: y(pt.Value)}) }
	for _, run := range a.Runs {
		var outline []vg.Point
		for _, s := range run {
			outline = append(outline, place(s.High))
		}
		for i := len(run) - 1; i >= 0; i-- {
			outline = append(outline, place(run[i].Low))
		}
		if len(run) > 1 {
			c.FillPolygon(a.Colour, outline)
		}
	}
}

const (
	// PanelHeight is that of a panel that has no reason for another.
	PanelHeight = vg.Length(62)
	panelGap    = vg.Length(5)
	// titleHeight and timeHeight are the room of the title above the panels, and of the axis of time below them.
	titleHeight, timeHeight = vg.Length(18), vg.Length(26)
)

// height is how high the chart is: the same for all that have no panels.
func (ch Chart) height() vg.Length {
	if len(ch.Panels) == 0 {
		return chartHeight
	}
	panels := vg.Length(len(ch.Panels))*(ch.PanelHigh+panelGap) + titleHeight + timeHeight + ch.FootHigh + 2*Edge
	return max(chartHeight, panels)
}

// drawPanels draws the panels one below the other, and returns the lowest with its canvas, for what is aligned to it.
func (ch Chart) drawPanels(c draw.Canvas) (last *plot.Plot, data draw.Canvas) {
	title := Written(10)
	title.XAlign = draw.XCenter
	c.FillText(title, vg.Point{X: (c.Min.X + c.Max.X) / 2, Y: c.Max.Y - titleHeight/2}, Clean(ch.Title, 100))
	room := c.Max.Y - c.Min.Y - titleHeight - timeHeight
	each := room / vg.Length(len(ch.Panels))
	// The last label of the axis of time reaches over the edge of the lowest panel: all end where that one does.
	lowest := ch.panelPlot(ch.Panels[len(ch.Panels)-1], true)
	right := lowest.DataCanvas(c).Max.X
	for i, panel := range ch.Panels {
		top := c.Max.Y - titleHeight - each*vg.Length(i)
		bottom := top - each + panelGap
		p := ch.panelPlot(panel, i == len(ch.Panels)-1)
		if i == len(ch.Panels)-1 {
			bottom = c.Min.Y
		}
		place := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: c.Min.X, Y: bottom}, Max: vg.Point{X: c.Max.X, Y: top},
		}}
		inner := p.DataCanvas(place)
		place = draw.Crop(place, max(0, leftMargin-inner.Min.X), min(0, right-inner.Max.X), 0, 0)
		p.Draw(place)
		data = p.DataCanvas(place)
		panel.label(data)
		last = p
	}
	return last, data
}

// FontSlack is how much wider text may be where another font takes Liberation's place.
const FontSlack = 1.2

// label writes the panel's name at the left, and its note at the right.
func (p Panel) label(data draw.Canvas) {
	name, note := Clean(p.Name, 26), Clean(p.Note, 90)
	Fill(data, Fade(White, 70), data.Min.X+1, data.Min.X+7+Written(8).Width(name), data.Max.Y-11, data.Max.Y-1)
	data.FillText(Written(8), vg.Point{X: data.Min.X + 4, Y: data.Max.Y - 6}, name)
	if note == "" {
		return
	}
	wide := Written(7).Width(note) * FontSlack
	Fill(data, Fade(White, 70), data.Max.X-wide-7, data.Max.X-1, data.Max.Y-11, data.Max.Y-1)
	data.FillText(Written(7), vg.Point{X: data.Max.X - wide - 4, Y: data.Max.Y - 6}, note)
}

// panelPlot is one panel as gonum has it. Only the lowest says what the axis across is.
func (ch Chart) panelPlot(one Panel, lowest bool) *plot.Plot {
	p := ch.axes()
	p.Title.Text = ""
	if !lowest {
		p.X.Label.Text = ""
		p.X.Tick.Marker = plot.ConstantTicks(nil)
		p.X.Tick.Length = 0
	}
	p.Add(frame{ticks: ch.Across.Ticks})
	p.Add(ch.Behind...)
	for _, a := range one.Areas {
		p.Add(a)
	}
	for _, s := range one.Series {
		p.Add(s)
	}
	p.Add(one.Others...)
	return p
}
