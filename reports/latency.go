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
	ops := t.plotted()
	ch := latencyChart(t, ops)
	ch.title = t.Title + " latency"
	groups := group(ops)
	ch.legend = slices.Concat(outcomeEntries(groups), classEntries(groups))
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

// latencyQuantiles plots quantiles of the latency in windows of the time of the invoke, one panel a class of
// operations: of the ok ones the median as a line, two bands from it up to the quantiles 0.95 and 0.99, and the
// largest as marks; and the largest of the info and of the fail ones, which are mostly timeouts and refusals. A
// window without operations is a gap.
func latencyQuantiles(t Trial, f plotFormat) ([]byte, error) {
	ops := t.plotted()
	w := windowsOver(t.extent())
	ch := latencyChart(t, ops)
	ch.title = t.Title + " latency quantiles"
	ch.note = ", in windows of " + w.step.String()
	ch.yLabel = "ms"
	for _, g := range group(ops) {
		if len(ch.panels) == 0 || ch.panels[len(ch.panels)-1].name != g.f {
			ch.panels = append(ch.panels, panel{name: g.f})
		}
		ch.panels[len(ch.panels)-1].add(g, w)
	}
	ch.legend = quantileEntries(ops)
	return ch.encode(f)
}

// add draws the quantiles of one outcome into the panel of its class.
func (p *panel) add(g grouped, w windows) {
	switch g.outcome {
	case ok:
		for _, b := range quantileBands {
			p.areas = append(p.areas, area{fade(g.outcome.colour(), b.opacity), spanRuns(g.ops, w, b.low, b.high)})
		}
		p.series = append(p.series,
			series{colour: darkBlue, width: 1.4, runs: quantileRuns(g.ops, w, 500)},
			series{colour: g.outcome.colour(), shape: shapeOf(1), radius: 1.3, runs: quantileRuns(g.ops, w, 1000)})
	case info, fail:
		p.series = append(p.series, series{
			colour: g.outcome.colour(), shape: outcomeShapes[g.outcome], radius: 1.9,
			runs: quantileRuns(g.ops, w, 1000),
		})
	}
}

// quantileBands are the bands between quantiles, in per mille.
var quantileBands = [...]struct{ low, high, opacity int }{{500, 950, 75}, {950, 990, 35}}

// outcomeShapes tell apart, in the panels, what is not ok: the colour does, and so does the shape.
var outcomeShapes = [...]shape{info: shapeOf(2), fail: shapeOf(4), pending: upward}

// quantileEntries is the legend of the panels.
func quantileEntries(ops []operation) []entry {
	entries := []entry{
		{name: "ok, largest", colour: colourOK, shape: shapeOf(1)},
		{name: "ok, 0.95 to 0.99", colour: fade(colourOK, quantileBands[1].opacity), filled: true},
		{name: "ok, 0.5 to 0.95", colour: fade(colourOK, quantileBands[0].opacity), filled: true},
		{name: "ok, median", colour: darkBlue, line: true},
	}
	for _, out := range []outcome{info, fail} {
		if slices.ContainsFunc(ops, func(o operation) bool { return o.outcome == out }) {
			name := out.String() + ", largest"
			entries = append(entries, entry{name: name, colour: out.colour(), shape: outcomeShapes[out]})
		}
	}
	return entries
}

// spanRuns is from one quantile to another of each window, one run for each stretch of windows that have operations.
func spanRuns(ops []operation, w windows, low, high int) [][]span {
	lows, highs := quantileRuns(ops, w, low), quantileRuns(ops, w, high)
	var runs [][]span
	for i, run := range lows {
		var spans []span
		for j, pt := range run {
			spans = append(spans, span{pt, highs[i][j]})
		}
		runs = append(runs, spans)
	}
	return runs
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
