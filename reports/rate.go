package reports

import (
	"time"

	"gonum.org/v1/plot"
)

// ratePlot plots how many client operations ended a second, one line for each name and outcome, in windows of the time
// of their completion. Windows in which nothing ended count 0. Operations that never ended are not counted.
func ratePlot(t Trial, f plotFormat) ([]byte, error) {
	w := windowsOver(t.extent())
	ops := operations(t.Ops)
	ch := newChart(t, ops)
	ch.title, ch.yLabel, ch.scale = t.Title+" rate", "Throughput (hz)", plot.LinearScale{}
	ch.note = ", in windows of " + w.step.String()
	groups := group(ops)
	most := 0
	for _, g := range groups {
		if g.outcome != pending {
			ch.legend = append(ch.legend, entry{
				name: g.name(), colour: g.outcome.colour(), shape: g.shape(), line: true,
			})
		}
	}
	rareLast(groups)
	for _, g := range groups {
		if g.outcome == pending {
			continue
		}
		counts := ended(g.ops, w)
		var run []point
		for i, n := range counts {
			most = max(most, n)
			run = append(run, point{w.middle(i), perSecond(n, w.step)})
		}
		ch.series = append(ch.series, series{
			colour: g.outcome.colour(), shape: g.shape(), radius: 1.5, width: 1, runs: [][]point{run},
		})
	}
	ch.yTicks, ch.high = rateTicks(max(perSecond(most, w.step), 0.001))
	return ch.encode(f)
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
