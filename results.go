package ordeal

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/nemesis"
	"ordeal/reports"
)

// Folder takes the files of a report: reports.Folder.
type Folder = reports.Folder

// Result is what came of a trial: everything that its line decides.
type Result struct {
	Summary Summary
	Verdict checker.Verdict
	History history.History
	// Plan is what the nemesis was to do, Faults what it did.
	Plan   nemesis.Plan
	Faults []nemesis.Event
	// Leaders is who led when.
	Leaders []LeaderSpan
	report  reports.Trial
	// explicit says what the trial did, for those who ask.
	explicit func() *Explicit
	// resolved is the history by which a masked violation shows.
	resolved history.History
	// account tells the story, if somebody wrote it down.
	account string
}

// result puts together what a trial that is over has to show.
func (p *play) result(v checker.Verdict) Result {
	r := Result{
		Verdict: v, History: p.recorder.Ops(), Plan: p.plan, Faults: p.runner.Results(), Leaders: p.invariants.leaderSpans,
		explicit: p.explicit, resolved: p.resolved,
	}
	r.report = p.report(r)
	s := Summary{
		Line: p.trial.Line(), Command: p.trial.command(), Outcome: string(r.report.Outcome()),
		TraceHash: r.report.Trace.Hash, Events: p.world.Events(), VirtualMs: p.world.Now().Milliseconds(),
		Fired: make(map[string]int), Skipped: make(map[string]int), Covered: r.report.Covered,
		Sprung: p.ground.sprung,
	}
	s.HistoryHash, s.Operations = countHistory(r.History)
	s.Violations, s.Resolved, s.Masked = p.violations(v), p.resolvedCount, p.masked
	if p.chronicle != nil && v.Outcome == checker.Invalid {
		r.account = p.chronicle.account(s.Violations, p.chronicle.kind)
	}
	if v.Outcome != checker.Valid {
		worst := worstPart(v)
		s.Checker, s.Reason = worst.Checker, worst.Reason
		s.Text = reports.Text(r.report)
	}
	for _, e := range r.Faults {
		switch e.Type {
		case nemesis.Fired:
			s.Fired[string(e.Kind)]++
		case nemesis.Skipped:
			s.Skipped[string(e.Kind)]++
		}
	}
	r.Summary = s
	return r
}

// worstPart is the part of a verdict that decided it.
func worstPart(v checker.Verdict) checker.Verdict {
	for _, p := range v.Parts {
		if p.Outcome == v.Outcome {
			return p
		}
	}
	return v
}

// countHistory hashes a history and counts the operations that clients began.
func countHistory(h history.History) (hash string, operations int) {
	f := fnv.New64a()
	var line []byte
	for _, op := range h {
		line = line[:0]
		for _, n := range [...]int64{int64(op.Index), int64(op.Time), int64(op.Process), int64(op.Type)} {
			line = append(strconv.AppendInt(line, n, 10), ' ')
		}
		line = append(append(line, op.F...), ' ')
		line = append(append(line, op.Key...), ' ')
		line = append(appendValue(line, op.Value), ' ')
		line = append(append(line, op.Error...), '\n')
		_, _ = f.Write(line)
		if op.Process >= 0 && op.Type == history.Invoke {
			operations++
		}
	}
	return fmt.Sprintf("%016x", f.Sum64()), operations
}

// appendValue writes a value of a history as package fmt does, which takes several times as long.
func appendValue(line []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return append(line, v...)
	case int64:
		return strconv.AppendInt(line, v, 10)
	case []any:
		line = append(line, '[')
		for i, e := range v {
			if i > 0 {
				line = append(line, ' ')
			}
			line = appendValue(line, e)
		}
		return append(line, ']')
	}
	return fmt.Append(line, v)
}

