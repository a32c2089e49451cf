package reports

import (
	"cmp"
	"slices"
	"strings"
)

// Campaign is many trials, as the index shows them: numbers over all, and a row for each trial that was kept.
type Campaign struct {
	// Title says what was tried, Line the command that ran it.
	Title, Line string
	// Totals is one row for each workload, in the order in which they are to be shown.
	Totals []Total
	// Kept are the trials that have a row of their own: every invalid one, and what else was asked for.
	Kept []Kept
	// Coverage says of each kind of fault how often it fired.
	Coverage []Coverage
	// Recoveries say of each kind of fault how long clients waited for it, in the order in which they are to be shown.
	Recoveries []KindRecovery
	// Items is what a campaign may cover besides, and in how many trials it did.
	Items []Item
	// Unknowns says why trials are unknown, each reason once.
	Unknowns []Reason
}

// Total counts the trials of a workload by outcome.
type Total struct {
	Workload                string
	Valid, Invalid, Unknown int64
	// Operations is how many client operations the trials had together.
	Operations int64
}

// Trials is how many there were.
func (t Total) Trials() int64 { return t.Valid + t.Invalid + t.Unknown }

// Kept is a trial with a row of its own.
type Kept struct {
	Workload, Line, Replay string
	Outcome                Outcome
	// Reason is empty for valid trials.
	Reason string
	// Folder is where WriteTrial wrote to, relative to the index and with forward slashes; "" if nowhere.
	Folder string
	// Away is where they are kept, if that is no folder here: a URL for other programs than a browser.
	Away string
}

// Coverage is how often a kind of fault fired in the campaign, and how often it was skipped.
type Coverage struct {
	Kind           string
	Fired, Skipped int64
	// Reasons says why it was skipped.
	Reasons []Reason
}

// Item is something that a trial may cover.
type Item struct {
	Name, What string
	Trials     int64
	// Required says that the campaign is no pass without it.
	Required bool
}

// Missing says that the item is required and did not happen.
func (i Item) Missing() bool { return i.Required && i.Trials == 0 }

// Reason is a reason, and how often it was given.
type Reason struct {
	Reason string
	Count  int64
}

func (c Campaign) sum() Total {
	var sum Total
	for _, t := range c.Totals {
		sum.Valid += t.Valid
		sum.Invalid += t.Invalid
		sum.Unknown += t.Unknown
		sum.Operations += t.Operations
	}
	return sum
}

// Add counts a trial's result. A trial that is not valid is kept; one that is, when it has a folder. Totals, coverage
// and reasons stay sorted, whatever the order of the calls; Kept is in their order.
func (c *Campaign) Add(r Result, folder string) {
	total := row(&c.Totals, func(t Total) int { return strings.Compare(t.Workload, r.Workload) })
	total.Workload = r.Workload
	total.Operations += int64(r.Operations.Total)
	switch r.Outcome {
	case Valid:
		total.Valid++
	case Invalid:
		total.Invalid++
	default:
		total.Unknown++
		addReason(&c.Unknowns, r.Reason)
	}
	for _, f := range r.Faults {
		kind := row(&c.Coverage, func(k Coverage) int { return strings.Compare(k.Kind, f.Kind) })
		kind.Kind = f.Kind
		if f.Skipped == "" {
			kind.Fired++
			continue
		}
		kind.Skipped++
		addReason(&kind.Reasons, f.Skipped)
	}
	if r.Outcome != Valid || folder != "" {
		c.Kept = append(c.Kept, Kept{Workload: r.Workload, Line: r.Line, Replay: r.Replay, Outcome: r.Outcome,
			Reason: r.Reason, Folder: folder})
	}
}

// row finds a row of a sorted table, or makes room for it.
func row[R any](rows *[]R, compare func(R) int) *R {
	i, found := slices.BinarySearchFunc(*rows, struct{}{}, func(r R, _ struct{}) int { return compare(r) })
	if !found {
		var empty R
		*rows = slices.Insert(*rows, i, empty)
	}
	return &(*rows)[i]
}

func addReason(rows *[]Reason, reason string) {
	r := row(rows, func(r Reason) int { return strings.Compare(r.Reason, reason) })
	r.Reason = reason
	r.Count++
}

// mostReasons is how many reasons are shown: they may name instants, and then no two are alike.
const mostReasons = 20

// commonUnknowns are the reasons for unknown trials that most trials have; the rest is one row.
func (c Campaign) commonUnknowns() []Reason {
	common := slices.Clone(c.Unknowns)
	slices.SortStableFunc(common, func(a, b Reason) int { return cmp.Compare(b.Count, a.Count) })
	if len(common) <= mostReasons {
		return common
	}
	rest := Reason{Reason: "other reasons"}
	for _, r := range common[mostReasons:] {
		rest.Count += r.Count
	}
	return append(common[:mostReasons], rest)
}

// findings are the invalid trials, in order.
func (c Campaign) findings() []Kept {
	var found []Kept
	for _, k := range c.Kept {
		if k.Outcome == Invalid {
			found = append(found, k)
		}
	}
	return found
}

// others are the kept trials that are no findings, in order.
func (c Campaign) others() []Kept {
	var others []Kept
	for _, k := range c.Kept {
		if k.Outcome != Invalid {
			others = append(others, k)
		}
	}
	return others
}
