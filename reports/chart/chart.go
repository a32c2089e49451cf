package chart

import (
	"bytes"
	"fmt"
	"image/color"
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
	// Edge is the room around a chart, and between its parts.
	Edge = vg.Length(6)
	// leftMargin is where the data begins, unless the labels of the axis need more.
	leftMargin = vg.Length(46)
)

// Format is the form of a plot's bytes.
type Format string

// The formats that plots come in; both are byte for byte the same for the same trial.
const (
	FormatSVG Format = "svg"
	FormatPNG Format = "png"
)

// Chart is a plot before it has a size in points: everything that the plots share.
type Chart struct {
	// Title stands above the chart, YLabel beside the axis upwards, Note behind the label of the axis across.
	Title, YLabel, Note string
	Across              Axis
	// Low, High, Scale and YTicks are the axis upwards.
	Low, High float64
	Scale     plot.Normalizer
	YTicks    plot.ConstantTicks
	Series    []Series
	// Panels stand in the place of Series, one below the other and each PanelHigh points high.
	Panels    []Panel
	PanelHigh vg.Length
	Legend    []Entry
	// Behind is drawn before the data, Over after it, and Apart stands in the legend below the rest.
	Behind, Over []plot.Plotter
	Apart        []Entry
	// Foot is drawn in the FootHigh points below the axis across, which x places values on.
	Foot     func(c draw.Canvas, x func(float64) vg.Length)
	FootHigh vg.Length
	// Room is the width of the legend: the same for every plot of a trial, so that their times stand above each other.
	Room vg.Length
}

// Axis is the one from left to right.
type Axis struct {
	Label     string
	Low, High float64
	Scale     plot.Normalizer
	Ticks     plot.ConstantTicks
}

// TimeAxis is an axis of seconds.
func TimeAxis(extent time.Duration) Axis {
	return Axis{"Time (s)", 0, extent.Seconds(), plot.LinearScale{}, timeTicks(extent)}
}

// Encode draws the chart and returns its bytes.
func (ch Chart) Encode(f Format) ([]byte, error) {
	var out bytes.Buffer
	switch f {
	case FormatSVG:
		c := vgsvg.New(chartWidth, ch.height())
		ch.draw(draw.New(c))
		if _, err := c.WriteTo(&out); err != nil {
			return nil, err
		}
		return withFallbackFonts(out.Bytes()), nil
	case FormatPNG:
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

// draw lays the chart out: the plot at the left, the legend at the right, the foot at the bottom.
func (ch Chart) draw(c draw.Canvas) {
	c.SetColor(White)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, Edge, -Edge, Edge, -Edge)
	area := draw.Crop(c, 0, -ch.Room, ch.FootHigh, 0)
	p, data := ch.drawData(area)
	drawLegend(draw.Crop(c, area.Max.X-c.Min.X+2*Edge, 0, 0, 0), ch.Legend, ch.Apart, area.Max.Y-titleHeight)
	if ch.Foot != nil {
		x, _ := p.Transforms(&data)
		ch.Foot(c, x)
	}
}

// drawData draws what the chart is about, and returns the plot that has the axis of time, with its canvas.
func (ch Chart) drawData(area draw.Canvas) (p *plot.Plot, data draw.Canvas) {
	if len(ch.Panels) > 0 {
		return ch.drawPanels(area)
	}
	p = ch.plot()
	if left := p.DataCanvas(area).Min.X; left < leftMargin {
		area = draw.Crop(area, leftMargin-left, 0, 0, 0)
	}
	p.Draw(area)
	return p, p.DataCanvas(area)
}

// plot is the chart as gonum has it, without legend and foot.
func (ch Chart) plot() *plot.Plot {
	p := ch.axes()
	p.Add(frame{ch.Across.Ticks})
	p.Add(ch.Behind...)
	for _, s := range ch.Series {
		p.Add(s)
	}
	p.Add(ch.Over...)
	return p
}

// axes is a plot of nothing, with the chart's axes.
func (ch Chart) axes() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.Title.Text = Clean(ch.Title, 100)
	p.Title.TextStyle.Font = sans(10)
	p.Title.Padding = 5
	setAxis(&p.X, ch.Across.Label+ch.Note, ch.Across.Ticks)
	setAxis(&p.Y, ch.YLabel, ch.YTicks)
	p.X.Min, p.X.Max, p.X.Scale = ch.Across.Low, ch.Across.High, ch.Across.Scale
	p.Y.Min, p.Y.Max, p.Y.Scale = ch.Low, ch.High, ch.Scale
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

// frame draws the grid and the box around the data, with a line for each labelled tick of the axis across.
type frame struct{ ticks plot.ConstantTicks }

// Plot draws the frame onto a plot.
func (f frame) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	grid := draw.LineStyle{Color: Faint, Width: 0.5}
	for _, t := range f.ticks {
		if t.IsMinor() {
			continue
		}
		c.StrokeLine2(grid, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if !t.IsMinor() {
			c.StrokeLine2(grid, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
	c.StrokeLines(draw.LineStyle{Color: Grey, Width: 0.5}, []vg.Point{
		{X: c.Min.X, Y: c.Max.Y}, {X: c.Max.X, Y: c.Max.Y}, {X: c.Max.X, Y: c.Min.Y},
	})
}

func sans(size vg.Length) font.Font {
	return font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
}

// Written is a text style in the chart's font, placed by its left end and its middle.
func Written(size vg.Length) text.Style {
	return text.Style{
		Color: black, Font: sans(size), XAlign: draw.XLeft, YAlign: draw.YCenter, Handler: plot.DefaultTextHandler,
	}
}

// Clean makes a string fit for a plot: one line, nothing that SVG cannot hold, at most runes long.
func Clean(s string, runes int) string {
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

// Fill fills a rectangle.
func Fill(c draw.Canvas, colour color.NRGBA, left, right, bottom, top vg.Length) {
	c.FillPolygon(colour, []vg.Point{
		{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top},
	})
}
