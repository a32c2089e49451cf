package reports

import (
	"image/color"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ordeal/reports/chart"
)

const (
	laneHeight = vg.Length(10)
	laneGap    = vg.Length(1)
)

// leaderBox is one leader's time on the ribbon, cut to the plot.
type leaderBox struct {
	LeaderSpan
	colour color.NRGBA
}

// leaderLanes lays spans out so that none covers another: a second lane shows that two nodes led at once, each in its
// own term. No spans, no lanes.
func leaderLanes(spans []LeaderSpan, extent time.Duration) [][]leaderBox {
	nodes := leaderNodes(spans)
	spans = slices.Clone(spans)
	slices.SortStableFunc(spans, func(a, b LeaderSpan) int { return int(min(max(a.From-b.From, -1), 1)) })
	var lanes [][]leaderBox
	for _, s := range spans {
		i, _ := slices.BinarySearch(nodes, s.Node)
		if s.To < 0 || s.To > extent {
			s.To = extent
		}
		box := leaderBox{s, nodeColours[i%len(nodeColours)]}
		lane := slices.IndexFunc(lanes, func(l []leaderBox) bool { return l[len(l)-1].To <= s.From })
		if lane < 0 {
			lanes = append(lanes, nil)
			lane = len(lanes) - 1
		}
		lanes[lane] = append(lanes[lane], box)
	}
	return lanes
}

func leaderNodes(spans []LeaderSpan) []string {
	var nodes []string
	for _, s := range spans {
		if i, found := slices.BinarySearch(nodes, s.Node); !found {
			nodes = slices.Insert(nodes, i, s.Node)
		}
	}
	return nodes
}

// ribbonHeight is the room that the lanes take below the time axis.
func ribbonHeight(lanes [][]leaderBox) vg.Length {
	if len(lanes) == 0 {
		return 0
	}
	return laneHeight*vg.Length(len(lanes)) + chart.Edge
}

// drawRibbon draws the lanes along the lower edge of c; x places seconds as the plot above does.
func drawRibbon(c draw.Canvas, x func(float64) vg.Length, lanes [][]leaderBox, extent time.Duration) {
	if len(lanes) == 0 {
		return
	}
	left, right := x(0), x(extent.Seconds())
	for i, lane := range lanes {
		top := c.Min.Y + laneHeight*vg.Length(len(lanes)-i)
		chart.Fill(c, chart.Faint, left, right, top-laneHeight+laneGap, top)
		for _, box := range lane {
			drawLeader(c, box, x(box.From.Seconds()), x(box.To.Seconds()), top)
		}
	}
	style := chart.Written(7)
	style.XAlign = draw.XRight
	c.FillText(style, vg.Point{X: left - 4, Y: c.Min.Y + laneHeight*vg.Length(len(lanes)) - laneHeight/2}, "leader")
}

// drawLeader draws one box, with as much of its name as fits.
func drawLeader(c draw.Canvas, box leaderBox, left, right, top vg.Length) {
	chart.Fill(c, box.colour, left, right, top-laneHeight+laneGap, top)
	c.StrokeLine2(draw.LineStyle{Color: chart.Grey, Width: 0.5}, left, top-laneHeight+laneGap, left, top)
	style := chart.Written(6.5)
	term := strconv.FormatUint(box.Term, 10)
	node := chart.Clean(box.Node, 20)
	for _, name := range []string{node + ", term " + term, node + "/" + term, node} {
		if style.Width(name)+4 <= right-left {
			c.FillText(style, vg.Point{X: left + 2, Y: top - laneHeight/2}, name)
			return
		}
	}
}
