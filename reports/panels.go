package reports

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel is one of several plots that stand below each other on one axis of time.
type panel struct {
	name   string
	areas  []area
	series []series
}

// span is from where to where an area reaches at an instant.
type span struct{ low, high point }

// area is what lies between two curves. Between runs there is a gap.
type area struct {
	colour color.NRGBA
	runs   [][]span
}

// Plot draws the area onto a plot.
func (a area) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	place := func(pt point) vg.Point { return round(vg.Point{X: x(pt.at.Seconds()), Y: y(pt.value)}) }
	for _, run := range a.runs {
		var outline []vg.Point
		for _, s := range run {
			outline = append(outline, place(s.high))
		}
		for i := len(run) - 1; i >= 0; i-- {
			outline = append(outline, place(run[i].low))
		}
		if len(run) > 1 {
			c.FillPolygon(a.colour, outline)
		}
	}
}

const (
	panelHeight = vg.Length(62)
	panelGap    = vg.Length(5)
	// titleHeight and timeHeight are the room of the title above the panels, and of the axis of time below them.
	titleHeight, timeHeight = vg.Length(18), vg.Length(26)
)

// height is how high the chart is: the same for all that have no panels.
func (ch chart) height() vg.Length {
	if len(ch.panels) == 0 {
		return chartHeight
	}
	lanes := ribbonHeight(leaderLanes(ch.leaders, ch.extent))
	panels := vg.Length(len(ch.panels))*(panelHeight+panelGap) + titleHeight + timeHeight + lanes + 2*edge
	return max(chartHeight, panels)
}

// drawPanels draws the panels one below the other, and returns the lowest with its canvas, for what is aligned to it.
func (ch chart) drawPanels(c draw.Canvas) (last *plot.Plot, data draw.Canvas) {
	title := written(10)
	title.XAlign = draw.XCenter
	c.FillText(title, vg.Point{X: (c.Min.X + c.Max.X) / 2, Y: c.Max.Y - titleHeight/2}, clean(ch.title, 100))
	room := c.Max.Y - c.Min.Y - titleHeight - timeHeight
	each := room / vg.Length(len(ch.panels))
	// The last label of the axis of time reaches over the edge of the lowest panel: all end where that one does.
	lowest := ch.panelPlot(ch.panels[len(ch.panels)-1], true)
	right := lowest.DataCanvas(c).Max.X
	for i, panel := range ch.panels {
		top := c.Max.Y - titleHeight - each*vg.Length(i)
		bottom := top - each + panelGap
		p := ch.panelPlot(panel, i == len(ch.panels)-1)
		if i == len(ch.panels)-1 {
			bottom = c.Min.Y
		}
		place := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: c.Min.X, Y: bottom}, Max: vg.Point{X: c.Max.X, Y: top},
		}}
		inner := p.DataCanvas(place)
		place = draw.Crop(place, max(0, leftMargin-inner.Min.X), min(0, right-inner.Max.X), 0, 0)
		p.Draw(place)
		data = p.DataCanvas(place)
		fill(data, fade(white, 70), data.Min.X+1, data.Min.X+7+written(8).Width(clean(panel.name, 26)),
			data.Max.Y-11, data.Max.Y-1)
		data.FillText(written(8), vg.Point{X: data.Min.X + 4, Y: data.Max.Y - 6}, clean(panel.name, 26))
		last = p
	}
	return last, data
}

// panelPlot is one panel as gonum has it. Only the lowest says what the axis of time is.
func (ch chart) panelPlot(one panel, lowest bool) *plot.Plot {
	p := ch.axes()
	p.Title.Text = ""
	if !lowest {
		p.X.Label.Text = ""
		p.X.Tick.Marker = plot.ConstantTicks(nil)
		p.X.Tick.Length = 0
	}
	p.Add(frame{ticks: timeTicks(ch.extent)}, bands{ch.faults, ch.extent})
	for _, a := range one.areas {
		p.Add(a)
	}
	for _, s := range one.series {
		p.Add(s)
	}
	return p
}
