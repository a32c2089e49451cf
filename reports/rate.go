package reports

import (
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// ratePlot plots how many client operations ended a second, in windows of the time of their completion: a line for
// each class of the ok ones, and one for all info and one for all fail ones. Windows in which nothing ended count 0.
// Operations that never ended are not counted.
func ratePlot(t Trial, f plotFormat) ([]byte, error) {
	w := windowsOver(t.extent())
	ops := t.plotted()
	ch := newChart(t, ops)
	ch.title, ch.yLabel, ch.scale = t.Title+" rate", "Throughput (hz)", plot.LinearScale{}
	ch.note = ", in windows of " + w.step.String()
	most := 0
	for _, g := range rated(ops) {
		s := series{colour: g.outcome.colour(), radius: 1.5, width: 1, dash: rateDashes[g.outcome]}
		e := entry{name: g.outcome.String(), colour: s.colour, line: true, dash: s.dash}
		if g.outcome == ok {
			s.colour, s.shape = classColours[g.place%len(classColours)], shapeOf(g.place)
			e = entry{name: g.name(), colour: s.colour, shape: s.shape, line: true}
		} else {
			s.radius = 0
		}
		var run []point
		for i, n := range ended(g.ops, w) {
			most = max(most, n)
			run = append(run, point{w.middle(i), perSecond(n, w.step)})
		}
		s.runs = [][]point{run}
		ch.series, ch.legend = append(ch.series, s), append(ch.legend, e)
	}
	ch.yTicks, ch.high = rateTicks(max(perSecond(most, w.step), 0.001))
	return ch.encode(f)
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
