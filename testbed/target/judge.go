package target

import (
	"fmt"

	"ordeal/checker"
	"ordeal/reports"
	"ordeal/testbed/play"
)

// judge makes the result of a visit that is over.
func (v *visit) judge() play.Result {
	parts, ops := v.parts, v.recorder.Ops()
	if v.unjudged != "" {
		v.note("not judged: %s, since %s", v.target.Workload, v.unjudged)
		parts = append(parts, checker.Sanity().Check(ops))
	} else {
		parts = append(parts, play.JudgeHistory(v.target.Service, v.target.Workload, ops)...)
	}
	verdict := checker.Compose("trial", parts...)
	r := play.Result{Verdict: verdict, History: ops}
	r.Report = v.report(r)
	r.Summary = play.Summary{Line: v.target.Line(), Outcome: string(r.Report.Outcome()), Text: reports.Text(r.Report)}
	r.Summary.HistoryHash, r.Summary.Operations = play.CountHistory(r.History)
	if verdict.Outcome != checker.Valid {
		worst := play.Worst(verdict)
		r.Summary.Checker, r.Summary.Reason = worst.Checker, worst.Reason
	}
	return r
}

func (v *visit) report(r play.Result) reports.Trial {
	workload := v.target.Service.Workload(v.target.Workload)
	model := workload.ModelName()
	t := reports.Trial{
		Line: v.target.Line(), Title: v.target.Folder(), Workload: v.target.Workload, Model: model,
		Length: v.target.Length, Ops: r.History, Notes: v.notes, Class: workload.Class, Waits: workload.Waits,
	}
	for _, m := range v.measures {
		t.Trace.Counts = append(t.Trace.Counts, reports.Measure(m))
	}
	t.Notes = append(t.Notes, fmt.Sprintf("this was in real time, and can't be played again; the history is judged "+
		"again by "+
		"%s check --model %s history.jsonl", v.target.Service.Name, model))
	if around := v.target.Around; around != nil {
		around.Report(&t)
	}
	for _, part := range r.Verdict.Parts {
		t.Verdicts = append(t.Verdicts, play.ReportVerdict(part))
	}
	return t
}

// Page is the page over several trials of targets.
type Page struct{ campaign reports.Campaign }

// NewPage makes an empty one; command is what was run.
func NewPage(title, command string) *Page {
	return &Page{reports.Campaign{Title: title, Line: command}}
}

// Add adds a trial whose files are in a folder beside the page.
func (p *Page) Add(r reports.Result, folder string) { p.campaign.Add(r, folder) }

// Write writes the page as index.html.
func (p *Page) Write(to reports.Folder) error {
	page, err := reports.Index(p.campaign)
	if err != nil {
		return err
	}
	return to("index.html", page)
}
