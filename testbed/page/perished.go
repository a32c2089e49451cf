package page

import (
	"strings"

	"ordeal/reports"
	"ordeal/reports/timeline"
	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// perishedPage is the page of a trial that its worker did not survive: what the line says of it, and what the worker
// ended with.
func perishedPage(s *trial.Service, line string, f *campaign.Finding) ([]byte, error) {
	t, err := s.Parse(line)
	if err != nil {
		return nil, err
	}
	plan := t.DrawPlan()
	faults := play.ReportFaults(plan, nil)
	for i := range faults {
		faults[i].To += plan[i].For
	}
	said := strings.Split(strings.TrimSpace(f.Detail), "\n")
	return timeline.Timeline{
		Trial: reports.Trial{
			Line: line, Title: t.Name(), Replay: t.Command(), Workload: t.Workload, Length: t.Length, Faults: faults,
			Verdicts: []reports.Verdict{{Name: f.Kind, Outcome: reports.Invalid, Reason: said[0], Details: said[1:]}},
		},
		Length: t.Length, Moment: -1,
		Missing: []string{
			"The tool itself did not survive the trial, so there is no history: what clients asked, messages, disks and what " +
				"servers were are missing. Faults are as they were planned; which of them came, and what they hit, is not known.",
		},
	}.Page()
}
