package reports

import (
	"image/color"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ordeal/reports/hdr"

	"ordeal/reports/chart"
)

// KindRecovery is how long clients waited, over a campaign, for faults of a kind: once they had begun, and once they
// had ended.
type KindRecovery struct {
	Kind         string
	Began, Ended *hdr.Histogram
}

// RecoveryResult is how often clients waited, and how long.
type RecoveryResult struct {
	Count int64         `json:"count"`
	P50   time.Duration `json:"p50_ns"`
	P90   time.Duration `json:"p90_ns"`
	P99   time.Duration `json:"p99_ns"`
	Max   time.Duration `json:"max_ns"`
}

// RecoveryResultOf are the quantiles of what a histogram has counted.
func RecoveryResultOf(h *hdr.Histogram) RecoveryResult {
	return RecoveryResult{h.Count(), h.Quantile(500), h.Quantile(900), h.Quantile(990), h.Quantile(1000)}
}

// recoveryRow is a row of the campaign's table: counts and milliseconds as text.
type recoveryRow struct {
	Kind         string
	Began, Ended []string
}

func (c Campaign) recoveryRows() (rows []recoveryRow) {
	text := func(h *hdr.Histogram) []string {
		if h.Count() == 0 {
			return nil
		}
		r := RecoveryResultOf(h)
		return []string{thousands(r.Count), brief(r.P50), brief(r.P90), brief(r.P99), brief(r.Max)}
	}
	for _, r := range c.Recoveries {
		rows = append(rows, recoveryRow{r.Kind, text(r.Began), text(r.Ended)})
	}
	return rows
}

// The colours of waiting once a fault has begun, and once it has ended.
var beganColour, endedColour = chart.ColourInfo, chart.ColourOK

// recoveryHigh is how high a kind of fault is on the plot, in points: two rows.
const recoveryHigh = vg.Length(15)

// recoveryPlot plots for each kind of fault, from above in their order, the quantiles of how long clients waited.
func recoveryPlot(c Campaign) ([]byte, error) {
	high := 10 * time.Millisecond
	for _, r := range c.Recoveries {
		high = max(high, r.Began.Quantile(1000), r.Ended.Quantile(1000))
	}
	n := float64(len(c.Recoveries))
	ch := chart.Chart{
		Title: "time to recover, by kind of fault", Scale: plot.LinearScale{}, High: n,
		Across: chart.LatencyAxis("Clients waited (ms)", []time.Duration{time.Millisecond, high}),
		Legend: []chart.Entry{
			{Name: "once it had begun", Colour: beganColour, Filled: true},
			{Name: "once it had ended", Colour: endedColour, Filled: true},
			{Name: "bar: 0.5 to 0.9", Colour: chart.Grey, Filled: true},
			{Name: "pale: up to 0.99", Colour: chart.Fade(chart.Grey, 40), Filled: true},
			{Name: "dot: the longest", Colour: chart.Grey, Shape: chart.ShapeOf(1)},
		},
	}
	ch.Room = chart.LegendWidth(ch.Legend) * chart.FontSlack
	one := chart.Panel{}
	for i, r := range c.Recoveries {
		middle := n - float64(i) - 0.5
		ch.YTicks = append(ch.YTicks, plot.Tick{Value: middle, Label: chart.Clean(r.Kind, 20)})
		one.Others = append(one.Others, whisker{r.Began, beganColour, middle + 0.22},
			whisker{r.Ended, endedColour, middle - 0.22})
	}
	ch.Panels, ch.PanelHigh = []chart.Panel{one}, recoveryHigh*vg.Length(n)
	return ch.Encode(chart.FormatSVG)
}

// whisker draws the quantiles of a histogram as a row.
type whisker struct {
	of     *hdr.Histogram
	colour color.NRGBA
	at     float64
}

// Plot draws the row onto a plot.
func (w whisker) Plot(c draw.Canvas, p *plot.Plot) {
	if w.of.Count() == 0 {
		return
	}
	x, y := p.Transforms(&c)
	place := func(q int) vg.Length { return max(x(chart.Milliseconds(w.of.Quantile(q))), c.Min.X) }
	middle, half := y(w.at), recoveryHigh*0.16
	chart.Fill(c, chart.Fade(w.colour, 40), place(900), place(990), middle-half, middle+half)
	chart.Fill(c, w.colour, place(500), max(place(900), place(500)+1), middle-half, middle+half)
	c.SetColor(w.colour)
	c.Fill(chart.ShapeOf(1).Outline(nil, vg.Point{X: place(1000), Y: middle}, 2))
}
