package play

import (
	"bytes"
	"fmt"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/nemesis"
	"ordeal/reports"
	"ordeal/reports/timeline"
	"ordeal/testbed/trial"
)

// Result is what a trial resulted in: everything that its line decides.
type Result struct {
	Summary Summary
	Verdict checker.Verdict
	History history.History
	// Plan is what the nemesis was to do, Faults what it did.
	Plan   nemesis.Plan
	Faults []nemesis.Event
	// Leaders is who led when.
	Leaders []trial.LeaderSpan
	// Report is the trial as package reports writes it.
	Report reports.Trial
	// Resolved is the history by which a masked violation shows, nil without one.
	Resolved history.History
	// Timeline is the trial on one axis of time; nil unless it was asked for.
	Timeline *timeline.Timeline
	// explicit says what the trial did, for those who ask.
	explicit func() *Explicit
}

// Explicit says what the trial did, as data.
func (r Result) Explicit() *Explicit { return r.explicit() }

// result puts together what a trial that is over has to show.
func (p *play) result(v checker.Verdict, truth trial.Truth) Result {
	r := Result{
		Verdict: v, History: p.recorder.Ops(), Plan: p.plan, Faults: p.runner.Results(), Leaders: p.service.Leaders(),
		explicit: p.explicit, Resolved: truth.History,
	}
	r.Report = p.report(r)
	s := Summary{
		Line: p.trial.Line(), Command: p.trial.Command(), Outcome: string(r.Report.Outcome()),
		TraceHash: r.Report.Trace.Hash, Events: p.world.Events(), VirtualMs: p.world.Now().Milliseconds(),
		Fired: make(map[string]int), Skipped: make(map[string]int), Covered: r.Report.Covered,
		Scenarios: p.deeds.reached(),
		Sprung:    p.machines.Sprung(), Points: p.machines.Points(), Resolved: truth.Resolved, Masked: truth.Masked,
	}
	s.HistoryHash, s.Operations = CountHistory(r.History)
	s.Recoveries = r.Report.Recoveries()
	s.Violations = p.violations(v)
	if p.story != nil && v.Outcome == checker.Invalid {
		s.Account = p.account(s.Violations)
	}
	if p.states != nil {
		s.States = p.states.List()
	}
	if v.Outcome != checker.Valid {
		worst := Worst(v)
		s.Checker, s.Reason = worst.Checker, worst.Reason
		s.Text = reports.Text(r.Report)
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
	if p.watched != nil {
		r.Timeline = p.timeline(r)
	}
	return r
}

// Worst is the part of a verdict that decided it.
func Worst(v checker.Verdict) checker.Verdict {
	for _, p := range v.Parts {
		if p.Outcome == v.Outcome {
			return p
		}
	}
	return v
}

// Write writes the trial's files. Porcupine's page, if there is one, is the only one whose bytes may differ when the
// trial is played again.
func (r Result) Write(folder reports.Folder) error {
	extra, err := r.timelineFile()
	if err != nil {
		return err
	}
	if r.Verdict.HasPage() {
		var page bytes.Buffer
		if err := r.Verdict.Page(&page); err != nil {
			return fmt.Errorf("the page of Porcupine: %w", err)
		}
		extra = append(extra, reports.File{
			Name: "linearizability.html", About: "the contradiction, drawn by Porcupine", Data: page.Bytes(),
		})
	}
	if r.Resolved != nil {
		var lines bytes.Buffer
		if err := history.WriteJSONL(&lines, history.Head{Model: r.Report.Model, Trial: r.Report.Line},
			r.Resolved); err != nil {
			return fmt.Errorf("the resolved history: %w", err)
		}
		extra = append(extra, reports.File{
			Name: "history-resolved.jsonl", About: "the history with unknown operations as they ended", Data: lines.Bytes(),
		})
	}
	return reports.WriteTrial(folder, r.Report, extra...)
}
