package reports

import (
	"slices"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// latencyRaw plots every client operation as a point: its latency over the time of its invoke. The colour is the
// outcome, the shape the operation's name. An operation that never ended is an arrow at the upper edge.
func latencyRaw(t Trial, f plotFormat) ([]byte, error) {
	ops := operations(t.Ops)
	ch := latencyChart(t, ops)
	ch.title = t.Title + " latency"
	groups := group(ops)
	for _, g := range groups {
		ch.legend = append(ch.legend, entry{name: g.name(), colour: g.outcome.colour(), shape: g.shape()})
	}
	rareLast(groups)
	for _, g := range groups {
		s := series{colour: g.outcome.colour(), shape: g.shape(), radius: markRadius(len(ops))}
		var points []point
		for _, o := range g.ops {
			points = append(points, point{o.begun, milliseconds(o.latency())})
		}
		if g.outcome == pending {
			s.radius, s.ceiling = 3.2, true
		}
		s.runs = single(points)
		ch.series = append(ch.series, s)
	}
	return ch.encode(f)
}

// markRadius makes marks smaller where there are many.
func markRadius(ops int) vg.Length {
	if ops < 500 {
		return 2.6
	}
	return 1.8
}

// latencyQuantiles plots quantiles of the latency in windows of the time of the invoke: for each operation those of
// the ok ones, and dashed the median and the largest of the info and of the fail ones, which are mostly timeouts and
// refusals. A window without operations is a gap.
func latencyQuantiles(t Trial, f plotFormat) ([]byte, error) {
	ops := operations(t.Ops)
	w := windowsOver(t.extent())
	ch := latencyChart(t, ops)
	ch.title = t.Title + " latency quantiles"
	ch.note = ", in windows of " + w.step.String()
	others := ch.addOthers(ops, w)
	groups := group(ops)
	for _, q := range plotted {
		for _, g := range groups {
			if g.outcome == ok {
				ch.series = append(ch.series, series{
					colour: q.colour, shape: g.shape(), radius: q.width + 0.8, width: q.width,
					runs: quantileRuns(g.ops, w, q.q),
				})
			}
		}
		ch.legend = append(ch.legend, entry{name: "ok " + q.name, colour: q.colour, line: true})
	}
	for _, g := range groups {
		if g.outcome == ok {
			ch.legend = append(ch.legend, entry{name: g.f, colour: grey, shape: g.shape()})
		}
	}
	ch.legend = append(ch.legend, others...)
	return ch.encode(f)
}

// otherDashes draw the median and the largest latency of operations that are not ok.
var otherDashes = [...]struct {
	q    int
	name string
	dash []vg.Length
}{{1000, "1", []vg.Length{4, 2}}, {500, "0.5", []vg.Length{1, 1.5}}}

// addOthers adds the quantiles of info and fail, of all names together, below what is added later. It returns their
// part of the legend.
func (ch *chart) addOthers(ops []operation, w windows) (legend []entry) {
	for _, out := range []outcome{info, fail} {
		of := slices.DeleteFunc(slices.Clone(ops), func(o operation) bool { return o.outcome != out })
		if len(of) == 0 {
			continue
		}
		for _, d := range otherDashes {
			ch.series = append(ch.series, series{
				colour: out.colour(), shape: shapeOf(1), radius: 1, width: 0.8, dash: d.dash,
				runs: quantileRuns(of, w, d.q),
			})
			legend = append(legend, entry{
				name: out.String() + " " + d.name, colour: out.colour(), line: true, dash: d.dash,
			})
		}
	}
	return legend
}

// quantileRuns is the quantile of each window, one run for each stretch of windows that have operations.
func quantileRuns(ops []operation, w windows, q int) [][]point {
	within := make([][]time.Duration, w.count)
	for _, o := range ops {
		i := w.at(o.begun)
		within[i] = append(within[i], o.latency())
	}
	var runs [][]point
	var run []point
	for i, of := range within {
		if len(of) > 0 {
			slices.Sort(of)
			run = append(run, point{w.middle(i), milliseconds(quantile(of, q))})
			continue
		}
		if len(run) > 0 {
			runs, run = append(runs, run), nil
		}
	}
	if len(run) > 0 {
		runs = append(runs, run)
	}
	return runs
}

// latencyChart is an empty chart with a logarithmic axis of milliseconds.
func latencyChart(t Trial, ops []operation) chart {
	low, high := latencyRange(latencies(ops))
	ch := newChart(t, ops)
	ch.yLabel, ch.scale, ch.yTicks = "Latency (ms)", plot.LogScale{}, latencyTicks(low, high)
	ch.low, ch.high = milliseconds(low), milliseconds(high)
	return ch
}

// latencies are those of the operations that ended.
func latencies(ops []operation) []time.Duration {
	var all []time.Duration
	for _, o := range ops {
		if o.outcome != pending {
			all = append(all, o.latency())
		}
	}
	return all
}
