package reports

import (
	"slices"
	"time"

	"gonum.org/v1/plot/vg"

	"ordeal/reports/chart"
)

// latencyRaw plots every client operation as a point: its latency over the time of its invoke. The colour is the
// outcome, the shape the operation's name. An operation that never ended is an arrow at the upper edge.
func latencyRaw(t Trial, f chart.Format) ([]byte, error) {
	ops := t.plotted()
	ch := latencyChart(t, ops)
	ch.Title = t.Title + " latency"
	groups := group(ops)
	ch.Legend = slices.Concat(outcomeEntries(groups), classEntries(groups))
	rareLast(groups)
	for _, g := range groups {
		s := chart.Series{Colour: g.outcome.colour(), Shape: g.shape(), Radius: markRadius(len(ops))}
		var points []chart.Point
		for _, o := range g.ops {
			points = append(points, chart.Point{At: o.begun.Seconds(), Value: chart.Milliseconds(o.latency())})
		}
		if g.outcome == pending {
			s.Radius, s.Ceiling = 3.2, true
		}
		s.Runs = chart.Single(points)
		ch.Series = append(ch.Series, s)
	}
	return ch.Encode(f)
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
func latencyQuantiles(t Trial, f chart.Format) ([]byte, error) {
	ops := t.plotted()
	w := windowsOver(t.extent())
	ch := latencyChart(t, ops)
	ch.Title = t.Title + " latency quantiles"
	ch.Note = ", in windows of " + w.step.String()
	ch.YLabel = "ms"
	for _, g := range group(ops) {
		if len(ch.Panels) == 0 || ch.Panels[len(ch.Panels)-1].Name != g.f {
			ch.Panels = append(ch.Panels, chart.Panel{Name: g.f})
		}
		addQuantiles(&ch.Panels[len(ch.Panels)-1], g, w)
	}
	ch.Legend = quantileEntries(ops)
	return ch.Encode(f)
}

// addQuantiles draws the quantiles of one outcome into the panel of its class.
func addQuantiles(p *chart.Panel, g grouped, w windows) {
	switch g.outcome {
	case ok:
		for _, b := range quantileBands {
			p.Areas = append(p.Areas, chart.Area{
				Colour: chart.Fade(g.outcome.colour(), b.opacity), Runs: spanRuns(g.ops, w, b.low, b.high),
			})
		}
		p.Series = append(p.Series,
			chart.Series{Colour: chart.DarkBlue, Width: 1.4, Runs: quantileRuns(g.ops, w, 500)},
			chart.Series{Colour: g.outcome.colour(), Shape: chart.ShapeOf(1), Radius: 1.3, Runs: quantileRuns(g.ops, w, 1000)})
	case info, fail:
		p.Series = append(p.Series, chart.Series{
			Colour: g.outcome.colour(), Shape: outcomeShapes[g.outcome], Radius: 1.9,
			Runs: quantileRuns(g.ops, w, 1000),
		})
	}
}

// quantileBands are the bands between quantiles, in per mille.
var quantileBands = [...]struct{ low, high, opacity int }{{500, 950, 75}, {950, 990, 35}}

// outcomeShapes tell apart, in the panels, what is not ok: the colour does, and so does the shape.
var outcomeShapes = [...]chart.Shape{info: chart.ShapeOf(2), fail: chart.ShapeOf(4), pending: chart.Upward}

// quantileEntries is the legend of the panels.
func quantileEntries(ops []operation) []chart.Entry {
	entries := []chart.Entry{
		{Name: "ok, largest", Colour: chart.ColourOK, Shape: chart.ShapeOf(1)},
		{Name: "ok, 0.95 to 0.99", Colour: chart.Fade(chart.ColourOK, quantileBands[1].opacity), Filled: true},
		{Name: "ok, 0.5 to 0.95", Colour: chart.Fade(chart.ColourOK, quantileBands[0].opacity), Filled: true},
		{Name: "ok, median", Colour: chart.DarkBlue, Line: true},
	}
	for _, out := range []outcome{info, fail} {
		if slices.ContainsFunc(ops, func(o operation) bool { return o.outcome == out }) {
			name := out.String() + ", largest"
			entries = append(entries, chart.Entry{Name: name, Colour: out.colour(), Shape: outcomeShapes[out]})
		}
	}
	return entries
}

// spanRuns is from one quantile to another of each window, one run for each stretch of windows that have operations.
func spanRuns(ops []operation, w windows, low, high int) [][]chart.Span {
	lows, highs := quantileRuns(ops, w, low), quantileRuns(ops, w, high)
	var runs [][]chart.Span
	for i, run := range lows {
		var spans []chart.Span
		for j, pt := range run {
			spans = append(spans, chart.Span{Low: pt, High: highs[i][j]})
		}
		runs = append(runs, spans)
	}
	return runs
}

// quantileRuns is the quantile of each window, one run for each stretch of windows that have operations.
func quantileRuns(ops []operation, w windows, q int) [][]chart.Point {
	within := make([][]time.Duration, w.count)
	for _, o := range ops {
		i := w.at(o.begun)
		within[i] = append(within[i], o.latency())
	}
	var runs [][]chart.Point
	var run []chart.Point
	for i, of := range within {
		if len(of) > 0 {
			slices.Sort(of)
			run = append(run, chart.Point{At: w.middle(i).Seconds(), Value: chart.Milliseconds(quantile(of, q))})
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
func latencyChart(t Trial, ops []operation) chart.Chart {
	ch := newChart(t, ops)
	ch.UpLatency(latencies(ops))
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
