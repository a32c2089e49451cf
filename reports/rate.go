package reports

import (
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"ordeal/reports/chart"
)

// ratePlot plots how many client operations ended a second, in windows of the time of their completion: a line for
// each class of the ok ones, and one for all info and one for all fail ones. Windows in which nothing ended count 0.
// Operations that never ended are not counted.
func ratePlot(t Trial, f chart.Format) ([]byte, error) {
	w := windowsOver(t.extent())
	ops := t.plotted()
	ch := newChart(t, ops)
	ch.Title, ch.YLabel, ch.Scale = t.Title+" rate", "Throughput (hz)", plot.LinearScale{}
	ch.Note = ", in windows of " + w.step.String()
	most := 0
	for _, g := range rated(ops) {
		s := chart.Series{Colour: g.outcome.colour(), Radius: 1.5, Width: 1, Dash: rateDashes[g.outcome]}
		e := chart.Entry{Name: g.outcome.String(), Colour: s.Colour, Line: true, Dash: s.Dash}
		if g.outcome == ok {
			s.Colour, s.Shape = chart.ClassColours[g.place%len(chart.ClassColours)], chart.ShapeOf(g.place)
			e = chart.Entry{Name: g.name(), Colour: s.Colour, Shape: s.Shape, Line: true}
		} else {
			s.Radius = 0
		}
		var run []chart.Point
		for i, n := range ended(g.ops, w) {
			most = max(most, n)
			run = append(run, chart.Point{At: w.middle(i).Seconds(), Value: perSecond(n, w.step)})
		}
		s.Runs = [][]chart.Point{run}
		ch.Series, ch.Legend = append(ch.Series, s), append(ch.Legend, e)
	}
	ch.YTicks, ch.High = chart.RateTicks(max(perSecond(most, w.step), 0.001))
	return ch.Encode(f)
}

// rateDashes tell the lines of all info and all fail operations apart.
var rateDashes = [...][]vg.Length{info: {4, 2}, fail: {1, 1.5}, pending: nil}

// rated are the ok operations by class, then all info and all fail ones.
func rated(ops []operation) []grouped {
	var list []grouped
	by := make(map[outcome][]operation)
	for _, g := range group(ops) {
		if g.outcome == ok {
			list = append(list, g)
		} else {
			by[g.outcome] = append(by[g.outcome], g.ops...)
		}
	}
	for _, out := range []outcome{info, fail} {
		if len(by[out]) > 0 {
			list = append(list, grouped{outcome: out, ops: by[out]})
		}
	}
	return list
}

// ended counts the completions in each window.
func ended(ops []operation, w windows) []int {
	counts := make([]int, w.count)
	for _, o := range ops {
		counts[w.at(o.done)]++
	}
	return counts
}

func perSecond(n int, step time.Duration) float64 {
	return float64(n) * float64(time.Second) / float64(step)
}
