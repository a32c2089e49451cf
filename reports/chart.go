package reports

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A chart is 900 x 400 pixels at 96 to the inch. gonum counts in points, 72 to the inch.
const (
	chartWidth  = vg.Length(675)
	chartHeight = vg.Length(300)
	edge        = vg.Length(6)
	// leftMargin is where the data begins, unless the labels of the axis need more.
	leftMargin = vg.Length(46)
)

// plotFormat is the form of a plot's bytes.
type plotFormat string

// The formats that plots come in; both are byte for byte the same for the same trial.
const (
	formatSVG plotFormat = "svg"
	formatPNG plotFormat = "png"
)

// chart is a plot over time before it has a size in points: everything that the three plots share.
type chart struct {
	title, yLabel string
	note          string // behind "Time (s)"
	extent        time.Duration
	low, high     float64
	scale         plot.Normalizer
	yTicks        plot.ConstantTicks
	series        []series
	panels        []panel // in the place of series, one below the other
	legend        []entry
	faults        []Fault
	leaders       []LeaderSpan
	// room is the width of the legend: the same for every plot of a trial, so that their times stand above each other.
	room vg.Length
}

// newChart is what the plots of a trial have in common.
func newChart(t Trial, ops []operation) chart {
	all := quantileEntries(ops)
	for _, f := range names(ops) {
		all = append(all, entry{name: f + " " + ok.String()})
	}
	return chart{
		extent: t.extent(), faults: t.Faults, leaders: t.Leaders,
		room: legendWidth(append(all, faultEntries(t.Faults)...)),
	}
}

// encode draws the chart and returns its bytes.
func (ch chart) encode(f plotFormat) ([]byte, error) {
	var out bytes.Buffer
	switch f {
	case formatSVG:
		c := vgsvg.New(chartWidth, ch.height())
		ch.draw(draw.New(c))
		if _, err := c.WriteTo(&out); err != nil {
			return nil, err
		}
		return withFallbackFonts(out.Bytes()), nil
	case formatPNG:
		c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(chartWidth, ch.height()), vgimg.UseDPI(96))}
		ch.draw(draw.New(c))
		if _, err := c.WriteTo(&out); err != nil {
			return nil, err
		}
		return out.Bytes(), nil
	}
	return nil, fmt.Errorf("there is no plot format %q", f)
}

// withFallbackFonts names fonts to use where Liberation is not installed. Text cannot match: in it " is escaped.
func withFallbackFonts(svg []byte) []byte {
	return bytes.ReplaceAll(svg, []byte(`style="font-family:Liberation Sans;`),
		[]byte(`style="font-family:Liberation Sans,Arial,Helvetica,sans-serif;`))
}

// draw lays the chart out: the plot at the left, the legend at the right, the leader ribbon at the bottom.
func (ch chart) draw(c draw.Canvas) {
	c.SetColor(white)
	c.Fill(c.Rectangle.Path())
	lanes := leaderLanes(ch.leaders, ch.extent)
	c = draw.Crop(c, edge, -edge, edge, -edge)
	area := draw.Crop(c, 0, -ch.room, ribbonHeight(lanes), 0)
	p, data := ch.drawData(area)
	drawLegend(draw.Crop(c, area.Max.X-c.Min.X+2*edge, 0, 0, 0), ch.legend, faultEntries(ch.faults),
		area.Max.Y-titleHeight)
	x, _ := p.Transforms(&data)
	drawRibbon(c, x, lanes, ch.extent)
}

// drawData draws what the chart is about, and returns the plot that has the axis of time, with its canvas.
func (ch chart) drawData(area draw.Canvas) (p *plot.Plot, data draw.Canvas) {
	if len(ch.panels) > 0 {
		return ch.drawPanels(area)
	}
	p = ch.plot()
	if left := p.DataCanvas(area).Min.X; left < leftMargin {
		area = draw.Crop(area, leftMargin-left, 0, 0, 0)
	}
	p.Draw(area)
	return p, p.DataCanvas(area)
}

// plot is the chart as gonum has it, without legend and ribbon.
func (ch chart) plot() *plot.Plot {
	p := ch.axes()
	p.Add(frame{timeTicks(ch.extent)}, bands{ch.faults, ch.extent})
	for _, s := range ch.series {
		p.Add(s)
	}
	p.Add(bandLabels{ch.faults, ch.extent})
	return p
}

// axes is a plot of nothing, with the chart's axes.
func (ch chart) axes() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.Title.Text = clean(ch.title, 100)
	p.Title.TextStyle.Font = sans(10)
	p.Title.Padding = 5
	setAxis(&p.X, "Time (s)"+ch.note, timeTicks(ch.extent))
	setAxis(&p.Y, ch.yLabel, ch.yTicks)
	p.X.Min, p.X.Max = 0, ch.extent.Seconds()
	p.Y.Min, p.Y.Max, p.Y.Scale = ch.low, ch.high, ch.scale
	return p
}

func setAxis(a *plot.Axis, label string, ticks plot.ConstantTicks) {
	a.Label.Text = label
	a.Label.TextStyle.Font = sans(9)
	a.Label.Padding = 3
	a.Tick.Label.Font = sans(8)
	a.Tick.Length = 4
	a.Tick.Marker = ticks
	a.Padding = 0
}

// frame draws the grid and the box around the data, with a line for each tick of time.
type frame struct{ ticks plot.ConstantTicks }

// Plot draws the frame onto a plot.
func (f frame) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	grid := draw.LineStyle{Color: faint, Width: 0.5}
	for _, t := range f.ticks {
		c.StrokeLine2(grid, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if !t.IsMinor() {
			c.StrokeLine2(grid, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
	c.StrokeLines(draw.LineStyle{Color: grey, Width: 0.5}, []vg.Point{
		{X: c.Min.X, Y: c.Max.Y}, {X: c.Max.X, Y: c.Max.Y}, {X: c.Max.X, Y: c.Min.Y},
	})
}

func sans(size vg.Length) font.Font {
	return font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
}

// written is a text style in the chart's font, placed by its left end and its middle.
func written(size vg.Length) text.Style {
	return text.Style{
		Color: black, Font: sans(size), XAlign: draw.XLeft, YAlign: draw.YCenter, Handler: plot.DefaultTextHandler,
	}
}

// clean makes a string fit for a plot: one line, nothing that SVG cannot hold, at most runes long.
func clean(s string, runes int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return '�'
		}
		return r
	}, s)
	if all := []rune(s); len(all) > runes {
		return string(all[:runes-1]) + "…"
	}
	return s
}
