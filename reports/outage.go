package reports

import (
	"time"
)

// classed are the operations by which outages are told, by class, each in the order of their invokes.
func (t Trial) classed() [][]operation {
	ops := operations(t.Ops)
	place := make(map[string]int)
	var list [][]operation
	for _, o := range ops {
		if t.Waits != nil && t.Waits(o.f) {
			continue
		}
		class := o.f
		if t.Class != nil {
			class = t.Class(class)
		}
		i, known := place[class]
		if !known {
			i = len(list)
			place[class] = i
			list = append(list, nil)
		}
		list[i] = append(list[i], o)
	}
	return list
}

// outage is for how long clients waited, from an instant on, until every class of operations that they asked for was
// served again: of each class the time in which at least one operation was under way, up to the first ok one that was
// asked for at the instant or later; and of these the longest. Time in which no client asked is not counted. over is
// false if clients asked and no class was served again; asked, if no client did.
func outage(classes [][]operation, at time.Duration) (waited time.Duration, over, asked bool) {
	for _, ops := range classes {
		end, ended := time.Duration(0), false
		for _, o := range ops {
			if ended && o.begun >= end {
				break
			}
			if o.begun < at {
				continue
			}
			asked = true
			if o.outcome == ok && (!ended || o.done < end) {
				end, ended = o.done, true
			}
		}
		if ended {
			over = true
			waited = max(waited, underWay(ops, at, end))
		}
	}
	return waited, over, asked
}

// underWay is how much of the time between two instants at least one operation was under way.
func underWay(ops []operation, from, to time.Duration) (sum time.Duration) {
	for _, o := range ops {
		if o.begun >= to {
			break
		}
		end := to
		if o.outcome != pending {
			end = min(o.done, to)
		}
		if begun := max(o.begun, from); end > begun {
			sum += end - begun
			from = end
		}
	}
	return sum
}

// Recovery is how long clients waited for a fault that happened in a trial: from its begin and from its end on, as
// docs/RESULTS.md has it. A time is negative if they were not served again, or did not ask; Ended also if the fault
// lasted to the end.
type Recovery struct {
	Kind  string        `json:"kind"`
	Began time.Duration `json:"began_ns"`
	Ended time.Duration `json:"ended_ns"`
}

// Recoveries are those of the faults that were applied, in the order of the plan.
func (t Trial) Recoveries() (list []Recovery) {
	classes := t.classed()
	for _, f := range t.Faults {
		if f.Skipped == "" {
			list = append(list, recoveryOf(f, classes))
		}
	}
	return list
}

func recoveryOf(f Fault, classes [][]operation) Recovery {
	r := Recovery{Kind: f.Kind, Began: waitedFrom(classes, f.From), Ended: -1}
	if f.To >= 0 {
		r.Ended = waitedFrom(classes, f.To)
	}
	return r
}

func waitedFrom(classes [][]operation, at time.Duration) time.Duration {
	if waited, over, _ := outage(classes, at); over {
		return waited
	}
	return -1
}
