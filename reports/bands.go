package reports

import (
	"image/color"
	"slices"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ordeal/reports/chart"
)

// bandsHigh is how many bands fit on a plot: each family of faults has one, a twelfth of the height, stacked from the
// top in the order in which the families first appear. More families than that make all of them lower.
const bandsHigh = 12

// family is what the faults of one band share.
type family struct {
	name   string
	colour color.NRGBA
}

// families are those of the faults that were applied, in order of their first appearance. The first fault gives the
// colour.
func families(faults []Fault) []family {
	var all []family
	for _, f := range faults {
		if f.Skipped == "" && familyPlace(all, f.Family) < 0 {
			all = append(all, family{f.Family, f.colour()})
		}
	}
	return all
}

func familyPlace(all []family, name string) int {
	return slices.IndexFunc(all, func(f family) bool { return f.name == name })
}

// bands shades the time of each fault in its family's band, with a line down the plot where it starts and stops.
type bands struct {
	faults []Fault
	extent time.Duration
}

// Plot draws the bands onto a plot.
func (b bands) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	eachBand(c, b.faults, func(f Fault, top, bottom vg.Length) {
		from, to := f.within(b.extent)
		left, right := x(from.Seconds()), x(to.Seconds())
		if right > left {
			c.FillPolygon(chart.Fade(f.colour(), 60), []vg.Point{
				{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top},
			})
		}
		line := draw.LineStyle{Color: f.colour(), Width: 0.75}
		c.StrokeLine2(line, left, c.Min.Y, left, c.Max.Y)
		if f.To >= 0 && right > left {
			c.StrokeLine2(line, right, c.Min.Y, right, c.Max.Y)
		}
	})
}

// bandLabels writes over everything else what each fault hit, where there is room.
type bandLabels struct {
	faults []Fault
	extent time.Duration
}

// Plot draws the labels onto a plot.
func (b bandLabels) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	style := chart.Written(6)
	style.Color = chart.RGB(0x333333)
	eachBand(c, b.faults, func(f Fault, top, bottom vg.Length) {
		from, to := f.within(b.extent)
		left, right := x(from.Seconds()), x(to.Seconds())
		label := chart.Clean(f.Label, 40)
		if label == "" || style.Width(label)+4 > right-left {
			return
		}
		chart.Fill(c, chart.Fade(chart.White, 65), left+1, left+3+style.Width(label), top-8.5, top-1)
		c.FillText(style, vg.Point{X: left + 2, Y: top - 5}, label)
	})
}

// eachBand calls draw for every fault that was applied, with the edges of its band.
func eachBand(c draw.Canvas, faults []Fault, draw func(f Fault, top, bottom vg.Length)) {
	all := families(faults)
	high := (c.Max.Y - c.Min.Y) / vg.Length(max(bandsHigh, len(all)))
	for _, f := range faults {
		if f.Skipped != "" {
			continue
		}
		top := c.Max.Y - high*vg.Length(familyPlace(all, f.Family))
		draw(f, top, top-high)
	}
}

// within is the time of the fault as far as the plot shows it.
func (f Fault) within(extent time.Duration) (from, to time.Duration) {
	from = min(max(f.From, 0), extent)
	to = min(f.To, extent)
	if f.To < 0 {
		to = extent
	}
	return from, max(from, to)
}
