package reports

import (
	"bytes"
	"encoding/json"
	"time"

	"ordeal/history"
)

// resultFormat grows when a field changes its meaning or goes. New fields leave it as it is.
const resultFormat = 1

// Result is a trial for programs: what verdict.json holds, and what a line of JSON output is. The order of the fields
// is the order in the bytes. docs/RESULTS.md describes every field; times are nanoseconds of the world.
type Result struct {
	Format     int              `json:"format"`
	Line       string           `json:"line"`
	Workload   string           `json:"workload"`
	Outcome    Outcome          `json:"outcome"`
	Reason     string           `json:"reason"`
	Replay     string           `json:"replay"`
	Length     time.Duration    `json:"length_ns"`
	Operations OperationsResult `json:"operations"`
	Verdicts   []VerdictResult  `json:"verdicts"`
	Latencies  []LatencyResult  `json:"latencies"`
	Faults     []FaultResult    `json:"faults"`
	Leaders    []LeaderResult   `json:"leaders"`
	// Availability is by class, and for each by any server and then by each.
	Availability []AvailabilityResult `json:"availability"`
	Trace        TraceResult          `json:"trace"`
	// Notes are left out where there are none.
	Notes []string `json:"notes,omitempty"`
	// Covered are the names of what the trial covered.
	Covered []string `json:"covered,omitempty"`
}

// OperationsResult counts client operations by how they ended.
type OperationsResult struct {
	Total   int `json:"total"`
	OK      int `json:"ok"`
	Info    int `json:"info"`
	Fail    int `json:"fail"`
	Pending int `json:"pending"`
}

// VerdictResult is the result of one check.
type VerdictResult struct {
	Name     string          `json:"name"`
	Outcome  Outcome         `json:"outcome"`
	Reason   string          `json:"reason"`
	Details  []string        `json:"details"`
	Evidence []EventResult   `json:"evidence"`
	Measures []MeasureResult `json:"measures"`
}

// EventResult is an event of the history, with the fields that history.jsonl has.
type EventResult struct {
	Index   int           `json:"index"`
	Time    time.Duration `json:"time"`
	Process int           `json:"process"`
	Type    string        `json:"type"`
	F       string        `json:"f"`
	Key     string        `json:"key,omitempty"`
	Value   any           `json:"value"`
	Error   string        `json:"error,omitempty"`
}

// MeasureResult is a number with a name and a unit.
type MeasureResult struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
	Unit  string `json:"unit"`
}

// LatencyResult is how long operations of one name took: the ok ones, or those that ended otherwise.
type LatencyResult struct {
	F       string        `json:"f"`
	Outcome string        `json:"outcome"` // "ok", or "other" for info and fail
	Count   int           `json:"count"`
	P50     time.Duration `json:"p50_ns"`
	P90     time.Duration `json:"p90_ns"`
	P99     time.Duration `json:"p99_ns"`
	P999    time.Duration `json:"p999_ns"`
	Max     time.Duration `json:"max_ns"`
}

// FaultResult is one step of the plan and what became of it.
type FaultResult struct {
	Kind    string        `json:"kind"`
	Family  string        `json:"family"`
	Label   string        `json:"label"`
	From    time.Duration `json:"from_ns"`
	To      time.Duration `json:"to_ns"` // -1: to the end
	Skipped string        `json:"skipped"`
	// Recovery is from the fault's end to the first ok; -1 if there was none.
	Recovery time.Duration `json:"recovery_ns"`
	// Began and Ended are for how long clients waited, from the fault's begin and from its end on: see Recovery.
	Began time.Duration `json:"waited_from_begin_ns"`
	Ended time.Duration `json:"waited_from_end_ns"`
}

// LeaderResult is who led, when.
type LeaderResult struct {
	Node string        `json:"node"`
	Term uint64        `json:"term"`
	From time.Duration `json:"from_ns"`
	To   time.Duration `json:"to_ns"` // -1: to the end
}

// TraceResult is the trace of the world in figures.
type TraceResult struct {
	Hash   string          `json:"hash"`
	Events int64           `json:"events"`
	Counts []MeasureResult `json:"counts"`
}

// Result is the trial for programs.
func (t Trial) Result() Result {
	ops := operations(t.Ops)
	all := tallies(ops)
	r := Result{
		Format: resultFormat, Line: t.Line, Workload: t.Workload, Outcome: t.Outcome(), Reason: t.Reason(),
		Replay: t.Replay, Length: t.Length, Notes: t.Notes, Covered: t.Covered,
		Operations: countedAs(all), Latencies: latencyResults(all),
		Verdicts: []VerdictResult{}, Faults: []FaultResult{}, Leaders: []LeaderResult{},
		Availability: append([]AvailabilityResult{}, t.availabilityResults()...),
		Trace:        TraceResult{Hash: t.Trace.Hash, Events: t.Trace.Events, Counts: measureResults(t.Trace.Counts)},
	}
	for _, v := range t.Verdicts {
		r.Verdicts = append(r.Verdicts, VerdictResult{
			Name: v.Name, Outcome: v.Outcome.known(), Reason: v.Reason, Details: append([]string{}, v.Details...),
			Evidence: eventResults(v.Evidence), Measures: measureResults(v.Measures),
		})
	}
	classes := t.classed()
	for _, f := range t.Faults {
		r.Faults = append(r.Faults, faultResult(f, ops, classes))
	}
	for _, l := range t.Leaders {
		r.Leaders = append(r.Leaders, LeaderResult{Node: l.Node, Term: l.Term, From: l.From, To: max(l.To, -1)})
	}
	return r
}

// JSON is the result as one line, with its line break.
func (r Result) JSON() ([]byte, error) { return encodeJSON(r, "") }

// encodeJSON writes v as JSON that keeps < and > as they are.
func encodeJSON(v any, indent string) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func countedAs(all []tally) OperationsResult {
	n := totals(all)
	return OperationsResult{
		Total: n[ok] + n[info] + n[fail] + n[pending], OK: n[ok], Info: n[info], Fail: n[fail], Pending: n[pending],
	}
}

func latencyResults(all []tally) []LatencyResult {
	results := []LatencyResult{}
	add := func(f, outcome string, count int, s *spread) {
		if s != nil {
			results = append(results, LatencyResult{f, outcome, count, s[0], s[1], s[2], s[3], s[4]})
		}
	}
	for _, t := range all {
		add(t.f, "ok", t.counts[ok], t.ok)
		add(t.f, "other", t.counts[info]+t.counts[fail], t.other)
	}
	return results
}

func faultResult(f Fault, ops []operation, classes [][]operation) FaultResult {
	r := FaultResult{
		Kind: f.Kind, Family: f.Family, Label: f.Label, From: f.From, To: max(f.To, -1), Skipped: f.Skipped,
		Recovery: -1, Began: -1, Ended: -1,
	}
	if f.Skipped == "" {
		waited := recoveryOf(f, classes)
		r.Began, r.Ended = waited.Began, waited.Ended
	}
	if after, recovered := recovery(f, ops); recovered && f.Skipped == "" {
		r.Recovery = after
	}
	return r
}

func eventResults(events []history.Op) []EventResult {
	results := []EventResult{}
	for _, e := range events {
		results = append(results, EventResult{
			e.Index, e.Time, e.Process, e.Type.String(), e.F, e.Key, e.Value, e.Error,
		})
	}
	return results
}

func measureResults(measures []Measure) []MeasureResult {
	results := []MeasureResult{}
	for _, m := range measures {
		results = append(results, MeasureResult(m))
	}
	return results
}
