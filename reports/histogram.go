package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ordeal/reports/chart"
)

// binsOfDecade cut each power of ten of a latency into twenty bins: where they begin, in thousandths. They are written
// out, so that no rounding of logarithms puts an operation into another bin on another machine.
var binsOfDecade = [...]time.Duration{
	1000, 1122, 1259, 1413, 1585, 1778, 1995, 2239, 2512, 2818, 3162, 3548, 3981, 4467, 5012, 5623, 6310, 7079, 7943, 8913,
}

// bin is the latencies from one on and below another, and how many operations took so long.
type bin struct {
	from, to time.Duration
	count    int
}

// binned counts latencies in bins, the shortest first; bins without any are left out.
func binned(ops []operation) (list []bin) {
	var times []time.Duration
	for _, o := range ops {
		times = append(times, max(o.latency(), chart.LeastLatency))
	}
	slices.Sort(times)
	edge := func(i int) time.Duration {
		d := binsOfDecade[i%len(binsOfDecade)]
		for range i / len(binsOfDecade) {
			d *= 10
		}
		return d // of nanoseconds: the first bin begins at a microsecond
	}
	at := 0
	for _, d := range times {
		for edge(at+1) <= d {
			at++
		}
		if n := len(list); n == 0 || list[n-1].from != edge(at) {
			list = append(list, bin{from: edge(at), to: edge(at + 1)})
		}
		list[len(list)-1].count++
	}
	return list
}

// bars draws bins as bars that stand on the lower edge.
type bars struct {
	outcome outcome
	bins    []bin
}

// Plot draws the bars onto a plot.
func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var path vg.Path
	for _, one := range b.bins {
		left, right := x(chart.Milliseconds(one.from)), x(chart.Milliseconds(one.to))
		top := y(float64(one.count))
		for i, at := range []vg.Point{{X: left, Y: c.Min.Y}, {X: left, Y: top}, {X: right, Y: top}, {X: right, Y: c.Min.Y}} {
			if at = chart.Round(at); i == 0 {
				path.Move(at)
			} else {
				path.Line(at)
			}
		}
		path.Close()
	}
	if b.outcome == ok {
		c.SetColor(b.outcome.colour())
		c.Fill(path)
		return
	}
	c.SetLineStyle(draw.LineStyle{Color: b.outcome.colour(), Width: 1.2, Dashes: rateDashes[b.outcome]})
	c.Stroke(path)
}

// fewest is where an axis of counts begins: below one, so that a bar of one can be seen.
const fewest = 0.7

// latencyHistogram plots how many operations took how long, both logarithmic, one panel a class: of the ok ones as
// bars, of the info and of the fail ones as outlines. What never ended has no latency.
func latencyHistogram(t Trial, f chart.Format) ([]byte, error) {
	ops := t.plotted()
	ch := latenciesAcross(t, ops, "latency histogram")
	ch.YLabel, ch.Scale, ch.Low = "operations", plot.LogScale{}, fewest
	most := 1
	for _, g := range group(ops) {
		if len(ch.Panels) == 0 || ch.Panels[len(ch.Panels)-1].Name != g.f {
			ch.Panels = append(ch.Panels, chart.Panel{Name: g.f})
		}
		if g.outcome == pending {
			continue
		}
		b, of := bars{g.outcome, binned(g.ops)}, &ch.Panels[len(ch.Panels)-1]
		for _, one := range b.bins {
			most = max(most, one.count)
		}
		if of.Others = append(of.Others, b); g.outcome == ok {
			s := spreadOf(g.ops, g.f, func(outcome) bool { return true })
			of.Note = fmt.Sprintf("%s ok: p50 %s, p99 %s, p99.9 %s, max %s ms", thousands(int64(len(g.ops))),
				brief(s[0]), brief(s[2]), brief(s[3]), brief(s[4]))
		}
	}
	ch.YTicks, ch.High = countTicks(most)
	ch.Legend = []chart.Entry{{Name: ok.String(), Colour: chart.ColourOK, Filled: true}}
	for _, out := range []outcome{info, fail} {
		if slices.ContainsFunc(ops, func(o operation) bool { return o.outcome == out }) {
			e := chart.Entry{Name: out.String(), Colour: out.colour(), Line: true, Dash: rateDashes[out]}
			ch.Legend = append(ch.Legend, e)
		}
	}
	return ch.Encode(f)
}