// report is the trial as package reports wants it.
func (p *play) report(r Result) reports.Trial {
	t := reports.Trial{
		Line: p.trial.Line(), Title: p.trial.name(), Workload: p.trial.Workload, Model: p.trial.Workload,
		Replay: p.trial.command(), Plan: p.plan.String(), Length: min(p.trial.Length, p.world.Now()), Ops: r.History,
		Faults: p.reportFaults(r.Faults),
		Trace:  reports.Trace{Hash: fmt.Sprintf("%016x", p.world.TraceHash()), Events: int64(p.world.Events())},
	}
	t.Notes, t.Covered = p.notes(), p.coverage.finish()
	stats := p.world.Stats()
	t.Trace.Counts = []reports.Measure{
		{Name: "messages sent between servers", Value: int64(stats.Sent)},
		{Name: "messages lost", Value: int64(stats.Lost)},
		{Name: "messages duplicated", Value: int64(stats.Duplicated)},
		{Name: "connections opened", Value: int64(stats.Dials)},
		{Name: "connections broken", Value: int64(stats.Broken)},
		{Name: "frames on connections", Value: int64(stats.Frames)},
		{Name: "syncs", Value: int64(stats.Syncs)},
		{Name: "syncs that failed", Value: int64(stats.SyncErrors)},
		{Name: "messages and pieces of connections with wrong bits", Value: int64(stats.Corrupted)},
		{Name: "writes to a full disk", Value: int64(stats.Full)},
		{Name: "reads that failed", Value: int64(stats.ReadErrors)},
		{Name: "changes of the ensemble", Value: int64(p.ground.ensemble.changes)},
		{Name: "entries between two snapshots", Value: int64(p.storage.SnapshotEvery)},
	}
	for _, l := range r.Leaders {
		t.Leaders = append(t.Leaders, reports.LeaderSpan{Node: string(l.Machine), Term: l.Term, From: l.From, To: l.To})
	}
	for _, part := range r.Verdict.Parts {
		t.Verdicts = append(t.Verdicts, reportVerdict(part))
	}
	return t
}

// notes say what was not judged.
func (p *play) notes() (notes []string) {
	if p.trial.merciless() {
		notes = append(notes, "the plan is merciless: nobody demands that the service comes back")
	}
	for _, m := range p.ground.servers {
		if how := p.ground.forgot[m]; how != "" {
			notes = append(notes, fmt.Sprintf("%s had forgotten what it had acknowledged, since %s: all that is demanded from %v on is "+
				"that nobody serves what was never written", m, how, p.ground.forgotAt))
		}
	}
	return notes
}

func reportVerdict(v checker.Verdict) reports.Verdict {
	out := reports.Verdict{Name: v.Checker, Outcome: reports.Outcome(v.Outcome.String()), Reason: v.Reason}
	if v.Key != "" {
		out.Details = append(out.Details, "object: "+v.Key)
	}
	for _, op := range v.Evidence {
		out.Evidence = append(out.Evidence, eventsOf(op)...)
	}
	slices.SortStableFunc(out.Evidence, func(a, b history.Op) int { return a.Index - b.Index })
	for _, m := range v.Measures {
		out.Measures = append(out.Measures, reports.Measure(m))
	}
	return out
}

// eventsOf is an operation as the events that it was made of.
func eventsOf(op history.Operation) []history.Op {
	events := []history.Op{{
		Index: op.Call, Time: op.Invoked, Process: op.Process, Type: history.Invoke, F: op.F, Key: op.Key, Value: op.Argument,
	}}
	if op.Return < 0 {
		return events
	}
	end := history.Op{
		Index: op.Return, Time: op.Completed, Process: op.Process, Type: op.End, F: op.F, Key: op.Key, Value: op.Result, Error: op.Error,
	}
	if op.Return == op.Call {
		return []history.Op{end}
	}
	return append(events, end)
}

