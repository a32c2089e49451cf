package ordeal

import (
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// Point is something that happens in a trial once, and to which a fault can be pinned.
type Point struct {
	// What says what kind of thing it is: one of those below.
	What string `json:"what"`
	// Machine is whose disk or program it is, or who sends, and To to whom.
	Machine host.Addr `json:"machine"`
	To      host.Addr `json:"to,omitempty"`
	// Mark is the failpoint's name, N the number by which a plan calls the point.
	Mark string `json:"mark,omitempty"`
	N    int    `json:"n"`
	// First and States are the numbers, from 1, of the states in which a crash here may leave the disk: the first one and
	// how many. More is how many there are beyond those that have numbers.
	First  int `json:"first,omitempty"`
	States int `json:"states,omitempty"`
	More   int `json:"more,omitempty"`
	// At is when, and Trace the hash of everything in the world up to then, in hex.
	At    time.Duration `json:"atNs"`
	Trace string        `json:"trace"`
}

// What points are. A job of a disk has several: before each of its syncs is done, and at its end.
const (
	PointJob     = "disk job"
	PointMark    = "failpoint"
	PointMessage = "message"
	PointFrame   = "frame"
)

// counting writes down every point of a trial, up to its length.
type counting struct {
	p      *play
	points []Point
}

// countPoints is Run with the points of the trial in its summary.
func countPoints(t Trial) (Result, error) {
	var c *counting
	r, err := runTrial(t, func(p *play) {
		c = &counting{p: p}
		p.ground.counting = c
		p.world.Points(c.point)
	})
	if err == nil {
		r.Summary.Points = c.points
	}
	return r, err
}

// marks are those that somebody asks for: the plan's, or all.
func (p *play) marks() []string {
	if p.ground.counting != nil {
		return sortedKeys(crashMarks)
	}
	return marksOf(p.plan)
}

func (c *counting) add(p Point) {
	if p.At = c.p.world.Now(); p.At >= c.p.trial.Length {
		return
	}
	p.Trace = traceOf(c.p.world)
	c.points = append(c.points, p)
}

func (c *counting) point(p sim.Point) {
	what := map[sim.PointKind]string{sim.JobPoint: PointJob, sim.MessagePoint: PointMessage, sim.FramePoint: PointFrame}[p.Kind]
	found := Point{What: what, Machine: p.Machine, To: p.To, N: int(p.N)}
	if p.States > 0 {
		found.First, found.States, found.More = p.First+1, p.States, p.More
	}
	c.add(found)
}

// mark takes in that a machine comes to a mark for the n-th time.
func (c *counting) mark(at markHit, n int) {
	states, more, err := c.p.world.DiskStates(at.machine)
	if err != nil {
		panic("ordeal: a program on a machine that is not there: " + err.Error())
	}
	c.add(Point{What: PointMark, Machine: at.machine, Mark: at.mark, N: n, First: 1, States: states, More: more})
}

// unreached is a step that stands in a plan whose points are counted, in the place of the one that will be pinned to a
// point: so everything up to that point is the same.
func unreached() nemesis.Step {
	return nemesis.Step{For: 1000 * time.Hour, Fault: nemesis.Fault{Kind: nemesis.LoseMessage, N: 1_000_000_000}}
}