// brief is a latency in milliseconds with three significant digits.
func brief(d time.Duration) string {
	step := time.Duration(1)
	for d/step >= 1000 {
		step *= 10
	}
	return chart.Decimal(int64((d+step/2)/step*step), 6)
}

// latenciesAcross is an empty chart whose axis across is of latencies.
func latenciesAcross(t Trial, ops []operation, what string) chart.Chart {
	ch := plainChart(t, ops)
	ch.Title = t.Title + " " + what
	ch.Across = chart.LatencyAxis("Latency (ms)", latencies(ops))
	return ch
}

// countTicks are the powers of ten up to one that is at least most, which is the upper end.
func countTicks(most int) (ticks plot.ConstantTicks, high float64) {
	for n := 1; ; n *= 10 {
		ticks = append(ticks, plot.Tick{Value: float64(n), Label: thousands(int64(n))})
		if n >= most {
			return ticks, float64(n) * 1.5
		}
	}
}

// latencyPercentiles plots the latency over the share of the ok operations that took no longer, a line for each class.
// Across, each step is as wide as it leaves out a tenth of what was left, as HdrHistogram's plots have it.
func latencyPercentiles(t Trial, f chart.Format) ([]byte, error) {
	ops := t.plotted()
	ops = slices.DeleteFunc(ops, func(o operation) bool { return o.outcome != ok })
	ch := plainChart(t, ops)
	ch.UpLatency(latencies(ops))
	ch.Title = t.Title + " latency by percentile"
	most := 10
	for _, g := range group(ops) {
		most = max(most, len(g.ops))
		colour := chart.ClassColours[g.place%len(chart.ClassColours)]
		s := chart.Series{Colour: colour, Width: 1.2, Runs: chart.Single(percentilePoints(g.ops))}
		marks := chart.Series{
			Colour: colour, Shape: chart.ShapeOf(g.place), Radius: 2.2, Runs: chart.Single(markedPoints(g.ops)),
		}
		ch.Series = append(ch.Series, s, marks)
		ch.Legend = append(ch.Legend, chart.Entry{Name: g.f, Colour: s.Colour, Shape: marks.Shape, Line: true})
	}
	ch.Across = chart.Axis{
		Label: "Share of the ok operations that took no longer (%)", Low: 1, High: 10, Scale: plot.LogScale{},
	}
	for n, nines := 1, 0; ; n, nines = n*10, nines+1 {
		ch.Across.Ticks = append(ch.Across.Ticks, plot.Tick{Value: float64(n), Label: shareOfNines(nines)})
		if ch.Across.High = float64(n); n >= most {
			return ch.Encode(f)
		}
	}
}

// shareOfNines is "0", "90", "99", "99.9" and so on.
func shareOfNines(n int) string {
	if n < 2 {
		return [...]string{"0", "90"}[n]
	}
	return strings.TrimSuffix("99."+strings.Repeat("9", n-2), ".")
}

// percentilePoints are the sorted latencies over how many of all each is the share of that took longer: finer than a
// pixel is left out.
func percentilePoints(ops []operation) (points []chart.Point) {
	times := sortedLatencies(ops)
	for i, d := range times {
		x := float64(len(times)) / float64(len(times)-i)
		if n := len(points); n == 0 || i == len(times)-1 || x > points[n-1].At*1.02 {
			points = append(points, chart.Point{At: x, Value: chart.Milliseconds(d)})
		}
	}
	return points
}

// markedPoints are those of p50, p90, p99 and p99.9, as far as there are enough operations, and of the longest.
func markedPoints(ops []operation) (points []chart.Point) {
	times := sortedLatencies(ops)
	for _, q := range permille[:4] {
		if len(times)*(1000-q) >= 1000 {
			place := (len(times)*q+999)/1000 - 1
			points = append(points, chart.Point{
				At: float64(len(times)) / float64(len(times)-place), Value: chart.Milliseconds(times[place]),
			})
		}
	}
	return append(points, chart.Point{At: float64(len(times)), Value: chart.Milliseconds(times[len(times)-1])})
}

func sortedLatencies(ops []operation) []time.Duration {
	times := latencies(ops)
	slices.Sort(times)
	return times
}
