package cause

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ordeal/reports/timeline"
	"ordeal/testbed/play"
	"ordeal/testbed/shrink"
)

// Report is what a search found.
type Report struct {
	Line string `json:"line"`
	// Kind is the violation that it is about, and At when it was certain.
	Kind   string        `json:"kind"`
	Reason string        `json:"reason"`
	At     time.Duration `json:"violation_ns"`
	// Branches is how many were played, and Confidence how sure the bounds of the moments are, in percent.
	Branches   int      `json:"branches"`
	Confidence int      `json:"confidence"`
	Moments    []Moment `json:"moments"`
	// Inevitable is from when on nearly every branch fails; negative if no moment before the violation is such a one.
	Inevitable time.Duration `json:"inevitable_ns"`
	// Until is when the branches ended, as long as the trial if it is 0.
	Until time.Duration `json:"until_ns"`
	Jump  Jump          `json:"jump"`
}

// Jump is where the share of branches that fail rises most. What happened from From on and before To made the
// difference.
type Jump struct {
	From time.Duration `json:"from_ns"`
	To   time.Duration `json:"to_ns"`
	// Clear says that the bounds at both ends do not overlap; Single that no moment is between them.
	Clear  bool    `json:"clear"`
	Single bool    `json:"single"`
	Events []Event `json:"events"`
	More   int     `json:"more_events"`
	// Passes and Fails are lines of a branch that does not break the promise, from From, and of one that does, from To, or
	// "".
	Passes string `json:"passes"`
	Fails  string `json:"fails"`
	before Moment
	after  Moment
	atEnd  bool // To is the violation itself
}

// Event is something that happened.
type Event struct {
	At   time.Duration `json:"at_ns"`
	What string        `json:"what"`
}

// eventsMax is how many events of a jump are told.
const eventsMax = 12

// certain is the share of branches from which on a failure is called inevitable, and sure what it is at least then, in
// millionths.
const (
	certain = 0.9
	sure    = 800_000
)

func (s *searching) report(seen play.Summary, v play.Violation, told *timeline.Timeline) Report {
	r := Report{
		Line: s.trunk.Line(), Kind: s.kind, Reason: seen.Reason, At: v.At, Branches: s.played, Confidence: confidence,
		Inevitable: -1, Until: s.until,
	}
	known := s.known()
	for _, place := range known {
		r.Moments = append(r.Moments, *s.moments[place])
	}
	for i := len(known) - 1; i >= 0 && r.Moments[i].share() >= certain; i-- {
		r.Inevitable = r.Moments[i].At
	}
	j := Jump{
		From: s.instants[s.low], To: s.instants[s.high], Single: s.high-s.low == 1, Events: []Event{},
		before: *s.moments[s.low],
		after:  Moment{At: s.instants[s.high], Branches: 1, Failed: 1, Low: million, High: million},
		atEnd:  s.high == len(s.instants)-1, Passes: s.passed[s.low], Fails: s.failed[s.high],
	}
	if m := s.moments[s.high]; m != nil {
		j.after = *m
	}
	j.Clear = s.clear(s.low, s.high)
	for _, item := range told.Items(j.From, j.To) {
		if len(j.Events) == eventsMax {
			j.More++
			continue
		}
		j.Events = append(j.Events, Event{item.At, item.Text})
	}
	r.Jump = j
	return r
}

// curve is what the page draws.
func (r Report) curve() *timeline.Curve {
	c := &timeline.Curve{Kind: r.Kind, Confidence: r.Confidence, From: r.Jump.From, To: r.Jump.To, Story: r.sentences()}
	for _, m := range r.Moments {
		c.Points = append(c.Points, timeline.Chance{
			At: m.At, Branches: m.Branches, Failed: m.Failed, Low: m.Low, High: m.High,
		})
	}
	return c
}

