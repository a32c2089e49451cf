package campaign

import (
	"maps"
	"path/filepath"
	"slices"

	"ordeal/reports"
	"ordeal/testbed/play"
)

// WriteIndex writes the page over a campaign; command is what was run.
func (r Report) WriteIndex(folder reports.Folder, command string) error {
	c := reports.Campaign{Title: r.service.Name + " campaign", Line: command}
	for _, name := range sorted(r.ByWorkload) {
		t := r.ByWorkload[name]
		c.Totals = append(c.Totals, reports.Total{
			Workload: name, Valid: int64(t.Valid), Invalid: int64(t.Invalid), Unknown: int64(t.Unknown),
			Operations: int64(t.Operations),
		})
	}
	for _, s := range r.Kept {
		away := ""
		if s.Away() {
			away = s.Dir
		}
		c.Kept = append(c.Kept, reports.Kept{
			Workload: r.workloadOf(s.Line), Line: s.Line, Replay: s.Command, Outcome: reports.Outcome(s.Outcome),
			Reason: s.Reason, Folder: r.folderOf(s), Away: away,
		})
	}
	reasons := make(map[string]int64)
	for _, f := range r.Findings {
		if f.Kind == FindingUnknown {
			reasons[f.Summary.Checker+": "+f.Summary.Reason]++
		}
	}
	for _, reason := range sorted(reasons) {
		c.Unknowns = append(c.Unknowns, reports.Reason{Reason: reason, Count: reasons[reason]})
	}
	fired := maps.Clone(r.Fired)
	for kind := range r.Skipped {
		fired[kind] += 0
	}
	for _, kind := range sorted(fired) {
		c.Coverage = append(c.Coverage, reports.Coverage{Kind: kind, Fired: int64(fired[kind]),
			Skipped: int64(r.Skipped[kind])})
	}
	for _, kind := range sorted(r.Recovered) {
		of := r.Recovered[kind]
		c.Recoveries = append(c.Recoveries, reports.KindRecovery{Kind: kind, Began: of.Began, Ended: of.Ended})
	}
	c.Items = r.coverageItems()
	page, err := reports.Index(c)
	if err != nil {
		return err
	}
	return folder("index.html", page)
}

// folderOf is where the page finds a trial's files.
func (r Report) folderOf(s play.Summary) string {
	switch {
	case s.Away():
		return ""
	case r.PageIn == "" || s.Dir == "":
		return s.Folder()
	}
	rel, err := filepath.Rel(r.PageIn, s.Dir)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(rel)
}

func (r Report) workloadOf(line string) string {
	t, err := r.service.Parse(line)
	if err != nil {
		return ""
	}
	return t.Workload
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
