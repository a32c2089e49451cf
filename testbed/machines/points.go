package machines

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

// points collects every point of a trial, up to an instant.
type points struct {
	machines *Machines
	until    time.Duration
	list     []Point
}

// CountPoints collects every point from now on, up to an instant. Points lists them.
func (m *Machines) CountPoints(until time.Duration) {
	m.pins.points = &points{machines: m, until: until}
	m.world.Points(m.pins.points.point)
}

// Points are those that were counted.
func (m *Machines) Points() []Point {
	if m.pins.points == nil {
		return nil
	}
	return m.pins.points.list
}

func (c *points) add(p Point) {
	if p.At = c.machines.world.Now(); p.At >= c.until {
		return
	}
	p.Trace = c.machines.trace()
	c.list = append(c.list, p)
}

func (c *points) point(p sim.Point) {
	what := map[sim.PointKind]string{
		sim.JobPoint: PointJob, sim.MessagePoint: PointMessage, sim.FramePoint: PointFrame,
	}[p.Kind]
	found := Point{What: what, Machine: p.Machine, To: p.To, N: int(p.N)}
	if p.States > 0 {
		found.First, found.States, found.More = p.First+1, p.States, p.More
	}
	c.add(found)
}

// mark adds that a machine comes to a mark for the n-th time.
func (c *points) mark(at markHit, n int) {
	states, more, err := c.machines.world.DiskStates(at.machine)
	if err != nil {
		panic("machines: a program on a machine that is not there: " + err.Error())
	}
	c.add(Point{What: PointMark, Machine: at.machine, Mark: at.mark, N: n, First: 1, States: states, More: more})
}

// Unreached is a step that stands in a plan whose points are counted, in the place of the one that will be pinned to a
// point: so everything up to that point is the same.
func Unreached() nemesis.Step {
	return nemesis.Step{For: 1000 * time.Hour, Fault: nemesis.Fault{Kind: nemesis.LoseMessage, N: 1_000_000_000}}
}
