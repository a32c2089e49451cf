package reports

import (
	"image/color"
	"math"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// point is a place on a plot: an instant, and a value in the unit of the y axis.
type point struct {
	at    time.Duration
	value float64
}

// series is a row of points that look the same. All its marks are one path, so that a plot of thousands of operations
// stays small; the values decide nothing and were integers until here.
type series struct {
	colour color.NRGBA
	shape  shape
	// radius is that of a mark; 0 draws no marks.
	radius vg.Length
	// runs are drawn as lines when width is above 0. Between runs there is a gap.
	runs  [][]point
	width vg.Length
	dash  []vg.Length
	// ceiling puts every mark at the upper edge, whatever its value.
	ceiling bool
}

// Plot draws the series onto a plot.
func (s series) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	place := func(pt point) vg.Point {
		if s.ceiling {
			return vg.Point{X: x(pt.at.Seconds()), Y: c.Max.Y - s.radius - 1}
		}
		return vg.Point{X: x(pt.at.Seconds()), Y: y(pt.value)}
	}
	c.SetColor(s.colour)
	if s.width > 0 {
		c.SetLineStyle(draw.LineStyle{Color: s.colour, Width: s.width, Dashes: s.dash})
		c.Stroke(s.lines(place))
	}
	if s.radius > 0 {
		c.Fill(s.marks(place))
	}
}

// lines is one path through every run.
func (s series) lines(place func(point) vg.Point) vg.Path {
	var path vg.Path
	for _, run := range s.runs {
		if len(run) < 2 {
			continue
		}
		for i, pt := range run {
			if at := round(place(pt)); i == 0 {
				path.Move(at)
			} else {
				path.Line(at)
			}
		}
	}
	return path
}

// mostMarks bounds the marks of one series. Beyond it, marks that nearly cover each other are drawn once.
const mostMarks = 6000

// marks is one path of every mark, thinned until there are at most mostMarks of them. Two marks on the same spot are
// always one.
func (s series) marks(place func(point) vg.Point) vg.Path {
	var path vg.Path
	for grid := vg.Length(0.5); ; grid *= 1.5 {
		seen := map[[2]int]bool{}
		path = path[:0]
		for _, run := range s.runs {
			for _, pt := range run {
				at := place(pt)
				cell := [2]int{int(math.Floor(float64(at.X / grid))), int(math.Floor(float64(at.Y / grid)))}
				if !seen[cell] {
					seen[cell] = true
					path = s.shape.outline(path, at, s.radius)
				}
			}
		}
		if len(seen) <= mostMarks {
			return path
		}
	}
}

// round cuts a place to tenths of a point: finer is not seen, and costs a third more bytes.
func round(p vg.Point) vg.Point {
	tenth := func(l vg.Length) vg.Length { return vg.Length(math.Round(float64(l)*10) / 10) }
	return vg.Point{X: tenth(p.X), Y: tenth(p.Y)}
}

// single is one run: for series without lines.
func single(points []point) [][]point { return [][]point{points} }
