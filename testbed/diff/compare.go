package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/history"
	"ordeal/reports"
	"ordeal/reports/timeline"
)

// report is what two runs have in common, and in what they differ.
type report struct {
	First  Side `json:"first"`
	Second Side `json:"second"`
	// Same says that nothing differs, Common that there is anything to compare.
	Same   bool    `json:"same"`
	Common bool    `json:"common"`
	Parts  Parting `json:"parts"`
	// Differences are those that are told, Latencies of all operations, whether they differ or not.
	Differences []Difference `json:"differences"`
	Latencies   []Latency    `json:"latencies"`
	Notes       []string     `json:"notes"`
}

// Side is one run.
type Side struct {
	What    string          `json:"what"` // the line or the folder that was given
	Line    string          `json:"line"`
	Played  bool            `json:"played"` // here, and not read from its folder
	Outcome reports.Outcome `json:"outcome"`
	Trace   string          `json:"trace"`
}

// Difference is one thing that differs, with what it is in either run.
type Difference struct {
	What   string `json:"what"`
	First  string `json:"first"`
	Second string `json:"second"`
	// Note says how much, where that can be said.
	Note string `json:"note,omitempty"`
}

// Latency is how long operations of one name took that succeeded.
type Latency struct {
	F      string  `json:"f"`
	First  Figures `json:"first"`
	Second Figures `json:"second"`
}

// Figures are how many there were and how long they took.
type Figures struct {
	Count int           `json:"count"`
	P50   time.Duration `json:"p50_ns"`
	P99   time.Duration `json:"p99_ns"`
	Max   time.Duration `json:"max_ns"`
}

// compare compares two runs.
func compare(a, b *run) report {
	r := report{First: a.side(), Second: b.side(), Differences: []Difference{}, Parts: parted(a, b), Notes: []string{}}
	r.Latencies = latencies(a.result.Latencies, b.result.Latencies)
	r.Common = r.Parts.Shared > 0 || slices.ContainsFunc(r.Latencies, func(l Latency) bool {
		return l.First.Count > 0 && l.Second.Count > 0
	})
	if !r.Common {
		r.Notes = append(r.Notes, fmt.Sprintf("They have nothing in common: no event, and no operation of one is one of the "+
			"other (workloads %s and %s).", word(a.result.Workload), word(b.result.Workload)))
	}
	if a.real != b.real {
		r.Notes = append(r.Notes, "One ran in real time and one in the simulator's: no event of one is one of the other.")
	}
	for _, one := range []*run{a, b} {
		for _, missing := range one.timeline.Missing {
			r.Notes = append(r.Notes, one.name+": "+missing)
		}
	}
	if !a.unjudged && !b.unjudged {
		r.judged(a, b)
	}
	r.rates(a, b)
	r.counts(a.result, b.result)
	r.Same = len(r.Differences) == 0 && r.Parts.At < 0 && r.Parts.By == "events"
	return r
}

// judged adds what a verdict says besides its figures.
func (r *report) judged(a, b *run) {
	for _, d := range fields(a.result.Line, b.result.Line) {
		r.Differences = append(r.Differences, Difference(d))
	}
	r.add("outcome", string(a.result.Outcome), string(b.result.Outcome), "")
	r.add("ended at", clock(a.result.Length), clock(b.result.Length), "")
	r.verdicts(a.result, b.result)
	r.faults(a.result, b.result)
	r.leaders(a, b)
}

func word(s string) string { return cmp.Or(s, "unknown") }

func (r *run) side() Side {
	return Side{
		What: r.arg, Line: r.result.Line, Played: r.trial != nil, Outcome: r.result.Outcome, Trace: r.result.Trace.Hash,
	}
}

// add adds a row, if the two differ.
func (r *report) add(what, first, second, note string) {
	if first != second {
		r.Differences = append(r.Differences, Difference{what, cmp.Or(first, "-"), cmp.Or(second, "-"), note})
	}
}

func (r *report) verdicts(a, b reports.Result) {
	of := func(from reports.Result, name string) string {
		for _, v := range from.Verdicts {
			if v.Name == name {
				return strings.TrimSuffix(fmt.Sprintf("%s: %s", v.Outcome, v.Reason), ": ")
			}
		}
		return ""
	}
	seen := map[string]bool{}
	for _, v := range append(slices.Clone(a.Verdicts), b.Verdicts...) {
		if !seen[v.Name] {
			seen[v.Name] = true
			r.add("check: "+v.Name, of(a, v.Name), of(b, v.Name), "")
		}
	}
}

// faults adds those of which something else came, by their place among those that are called the same.
func (r *report) faults(a, b reports.Result) {
	first, second := fates(a.Faults), fates(b.Faults)
	seen := map[string]bool{}
	for _, f := range append(slices.Clone(first), second...) {
		if !seen[f.name] {
			seen[f.name] = true
			r.add("fault: "+f.name, fateOf(first, f.name), fateOf(second, f.name), "")
		}
	}
}

// fate is what became of a fault.
type fate struct{ name, what string }

