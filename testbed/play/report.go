package play

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/nemesis"
	"ordeal/reports"
)

// report is the trial as package reports wants it.
func (p *play) report(r Result) reports.Trial {
	t := reports.Trial{
		Line: p.trial.Line(), Title: p.trial.Name(), Workload: p.trial.Workload,
		Model:  p.trial.Service.Workload(p.trial.Workload).ModelName(),
		Replay: p.trial.Command(), Plan: p.plan.String(), Length: min(p.trial.Length, p.world.Now()), Ops: r.History,
		Faults: ReportFaults(p.plan, r.Faults),
		Trace:  reports.Trace{Hash: fmt.Sprintf("%016x", p.world.TraceHash()), Events: int64(p.world.Events())},
		Server: p.serverOf(), Notes: p.notes(), Covered: p.covered.List(p.trial.Service, p.runner.Unfired()),
	}
	w := p.trial.Service.Workload(p.trial.Workload)
	t.Class, t.Waits = w.Class, w.Waits
	for _, s := range p.machines.Servers() {
		t.Servers = append(t.Servers, string(s))
	}
	t.Trace.Counts = p.counts()
	for _, l := range r.Leaders {
		t.Leaders = append(t.Leaders, reports.LeaderSpan{Node: string(l.Machine), Term: l.Epoch, From: l.From, To: l.To})
	}
	for _, part := range r.Verdict.Parts {
		t.Verdicts = append(t.Verdicts, ReportVerdict(part))
	}
	return t
}

// serverOf says at which server an operation was, by the index of its invoke.
func (p *play) serverOf() func(invoke int) string {
	var at map[int]string
	return func(invoke int) string {
		if at == nil {
			at = make(map[int]string)
			for _, call := range p.service.Clients.Calls() {
				at[call.Event] = string(call.Server)
			}
		}
		return at[invoke]
	}
}

// counts are those of the world and of the service.
func (p *play) counts() []reports.Measure {
	stats := p.world.Stats()
	counts := []reports.Measure{
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
	}
	if p.service.Measures != nil {
		for _, m := range p.service.Measures() {
			counts = append(counts, reports.Measure(m))
		}
	}
	return counts
}

// notes say what was not judged.
func (p *play) notes() (notes []string) {
	if p.trial.Merciless() {
		notes = append(notes, "the plan is merciless: that the service comes back is not demanded")
	}
	for _, m := range p.machines.Servers() {
		if how := p.machines.Forgot(m); how != "" {
			notes = append(notes, fmt.Sprintf("%s had forgotten what it had acknowledged, since %s: all that is demanded from "+
				"%v on is "+
				"that no server serves what was never written", m, how, p.machines.ForgotAt()))
		}
	}
	return notes
}

// ReportVerdict is a checker's verdict as package reports wants it.
func ReportVerdict(v checker.Verdict) reports.Verdict {
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
		Index: op.Return, Time: op.Completed, Process: op.Process, Type: op.End, F: op.F, Key: op.Key, Value: op.Result,
		Error: op.Error,
	}
	if op.Return == op.Call {
		return []history.Op{end}
	}
	return append(events, end)
}

// ReportFaults is the steps of a plan, and from when to when each lasted, by what became of them.
func ReportFaults(plan nemesis.Plan, events []nemesis.Event) []reports.Fault {
	colours := make(map[string]string)
	for _, f := range nemesis.Families() {
		colours[f.Name] = f.Colour
	}
	faults := make([]reports.Fault, len(plan))
	for i, step := range plan {
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
