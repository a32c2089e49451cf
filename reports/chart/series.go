package chart

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Point is a place on a plot, in the units of its axes. That of time is in seconds.
type Point struct{ At, Value float64 }

// Series is a row of points that look the same. All its marks are one path, so that a plot of thousands of operations
// stays small; the values decide nothing and were integers until here.
type Series struct {
	Colour color.NRGBA
	Shape  Shape
	// Radius is that of a mark; 0 draws no marks.
	Radius vg.Length
	// Runs are drawn as lines when width is above 0. Between runs there is a gap.
	Runs  [][]Point
	Width vg.Length
	Dash  []vg.Length
	// Ceiling puts every mark at the upper edge, whatever its value.
	Ceiling bool
}

// Plot draws the series onto a plot.
func (s Series) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	place := func(pt Point) vg.Point {
		if s.Ceiling {
			return vg.Point{X: x(pt.At), Y: c.Max.Y - s.Radius - 1}
		}
		return vg.Point{X: x(pt.At), Y: y(pt.Value)}
	}
	c.SetColor(s.Colour)
	if s.Width > 0 {
		c.SetLineStyle(draw.LineStyle{Color: s.Colour, Width: s.Width, Dashes: s.Dash})
		c.Stroke(s.lines(place))
	}
	if s.Radius > 0 {
		c.Fill(s.marks(place))
	}
}

// lines is one path through every run.
func (s Series) lines(place func(Point) vg.Point) vg.Path {
	var path vg.Path
	for _, run := range s.Runs {
		if len(run) < 2 {
			continue
		}
		for i, pt := range run {
			if at := Round(place(pt)); i == 0 {
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
func (s Series) marks(place func(Point) vg.Point) vg.Path {
	var path vg.Path
	for grid := vg.Length(0.5); ; grid *= 1.5 {
		seen := map[[2]int]bool{}
		path = path[:0]
		for _, run := range s.Runs {
			for _, pt := range run {
				at := place(pt)
				cell := [2]int{int(math.Floor(float64(at.X / grid))), int(math.Floor(float64(at.Y / grid)))}
				if !seen[cell] {
					seen[cell] = true
					path = s.Shape.Outline(path, at, s.Radius)
				}
			}
		}
		if len(seen) <= mostMarks {
			return path
		}
	}
}

// Round cuts a place to tenths of a point: finer is not seen, and costs a third more bytes.
func Round(p vg.Point) vg.Point {
	tenth := func(l vg.Length) vg.Length { return vg.Length(math.Round(float64(l)*10) / 10) }
	return vg.Point{X: tenth(p.X), Y: tenth(p.Y)}
}

// Single is one run: for series without lines.
func Single(points []Point) [][]Point { return [][]Point{points} }
