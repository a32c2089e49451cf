package sweep

import (
	"slices"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/machines"
	"ordeal/testbed/trial"
)

// pinKind is a fault that a sweep pins to each point of one kind.
type pinKind struct {
	family, point string
	// name is what the fault is called in the table.
	name  string
	fault nemesis.Fault
	// crash says that a machine crashes, and down is how long a machine that crashed is down at least.
	crash bool
	down  time.Duration
}

// Families of points.
const (
	familyDisk       = "disk"
	familyFailpoints = "failpoints"
	familyMessages   = "messages"
	familyFrames     = "frames"
)

// PointFamilies names what a sweep can be about: jobs of disks, marks in the code, messages between servers, frames
// between clients and servers.
func PointFamilies() []string {
	return []string{familyDisk, familyFailpoints, familyMessages, familyFrames}
}

// overtaken is how late a message comes so that what was sent behind it overtakes it.
const overtaken = 20 * time.Millisecond

// pinKinds are the faults, in the order of the table.
func pinKinds(s *trial.Service) []pinKind {
	elected, forgotten := s.Patience()
	message := func(name string, k nemesis.Kind, late time.Duration) pinKind {
		return pinKind{family: familyMessages, point: machines.PointMessage, name: name, fault: nemesis.Fault{Kind: k,
			Amount: late}}
	}
	frame := func(name string, k nemesis.Kind, late time.Duration) pinKind {
		return pinKind{family: familyFrames, point: machines.PointFrame, name: name, fault: nemesis.Fault{Kind: k,
			Amount: late}}
	}
	crash := func(family, point string, k nemesis.Kind) []pinKind {
		fault := nemesis.Fault{Kind: k}
		return []pinKind{{family, point, "crash", fault, true, elected}, {family, point, "crash, back at once", fault, true,
			0}}
	}
	return slices.Concat(crash(familyDisk, machines.PointJob, nemesis.CrashInJob), crash(familyFailpoints,
		machines.PointMark, nemesis.CrashAtMark),
		crash(familyMessages, machines.PointMessage, nemesis.CrashAtMessage), []pinKind{
			message("lost", nemesis.LoseMessage, 0),
			message("twice", nemesis.DoubleMessage, overtaken),
			message("twice, much later", nemesis.DoubleMessage, elected),
			message("late", nemesis.LateMessage, overtaken),
			message("much later", nemesis.LateMessage, elected),
			frame("broken off", nemesis.BreakAtFrame, 0),
			frame("much later", nemesis.LateFrame, forgotten),
		})
}

// step is the fault pinned to a point, leaving the disk in a state if it crashes. Its end, at which the machine is
// started again, is a round time; what else is pinned waits until the trial's length is over.
func (k pinKind) step(p machines.Point, state int, length time.Duration) nemesis.Step {
	f := k.fault
	f.N = p.N
	if !k.crash {
		return nemesis.Step{For: length, Fault: f}
	}
	const grain = 10 * time.Millisecond
	f.Target, f.Mark, f.Leaving = nemesis.Target(p.Machine), p.Mark, state
	return nemesis.Step{For: (p.At + k.down + grain).Truncate(grain), Fault: f}
}

// marksAmong names the marks of the points of a kind, sorted: "" alone for points that have none.
func marksAmong(points []machines.Point, what string) (marks []string) {
	for _, p := range points {
		if p.What == what {
			marks = append(marks, p.Mark)
		}
	}
	slices.Sort(marks)
	return slices.Compact(marks)
}
