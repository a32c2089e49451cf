package chart

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// Shape is the outline of a mark: corners around the origin, for the radius 1.
type Shape []vg.Point

// shapes tell classes of operations apart: Jepsen's order (square, circle, triangle, triangle down, diamond,
// pentagon), and a plus and a star.
var shapes = [MostClasses]Shape{
	regular(4, 45), regular(8, 22.5), regular(3, 90), regular(3, 270), regular(4, 0), regular(5, 90),
	star(4, 45, 0.35), star(5, 90, 0.4),
}

// star is a regular star: corners as those of regular, and between them others that are nearer to the middle.
func star(corners int, turn, inner float64) Shape {
	var s Shape
	outer, between := regular(corners, turn), regular(corners, turn+180/float64(corners))
	for i := range corners {
		b := between[i]
		s = append(s, outer[i], vg.Point{X: b.X * vg.Length(inner), Y: b.Y * vg.Length(inner)})
	}
	return s
}

// Upward is the mark of an operation that never ended: an arrow.
var Upward = Shape{
	{X: 0, Y: 1}, {X: -0.9, Y: 0}, {X: -0.3, Y: 0}, {X: -0.3, Y: -1}, {X: 0.3, Y: -1}, {X: 0.3, Y: 0}, {X: 0.9, Y: 0},
}

// ShapeOf is the shape of the i-th operation name.
func ShapeOf(i int) Shape { return shapes[i%len(shapes)] }

// regular is a regular polygon whose first corner lies turn degrees against the clock from the right.
func regular(corners int, turn float64) Shape {
	var s Shape
	for i := range corners {
		angle := (turn + 360*float64(i)/float64(corners)) * math.Pi / 180
		s = append(s, vg.Point{X: vg.Length(math.Cos(angle)), Y: vg.Length(math.Sin(angle))})
	}
	return s
}

// Outline adds the shape around a point to a path.
func (s Shape) Outline(path vg.Path, at vg.Point, radius vg.Length) vg.Path {
	for i, corner := range s {
		place := Round(vg.Point{X: at.X + radius*corner.X, Y: at.Y + radius*corner.Y})
		if i == 0 {
			path.Move(place)
		} else {
			path.Line(place)
		}
	}
	path.Close()
	return path
}