// sentences say what was found, each for itself.
func (r Report) sentences() []string {
	j := r.Jump
	first := r.Moments[0]
	lines := []string{fmt.Sprintf("From the start %s.", first.odds())}
	if r.Inevitable == first.At {
		lines = nil
	}
	switch {
	case r.Inevitable < 0 && j.atEnd:
		lines = append(lines, "Up to the violation it was not inevitable: other chance would have spared it at any moment.")
	case r.Inevitable < 0:
		lines = append(lines, "At no moment before the violation was it inevitable.")
	case r.from(r.Inevitable).Low < sure:
		lines = append(lines, fmt.Sprintf("From %s on it may have been inevitable: %s. More branches would tell.",
			clock(r.Inevitable), r.from(r.Inevitable).odds()))
	case r.Inevitable == first.At:
		lines = append(lines, fmt.Sprintf("The failure was inevitable from the start, whatever chance does: %s.",
			r.from(r.Inevitable).odds()))
	default:
		lines = append(lines, fmt.Sprintf("From %s on it was inevitable: %s.", clock(r.Inevitable),
			r.from(r.Inevitable).odds()))
	}
	if r.Inevitable != first.At {
		lines = append(lines, j.sentence())
	}
	return lines
}

// from is what became of the branches of all moments from an instant on.
func (r Report) from(at time.Duration) (all Moment) {
	for _, m := range r.Moments {
		if m.At >= at {
			all.Branches, all.Failed = all.Branches+m.Branches, all.Failed+m.Failed
		}
	}
	all.bound()
	return all
}

// odds is "12 of 40 branches fail: 30 %, or 17 % to 47 % at 95 % confidence".
func (m Moment) odds() string {
	return fmt.Sprintf("%d of %d branches fail: %s, or %s to %s at %d %% confidence", m.Failed, m.Branches,
		percent(int(m.share()*million)), percent(m.Low), percent(m.High), confidence)
}

func (j Jump) sentence() string {
	to := clock(j.To)
	if j.atEnd {
		to = "the violation itself"
	}
	from := fmt.Sprintf("%s at %s", percent(int(j.before.share()*million)), clock(j.From))
	switch {
	case !j.Clear:
		return fmt.Sprintf("The probability rises without a clear jump, most between %s and %s.", clock(j.From), to)
	case j.Single && len(j.Events) > 0:
		return fmt.Sprintf("The jump is one event: from %s to %s behind it: %s.", from,
			percent(int(j.after.share()*million)), j.Events[0].What)
	}
	return fmt.Sprintf("The jump is between %s and %s: from %s to %s.", clock(j.From), to, from,
		percent(int(j.after.share()*million)))
}

// Text is the report for a person. called is what to type to play a line.
func (r Report) Text(called string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CAUSE  %s\n%s, at %s\n", shrink.Shown(r.Line), r.Kind, clock(r.At))
	for _, line := range r.sentences() {
		fmt.Fprintf(&b, "%s\n", line)
	}
	fmt.Fprintf(&b, "\n%d branches, each with the trial's past up to a moment and another chance from there on:\n",
		r.Branches)
	if r.Until > 0 {
		fmt.Fprintf(&b, "(they end at %s: what fails later does for another reason)\n", clock(r.Until))
	}
	fmt.Fprintf(&b, "%14s  %-10s  %5s  %-14s  %s\n", "moment", "fail", "share", fmt.Sprintf("at %d %%", confidence),
		"= at least, # seen, - at most")
	for _, m := range r.Moments {
		fmt.Fprintf(&b, "%s\n", m.text())
	}
	j := r.Jump
	if r.Inevitable == r.Moments[0].At {
		return b.String()
	}
	if len(j.Events) > 0 {
		fmt.Fprintf(&b, "\nWhat happened from %s on and before %s:\n", clock(j.From), clock(j.To))
	}
	for _, e := range j.Events {
		fmt.Fprintf(&b, "%14s  %s\n", clock(e.At), e.What)
	}
	if j.More > 0 {
		fmt.Fprintf(&b, "%14s  and %d more\n", "", j.More)
	}
	if j.Passes != "" && j.Fails != "" {
		fmt.Fprintf(&b, "\nTwo branches to compare:\n  %s diff '%s' '%s'\n", called, j.Passes, j.Fails)
	}
	return b.String()
}

// JSON is the report for programs, one line.
func (r Report) JSON() ([]byte, error) {
	data, err := json.Marshal(r)
	return append(data, '\n'), err
}