// reportFaults is the plan's steps, and from when to when each lasted.
func (p *play) reportFaults(events []nemesis.Event) []reports.Fault {
	colours := make(map[string]string)
	for _, f := range nemesis.Families() {
		colours[f.Name] = f.Colour
	}
	faults := make([]reports.Fault, len(p.plan))
	for i, step := range p.plan {
		info, _ := step.Fault.Kind.Info()
		faults[i] = reports.Fault{
			Family: info.Family, Kind: string(step.Fault.Kind), Color: colours[info.Family],
			Label: strings.TrimPrefix(step.Fault.String(), string(step.Fault.Kind)+" "), From: step.At, To: step.At,
		}
	}
	for _, e := range events {
		f := &faults[e.Step]
		switch e.Type {
		case nemesis.Fired:
			f.From, f.To = e.Time, -1
			if e.For == 0 {
				f.To = e.Time
			}
			f.Label = strings.TrimSpace(f.Label + ": " + e.Detail)
			if e.Softened != "" {
				f.Label += " (softened: " + e.Softened + ")"
			}
		case nemesis.Ended:
			f.To = e.Time
		default:
			f.Skipped = e.Detail
		}
	}
	return faults
}

// Write writes the trial's files. Porcupine's page, if there is one, is the only one whose bytes may differ when the
// trial is played again.
func (r Result) Write(folder Folder) error {
	var extra []reports.File
	if r.Verdict.HasPage() {
		var page bytes.Buffer
		if err := r.Verdict.Page(&page); err != nil {
			return fmt.Errorf("the page of Porcupine: %w", err)
		}
		extra = append(extra, reports.File{Name: "linearizability.html", About: "the contradiction, drawn by Porcupine", Data: page.Bytes()})
	}
	if r.resolved != nil {
		var lines bytes.Buffer
		if err := history.WriteJSONL(&lines, history.Head{Model: r.report.Model, Trial: r.report.Line}, r.resolved); err != nil {
			return fmt.Errorf("the resolved history: %w", err)
		}
		extra = append(extra, reports.File{Name: "history-resolved.jsonl", About: "the history with unknown operations as they ended", Data: lines.Bytes()})
	}
	return reports.WriteTrial(folder, r.report, extra...)
}

// WriteIndex writes the page over a campaign; command is what was run.
func (r Report) WriteIndex(folder Folder, command string) error {
	c := reports.Campaign{Title: "ordeal campaign", Line: command}
	for _, name := range sortedKeys(r.ByWorkload) {
		t := r.ByWorkload[name]
		c.Totals = append(c.Totals, reports.Total{
			Workload: name, Valid: int64(t.Valid), Invalid: int64(t.Invalid), Unknown: int64(t.Unknown), Operations: int64(t.Operations),
		})
	}
	for _, s := range r.Kept {
		c.Kept = append(c.Kept, reports.Kept{
			Workload: workloadOf(s.Line), Line: s.Line, Replay: s.Command, Outcome: reports.Outcome(s.Outcome), Reason: s.Reason, Folder: s.folder(),
		})
	}
	reasons := make(map[string]int64)
	for _, f := range r.Findings {
		if f.Kind == FindingUnknown {
			reasons[f.Summary.Checker+": "+f.Summary.Reason]++
		}
	}
	for _, reason := range sortedKeys(reasons) {
		c.Unknowns = append(c.Unknowns, reports.Reason{Reason: reason, Count: reasons[reason]})
	}
	fired := maps.Clone(r.Fired)
	for kind := range r.Skipped {
		fired[kind] += 0
	}
	for _, kind := range sortedKeys(fired) {
		c.Coverage = append(c.Coverage, reports.Coverage{Kind: kind, Fired: int64(fired[kind]), Skipped: int64(r.Skipped[kind])})
	}
	c.Items = r.coverageItems()
	page, err := reports.Index(c)
	if err != nil {
		return err
	}
	return folder("index.html", page)
}

func workloadOf(line string) string {
	t, err := ParseTrial(line)
	if err != nil {
		return ""
	}
	return t.Workload
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// drainMax is how long clients may take to look at everything for the last time.
const drainMax = time.Minute
