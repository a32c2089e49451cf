package campaign

import (
	"cmp"
	"slices"
	"strconv"

	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

func newReport(s *trial.Service) Report {
	return Report{
		service: s, Fired: make(map[string]int), Skipped: make(map[string]int), Covered: make(map[string]int),
		Scenarios: make(map[string]Came), ByWorkload: make(map[string]Tally),
		Recovered: make(map[string]Recovered),
	}
}

// Sum is the report of a campaign of which each of the reports that are added has a part. It keeps of a part what the
// campaign's own report says, so that parts need not be held all at a time.
type Sum struct{ all Report }

// NewSum is the sum of no parts.
func NewSum(s *trial.Service) *Sum { return &Sum{newReport(s)} }

// Add adds a part.
func (s *Sum) Add(p Report) {
	all := &s.all
	all.Tally = all.Tally.with(p.Tally)
	for name, c := range p.Scenarios { //house:unordered sums
		all.Scenarios[name] = all.Scenarios[name].with(c)
	}
	for name, t := range p.ByWorkload { //house:unordered sums
		all.ByWorkload[name] = all.ByWorkload[name].with(t)
	}
	for kind, r := range p.Recovered { //house:unordered each on its own
		all.recovered(kind).with(r)
	}
	add(all.Fired, p.Fired)
	add(all.Skipped, p.Skipped)
	add(all.Covered, p.Covered)
	all.Findings = append(all.Findings, p.Findings...)
	all.Kept = append(all.Kept, p.Kept...)
	all.Interrupted = all.Interrupted || p.Interrupted
}

// Report is the campaign's. What is required of it is not asked yet.
func (s *Sum) Report() Report {
	all := s.all
	all.Findings = all.inOrder()
	return all
}

// Join is the sum of parts.
func Join(s *trial.Service, parts []Report) Report {
	sum := NewSum(s)
	for _, p := range parts {
		sum.Add(p)
	}
	return sum.Report()
}

// Brief is the report with no more of each trial than tells of it: what it covered and how long its clients waited is
// in the campaign's numbers.
func (r Report) Brief() Report {
	r.Findings, r.Kept = slices.Clone(r.Findings), slices.Clone(r.Kept)
	for i := range r.Findings {
		r.Findings[i].Summary = r.Findings[i].Summary.Brief()
	}
	for i, s := range r.Kept {
		r.Kept[i] = play.Summary{Line: s.Line, Command: s.Command, Outcome: s.Outcome, Reason: s.Reason, Dir: s.Dir}
	}
	return r
}

// WithoutUnknown is the report without the trials that are unknown.
func (r Report) WithoutUnknown() Report {
	r.Findings = slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return f.Kind == FindingUnknown })
	r.Kept = slices.DeleteFunc(slices.Clone(r.Kept), func(s play.Summary) bool { return s.Outcome == play.Unknown })
	r.Tally = r.Tally.withoutUnknown()
	for name, t := range r.ByWorkload { //house:unordered each on its own
		r.ByWorkload[name] = t.withoutUnknown()
	}
	return r
}

func (t Tally) withoutUnknown() Tally {
	t.Trials, t.Unknown = t.Trials-t.Unknown, 0
	return t
}

// Ended is the report with what the last of its parts says of the end.
func (r Report) Ended(last Report) Report {
	r.Guided, r.Interrupted = last.Guided, last.Interrupted
	r.Tally.Elapsed = last.Tally.Elapsed
	return r
}

func add(sum, more map[string]int) {
	for name, n := range more { //house:unordered sums
		sum[name] += n
	}
}

// with is the tally of two parts of a campaign, which ran at the same time.
func (t Tally) with(o Tally) Tally {
	t.Trials += o.Trials
	t.Valid += o.Valid
	t.Unknown += o.Unknown
	t.Invalid += o.Invalid
	t.Findings += o.Findings
	t.Operations += o.Operations
	t.Resolved += o.Resolved
	t.Masked += o.Masked
	t.Virtual += o.Virtual
	t.CPU += o.CPU
	t.Elapsed = max(t.Elapsed, o.Elapsed)
	return t
}

// inOrder are the findings by seed: which trial is over first is chance.
func (r Report) inOrder() (list []Finding) {
	type placed struct {
		seed uint64
		f    Finding
	}
	var all []placed
	for _, f := range r.Findings {
		seed, _ := strconv.ParseUint(f.Seed(), 10, 64) // a line that has none goes first
		all = append(all, placed{seed, f})
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.seed, b.seed), cmp.Compare(a.f.Summary.Line, b.f.Summary.Line))
	})
	for _, one := range all {
		list = append(list, one.f)
	}
	return list
}
