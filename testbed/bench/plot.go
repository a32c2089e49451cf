package bench

import (
	"image/color"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"ordeal/reports"
	"ordeal/reports/chart"
)

// panelHigh is how high the panel of a class is, in points.
const panelHigh = vg.Length(150)

// Plots plot the latency over what is done in a second, as the load rises: a plot for each load, in it a panel for each
// class of requests, and in that a line for each network. p99 is solid and marked, the median dashed. Of more networks
// than can be told apart there are more plots.
func Plots(curves []Curve) (files []reports.File, err error) {
	for from := 0; from < len(curves); {
		to := from + 1
		for to < len(curves) && curves[to].Load == curves[from].Load && to-from < chart.MostClasses {
			to++
		}
		name := "bench-" + curves[from].Load
		if from > 0 && curves[from-1].Load == curves[from].Load {
			name += "-" + strconv.Itoa(len(files))
		}
		svg, err := plotOf(curves[from:to]).Encode(chart.FormatSVG)
		if err != nil {
			return nil, err
		}
		about := "latency over throughput of " + curves[from].Load
		files = append(files, reports.File{Name: name + ".svg", About: about, Data: svg})
		from = to
	}
	return files, nil
}

// plotOf is the plot of curves of one load.
func plotOf(curves []Curve) chart.Chart {
	var times []time.Duration
	var classes []string
	low, high := 1<<30, 1
	for _, c := range curves {
		classes = append(classes, c.classes()...)
		for _, p := range c.Points {
			low, high = min(low, max(p.Done, 1)), max(high, p.Done)
			for _, k := range p.Kinds {
				times = append(times, k.P50, k.P99)
			}
		}
	}
	slices.Sort(classes)
	ch := chart.Chart{Title: curves[0].Load + ": latency as the load rises", PanelHigh: panelHigh}
	ch.UpLatency(times)
	ch.YLabel = "ms"
	ch.Across = rateAxis(low, high)
	for _, class := range slices.Compact(classes) {
		one := chart.Panel{Name: class}
		for i, c := range curves {
			one.Series = append(one.Series, c.lines(i, class)...)
		}
		ch.Panels = append(ch.Panels, one)
	}
	for i, c := range curves {
		ch.Legend = append(ch.Legend, chart.Entry{Name: c.Network, Colour: colour(i), Shape: chart.ShapeOf(i), Line: true})
	}
	ch.Apart = []chart.Entry{
		{Name: "p99", Colour: chart.Grey, Shape: chart.ShapeOf(1), Line: true},
		{Name: "median", Colour: chart.Grey, Line: true, Dash: dashes},
	}
	ch.Room = chart.LegendWidth(ch.Legend) * chart.FontSlack
	return ch
}

var dashes = []vg.Length{3, 2}

// lines are the median and p99 of a class, as the load rises.
func (c Curve) lines(place int, class string) []chart.Series {
	var p50, p99 []chart.Point
	for _, p := range c.Points {
		if k, ok := p.at(class); ok {
			at := float64(max(p.Done, 1))
			p50 = append(p50, chart.Point{At: at, Value: chart.Milliseconds(k.P50)})
			p99 = append(p99, chart.Point{At: at, Value: chart.Milliseconds(k.P99)})
		}
	}
	return []chart.Series{
		{Colour: colour(place), Width: 1, Dash: dashes, Runs: chart.Single(p50)},
		{Colour: colour(place), Width: 1.3, Shape: chart.ShapeOf(place), Radius: 2.2, Runs: chart.Single(p99)},
	}
}

// rateAxis is a logarithmic axis of requests a second.
func rateAxis(low, high int) chart.Axis {
	a := chart.Axis{Label: "Requests done a second", Low: float64(low), High: float64(high) * 1.1, Scale: plot.LogScale{}}
	for decade := 1; decade <= high; decade *= 10 {
		for m := 1; m < 10; m++ {
			if n := m * decade; n >= low && n <= high {
				tick := plot.Tick{Value: float64(n)}
				if m == 1 || high/low <= 200 && (m == 2 || m == 5) {
					tick.Label = threes(n)
				}
				a.Ticks = append(a.Ticks, tick)
			}
		}
	}
	if low == high {
		a.Low /= 2
	}
	return a
}

// threes is a number with its digits in threes.
func threes(n int) string {
	var parts []string
	for ; n >= 1000; n /= 1000 {
		parts = append([]string{strconv.Itoa(1000 + n%1000)[1:]}, parts...)
	}
	return strings.Join(append([]string{strconv.Itoa(n)}, parts...), ",")
}

func colour(i int) color.NRGBA { return chart.ClassColours[i%chart.MostClasses] }