func fates(faults []reports.FaultResult) (all []fate) {
	for _, f := range faults {
		called, hit, fired := strings.Cut(f.Label, ": ")
		one := fate{strings.TrimSpace(f.Kind + " " + called), "not reached"}
		switch {
		case f.Skipped != "":
			one.what = fmt.Sprintf("skipped at %s", clock(f.From))
		case fired:
			one.what = fmt.Sprintf("%s, from %s", hit, clock(f.From))
		}
		twins := 0
		for _, other := range all {
			if other.name == one.name || strings.HasPrefix(other.name, one.name+" (") {
				twins++
			}
		}
		if twins > 0 {
			one.name += fmt.Sprintf(" (%d)", twins+1)
		}
		all = append(all, one)
	}
	return all
}

func fateOf(all []fate, name string) string {
	for _, f := range all {
		if f.name == name {
			return f.what
		}
	}
	return ""
}

// leaders adds how often leadership changed, how long none led, and the first time that it was another one.
func (r *report) leaders(a, b *run) {
	x, y := a.result.Leaders, b.result.Leaders
	if len(x)+len(y) == 0 {
		return
	}
	r.add("times that a server began to lead", fmt.Sprint(len(x)), fmt.Sprint(len(y)), "")
	without := func(one *run) time.Duration {
		return gaps(one.result.Leaders, min(one.result.Length, one.length()))
	}
	r.add("time without a leader", short(without(a)), short(without(b)), ratio(without(a), without(b)))
	for i := range max(len(x), len(y)) {
		text := func(list []reports.LeaderResult) string {
			if i >= len(list) {
				return "none"
			}
			return fmt.Sprintf("%s in term %d, from %s", list[i].Node, list[i].Term, clock(list[i].From))
		}
		if first, second := text(x), text(y); first != second {
			r.add(fmt.Sprintf("leader number %d", i+1), first, second, "the first that is another one")
			return
		}
	}
}

// gaps is how long of a length none led.
func gaps(spans []reports.LeaderResult, length time.Duration) (sum time.Duration) {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b reports.LeaderResult) int { return cmp.Compare(a.From, b.From) })
	reached := time.Duration(0)
	for _, s := range spans {
		from, to := min(s.From, length), s.To
		if to < 0 {
			to = length
		}
		sum += max(0, from-reached)
		reached = max(reached, min(to, length))
	}
	return sum + max(0, length-reached)
}

// rates adds how many operations succeeded in a second, and the longest time without one.
func (r *report) rates(a, b *run) {
	if !a.cut && !b.cut && !a.unjudged && !b.unjudged { // else it is not known how many there were, or how long it was
		x, y := answers(a), answers(b)
		r.add("answers a second", fmt.Sprintf("%.1f", x.rate), fmt.Sprintf("%.1f", y.rate), change(x.rate, y.rate))
		r.add("longest time without an answer", short(x.longest), short(y.longest), ratio(x.longest, y.longest))
	}
	p, q := a.result.Operations, b.result.Operations
	r.add("operations", fmt.Sprint(p.Total), fmt.Sprint(q.Total), "")
	r.add("operations that are unknown", fmt.Sprint(p.Info+p.Pending), fmt.Sprint(q.Info+q.Pending), "")
	r.add("operations that failed", fmt.Sprint(p.Fail), fmt.Sprint(q.Fail), "")
	for _, l := range r.Latencies {
		if l.First.Count > 0 && l.Second.Count > 0 && l.First != l.Second {
			r.add("p99 of "+l.F, short(l.First.P99), short(l.Second.P99), ratio(l.First.P99, l.Second.P99))
		}
	}
}

type answered struct {
	rate    float64
	longest time.Duration
}

func answers(one *run) (out answered) {
	length := min(one.result.Length, one.length())
	if length <= 0 {
		length = one.length()
	}
	last, count := time.Duration(0), 0
	for _, op := range one.history {
		if op.Process < 0 || op.Type != history.OK || op.Time > length {
			continue
		}
		count++
		out.longest = max(out.longest, op.Time-last)
		last = op.Time
	}
	out.longest = max(out.longest, length-last)
	if length > 0 {
		out.rate = float64(count) / length.Seconds()
	}
	return out
}

// counts adds the measures of the worlds.
func (r *report) counts(a, b reports.Result) {
	if a.Trace.Hash == "" || b.Trace.Hash == "" {
		return
	}
	for _, m := range a.Trace.Counts {
		i := slices.IndexFunc(b.Trace.Counts, func(n reports.MeasureResult) bool { return n.Name == m.Name })
		if i >= 0 {
			r.add(m.Name, fmt.Sprint(m.Value), fmt.Sprint(b.Trace.Counts[i].Value),
				change(float64(m.Value), float64(b.Trace.Counts[i].Value)))
		}
	}
}

func latencies(a, b []reports.LatencyResult) []Latency {
	list := []Latency{}
	at := func(f string) *Latency {
		i := slices.IndexFunc(list, func(l Latency) bool { return l.F == f })
		if i < 0 {
			i, list = len(list), append(list, Latency{F: f})
		}
		return &list[i]
	}
	for _, l := range a {
		if l.Outcome == "ok" {
			at(l.F).First = Figures{l.Count, l.P50, l.P99, l.Max}
		}
	}
	for _, l := range b {
		if l.Outcome == "ok" {
			at(l.F).Second = Figures{l.Count, l.P50, l.P99, l.Max}
		}
	}
	return list
}

// rows are the differences as the page wants them.
func (r report) rows() (rows []timeline.Difference) {
	for _, d := range r.Differences {
		rows = append(rows, timeline.Difference(d))
	}
	return rows
}
