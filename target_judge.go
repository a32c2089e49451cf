package ordeal

import (
	"fmt"

	"ordeal/checker"
	"ordeal/reports"
)

// judge makes the result of a visit that is over.
func (v *visit) judge() Result {
	parts := v.parts
	if !v.endsKnown && endsSessions(v.target.Workload) {
		// The specification would take a session for alive that has ended.
		v.note("not judged: %s, since nobody knows which sessions are over", v.target.Workload)
		parts = append(parts, checker.Sanity().Check(v.recorder.Ops()))
	} else {
		parts = append(parts, judgeHistory(v.recorder.Ops(), v.target.Workload)...)
	}
	verdict := checker.Compose("trial", parts...)
	r := Result{Verdict: verdict, History: v.recorder.Ops()}
	r.report = v.report(r)
	r.Summary = Summary{Line: v.target.Line(), Outcome: string(r.report.Outcome()), Text: reports.Text(r.report)}
	r.Summary.HistoryHash, r.Summary.Operations = countHistory(r.History)
	if verdict.Outcome != checker.Valid {
		worst := worstPart(verdict)
		r.Summary.Checker, r.Summary.Reason = worst.Checker, worst.Reason
	}
	return r
}

func (v *visit) report(r Result) reports.Trial {
	t := reports.Trial{
		Line: v.target.Line(), Title: v.target.Folder(), Workload: v.target.Workload, Model: v.target.Workload,
		Length: v.target.Length, Ops: r.History, Notes: v.notes,
	}
	t.Notes = append(t.Notes, fmt.Sprintf("this was in real time, and can't be played again; the history is judged again by ordeal check --model %s history.jsonl", v.target.Workload))
	for _, part := range r.Verdict.Parts {
		t.Verdicts = append(t.Verdicts, reportVerdict(part))
	}
	return t
}

// Report is the trial for programs.
func (r Result) Report() reports.Result { return r.report.Result() }

// Page is the page over several trials of targets.
type Page struct{ campaign reports.Campaign }

// NewPage makes an empty one; command is what was run.
func NewPage(title, command string) *Page {
	return &Page{reports.Campaign{Title: title, Line: command}}
}

// Add takes in a trial whose files are in a folder beside the page.
func (p *Page) Add(r reports.Result, folder string) { p.campaign.Add(r, folder) }

// Write writes the page as index.html.
func (p *Page) Write(to Folder) error {
	page, err := reports.Index(p.campaign)
	if err != nil {
		return err
	}
	return to("index.html", page)
}
