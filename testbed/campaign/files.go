package campaign

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ordeal/reports"
	"ordeal/testbed/coverage"
)

// campaignSummary is summary.json: what a campaign found, for programs. docs/RESULTS.md describes it.
type campaignSummary struct {
	Format     int            `json:"format"`
	Command    string         `json:"command"`
	Trials     int            `json:"trials"`
	Valid      int            `json:"valid"`
	Unknown    int            `json:"unknown"`
	Invalid    int            `json:"invalid"`
	Findings   []string       `json:"findings"`
	Operations int            `json:"operations"`
	Fired      map[string]int `json:"fired"`
	Skipped    map[string]int `json:"skipped"`
	Covered    map[string]int `json:"covered"`
	// Scenarios are how often each came about.
	Scenarios map[string]Came `json:"scenarios,omitempty"`
	// Recovered are how long clients waited, by kind of fault.
	Recovered map[string]recoveredResult `json:"recovered,omitempty"`
	Required  []string                   `json:"required"`
	Missing   []string                   `json:"missing"`
}

const campaignFormat = 1

// WriteSummary writes the campaign for programs; command is what was run.
func (r Report) WriteSummary(folder reports.Folder, command string) error {
	t := r.Tally
	s := campaignSummary{
		Format: campaignFormat, Command: command, Trials: t.Trials, Valid: t.Valid, Unknown: t.Unknown, Invalid: t.Invalid,
		Findings: []string{}, Operations: t.Operations, Fired: r.Fired, Skipped: r.Skipped, Covered: make(map[string]int),
		Scenarios: r.scenarios(), Recovered: r.recoveredResults(),
		Required: append([]string{}, r.Required...), Missing: append([]string{}, r.Missing...),
	}
	for _, f := range r.inOrder() {
		s.Findings = append(s.Findings, f.Summary.Line)
	}
	for _, i := range coverage.Items(r.service) {
		s.Covered[i.Name] = r.Covered[i.Name]
	}
	text, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		panic("campaign: a campaign's summary is plain data: " + err.Error())
	}
	return folder("summary.json", append(text, '\n'))
}

// coverageItems is what a campaign covered, for its page.
func (r Report) coverageItems() (list []reports.Item) {
	for _, i := range coverage.Items(r.service) {
		list = append(list, reports.Item{
			Name: i.Name, What: i.What, Trials: int64(r.Covered[i.Name]), Required: slices.Contains(r.Required, i.Name),
		})
	}
	return list
}

// CoverageText says in a line or two what a campaign covered, and what is missing; "" for one that played nothing.
func (r Report) CoverageText() string {
	if r.Tally.Trials == 0 {
		return ""
	}
	covered := 0
	for _, i := range coverage.Items(r.service) {
		if r.Covered[i.Name] > 0 {
			covered++
		}
	}
	text := fmt.Sprintf("coverage: %d of %d items, %d required\n", covered, len(coverage.Items(r.service)),
		len(r.Required))
	if len(r.Missing) > 0 {
		text += fmt.Sprintf("UNKNOWN  required and not covered: %s\n", strings.Join(r.Missing, ", "))
	}
	return text
}
