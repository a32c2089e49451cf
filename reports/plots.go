package reports

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ordeal/reports/chart"
)

// newChart is what the plots of a trial over time have in common: faults as bands, and who led as a ribbon.
func newChart(t Trial, ops []operation) chart.Chart {
	ch := plainChart(t, ops)
	extent := t.extent()
	ch.Across = chart.TimeAxis(extent)
	lanes := leaderLanes(t.Leaders, extent)
	ch.Behind = []plot.Plotter{bands{t.Faults, extent}}
	ch.Over = []plot.Plotter{bandLabels{t.Faults, extent}}
	ch.Apart = faultEntries(t.Faults)
	ch.FootHigh = ribbonHeight(lanes)
	ch.Foot = func(c draw.Canvas, x func(float64) vg.Length) { drawRibbon(c, x, lanes, extent) }
	return ch
}

// plainChart is what all plots of a trial have in common.
func plainChart(t Trial, ops []operation) chart.Chart {
	all := quantileEntries(ops)
	for _, f := range names(ops) {
		all = append(all, chart.Entry{Name: f + " " + ok.String()})
	}
	return chart.Chart{PanelHigh: chart.PanelHeight, Room: chart.LegendWidth(append(all, faultEntries(t.Faults)...))}
}
