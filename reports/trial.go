package reports

import (
	"time"

	"ordeal/history"
)

// Outcome is what a check says of a trial. The zero value counts as Unknown.
type Outcome string

// The three outcomes. Unknown is never a pass.
const (
	Valid   Outcome = "valid"
	Invalid Outcome = "invalid"
	Unknown Outcome = "unknown"
)

// Trial is what a report is made from.
type Trial struct {
	// Line names everything that the trial depends on; Title is short enough for the head of a plot.
	Line, Title string
	// Workload names what the clients did, Model the specification that their history is judged by.
	Workload, Model string
	// Replay is the whole command that runs the trial again, ready to paste; "" leaves it out.
	Replay string
	// Plan is the text of the nemesis' plan.
	Plan string
	// Notes are sentences that a reader has to know before relying on the outcome: what was not judged, and why.
	Notes []string
	// Covered names what happened of what a campaign counts.
	Covered []string
	// Class, unless it is nil, says which class of operations one of a name is of, for plots: reads, writes, ….
	Class func(f string) string
	// Waits, unless it is nil, says of which name operations may wait for other clients: how long they take says nothing
	// of whether the service serves.
	Waits func(f string) bool
	// Server, unless it is nil, is the server that the operation was at whose invoke has an index in Ops; "" if that is
	// not known. Servers are all there were.
	Server  func(invoke int) string
	Servers []string
	// Length is the trial's length in the world's time.
	Length time.Duration
	// Ops is the history, in the order of Index.
	Ops []history.Op
	// Faults are the steps of the plan and what became of them, in the order of the plan.
	Faults []Fault
	// Leaders says who led when; empty leaves the ribbon out of the plots.
	Leaders []LeaderSpan
	// Verdicts are the checks, in the order in which they are to be shown.
	Verdicts []Verdict
	Trace    Trace
}

// Fault is one step of the plan and what became of it.
type Fault struct {
	// Family groups faults into one band of the plots ("partition", "kill", "clock"); Kind is the plan's own word.
	Family, Kind string
	// Label says what was hit ("n2 | n1 n3"), in a few words.
	Label string
	// Color is the family's, as "#RRGGBB"; anything else is drawn grey.
	Color string
	// From and To bound the fault in the world's time. To < 0: it lasted to the end.
	From, To time.Duration
	// Skipped says why the fault was not applied; "" says that it was.
	Skipped string
}

// LeaderSpan is a time in which one node led in one term. To < 0: to the end.
type LeaderSpan struct {
	Node     string
	Term     uint64
	From, To time.Duration
}

// Verdict is the result of one check.
type Verdict struct {
	// Name is the check's ("linearizability", "exclusion").
	Name    string
	Outcome Outcome
	// Reason is one sentence for a person.
	Reason string
	// Details are more lines for a person, each on its own.
	Details []string
	// Evidence are the events that contradict each other, or that the reason speaks of.
	Evidence []history.Op
	// Measures are numbers that the check found on its way.
	Measures []Measure
}

// Measure is a number with a name and a unit ("ns", "operations"; "" for a plain count).
type Measure struct {
	Name  string
	Value int64
	Unit  string
}

// Trace is what the world says of itself at the end.
type Trace struct {
	// Hash stands for every event in order: equal hashes, equal runs.
	Hash string
	// Events is how many events the world handled.
	Events int64
	// Counts are events by kind, in the order in which they are to be shown.
	Counts []Measure
}

// Outcome is the worst of the verdicts: invalid before unknown before valid. A trial without verdicts is unknown.
func (t Trial) Outcome() Outcome {
	v, ok := t.worst()
	if !ok {
		return Unknown
	}
	return v.Outcome.known()
}

// Reason is that of the verdict that makes the outcome, with the check's name; "" when every verdict is valid.
func (t Trial) Reason() string {
	v, ok := t.worst()
	switch {
	case !ok:
		return "nothing was checked"
	case v.Outcome == Valid:
		return ""
	}
	return v.Name + ": " + v.Reason
}

// worst is the first of the verdicts with the worst outcome.
func (t Trial) worst() (worst Verdict, ok bool) {
	for i, v := range t.Verdicts {
		if i == 0 || v.Outcome.rank() > worst.Outcome.rank() {
			worst = v
		}
	}
	return worst, len(t.Verdicts) > 0
}

// known is the outcome, with Unknown for anything that is none of the three.
func (o Outcome) known() Outcome {
	if o == Valid || o == Invalid {
		return o
	}
	return Unknown
}

func (o Outcome) rank() int {
	switch o {
	case Valid:
		return 0
	case Invalid:
		return 2
	}
	return 1
}

// extent is the time that plots show: the trial's length, or more if an event lies behind it. Never 0.
func (t Trial) extent() time.Duration {
	extent := max(t.Length, time.Millisecond)
	for _, op := range t.Ops {
		extent = max(extent, op.Time)
	}
	return extent
}

// fired are the faults that were applied, and skipped those that were not.
func (t Trial) fired() (fired, skipped []Fault) {
	for _, f := range t.Faults {
		if f.Skipped == "" {
			fired = append(fired, f)
		} else {
			skipped = append(skipped, f)
		}
	}
	return fired, skipped
}
