package job

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ordeal/reports"
	"ordeal/reports/ci"
	"ordeal/testbed/campaign"
	"ordeal/testbed/coverage"
	"ordeal/testbed/findings"
	"ordeal/testbed/trial"
)

// Teller tells those who build and test of campaigns, and campaigns of each other.
type Teller struct {
	// JUnit, SARIF and Markdown are files to write, "" for none.
	JUnit, SARIF, Markdown string
	// Say prints a line; "" is none. Variable asks the environment.
	Say      func(line string)
	Variable func(name string) string

	memory *findings.Folder // nil without one
}

// told is what there is to tell of a campaign.
type told struct {
	service              *trial.Service
	command, commit, out string
	outcome              reports.Outcome
	forgiven             func(campaign.Finding) bool
	suite                ci.Suite
	// reasons say why the campaign is no pass whatever its trials are, and notes what else there is to know.
	reasons, notes []string
}

// tell writes the files that are asked for, and what GitHub reads where it runs there.
func (t *Teller) tell(what told, r campaign.Report) error {
	c := t.campaign(what, r)
	if t.memory != nil {
		t.Say(t.remembered(c))
	}
	what.suite.Cases = append(what.suite.Cases, reasonCases(c)...)
	var errs []error
	for _, f := range []struct {
		name string
		text func() []byte
	}{
		{t.JUnit, func() []byte { return ci.JUnit(what.suite) }},
		{t.SARIF, func() []byte { return ci.SARIF(c) }},
		{t.Markdown, func() []byte { return ci.Markdown(c) }},
	} {
		if f.name != "" {
			errs = append(errs, write(f.name, f.text()))
		}
	}
	if t.Variable("GITHUB_ACTIONS") == "true" {
		t.Say(strings.TrimSuffix(ci.Annotations(c), "\n"))
	}
	if name := t.Variable("GITHUB_STEP_SUMMARY"); name != "" {
		errs = append(errs, AppendSummary(name, ci.Markdown(c)))
	}
	return errors.Join(errs...)
}

// write writes a file, and the folder that it is in.
func write(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}

// CheckFiles says, before anything is played, why a file that flags ask for can't be written. It leaves nothing behind.
func (t *Teller) CheckFiles() error {
	for _, one := range [][2]string{{"junit", t.JUnit}, {"sarif", t.SARIF}, {"summary", t.Markdown}} {
		if one[1] == "" {
			continue
		}
		if info, err := os.Stat(one[1]); err == nil && info.IsDir() {
			return fmt.Errorf("--%s %s: it is a folder", one[0], one[1])
		}
		if err := canMake(filepath.Dir(one[1])); err != nil {
			return fmt.Errorf("--%s %s: %w", one[0], one[1], err)
		}
	}
	return nil
}

// canMake says why there can be no folder of a name.
func canMake(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is no folder", dir)
	case errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir):
		return canMake(filepath.Dir(dir))
	}
	return err
}

// AppendSummary appends to a step's summary, unless it would be so long that none of it is shown.
func AppendSummary(name string, text []byte) error {
	info, err := os.Stat(name)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the step's summary: %w", err)
	case err == nil && info.Size()+int64(len(text)) > ci.StepSummaryMax:
		return nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("the step's summary: %w", err)
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// campaign is what there is to tell, as CI takes it.
func (t *Teller) campaign(what told, r campaign.Report) ci.Campaign {
	c := ci.Campaign{
		Tool: what.service.Name, Commit: what.commit, Command: what.command, Outcome: what.outcome,
		Virtual: r.Tally.Virtual, Items: len(coverage.Items(what.service)), Required: len(r.Required), Notes: what.notes,
		Reasons: slices.Clone(what.reasons),
	}
	if r.Interrupted {
		c.Reasons = append(c.Reasons, "the campaign was interrupted")
	}
	if r.Tally.Trials == 0 {
		c.Reasons = append(c.Reasons, "no trial was judged")
	}
	if len(r.Missing) > 0 {
		c.Reasons = append(c.Reasons, "required and not covered: "+strings.Join(r.Missing, ", "))
	}
	for _, i := range coverage.Items(what.service) {
		if r.Covered[i.Name] > 0 {
			c.Covered++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.ByWorkload)) {
		one := r.ByWorkload[name]
		c.Totals = append(c.Totals, reports.Total{
			Workload: name, Valid: int64(one.Valid), Invalid: int64(one.Invalid), Unknown: int64(one.Unknown),
			Operations: int64(one.Operations),
		})
	}
	for _, f := range r.Findings {
		c.Findings = append(c.Findings, t.finding(what, f))
	}
	return c
}

func (t *Teller) finding(what told, f campaign.Finding) ci.Finding {
	one := ci.Finding{
		ID: "unknown", Rule: "it can't be decided", Name: f.Name(), Line: f.Summary.Line, Replay: f.Summary.Command,
		Workload: f.Workload(), Seed: f.Seed(), Outcome: reports.Invalid, Kind: f.Kind, Reason: f.Summary.Reason,
		Text: f.Text(), Known: what.forgiven(f), File: filepath.ToSlash(filepath.Join(what.out, "index.html")),
	}
	if f.Summary.Dir != "" && !f.Summary.Away() {
		one.File = filepath.ToSlash(filepath.Join(f.Summary.Dir, "verdict.json"))
	}
	if f.Kind == campaign.FindingUnknown {
		one.Outcome = reports.Unknown
		return one
	}
	if kind, ok := findings.Of(what.service, f); ok {
		one.ID, one.Rule = kind.ID, kind.Rule()
		if t.memory != nil {
			one.State = string(t.memory.State(kind.ID))
			one.File = filepath.ToSlash(t.memory.File(kind.ID))
		}
	}
	return one
}

// remembered says in a line what the findings folder has to say.
func (t *Teller) remembered(c ci.Campaign) string {
	counts := make(map[string]int)
	seen := make(map[string]bool)
	for _, f := range c.Findings {
		if f.State == "" || seen[f.ID] {
			continue
		}
		seen[f.ID] = true
		if f.Known {
			counts["known before, so that they do not count"]++
		} else {
			counts[f.State]++
		}
	}
	for _, one := range t.memory.Resolved() {
		if !seen[one] {
			counts["resolved"]++
		}
	}
	var words []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		words = append(words, fmt.Sprintf("%d %s", counts[name], name))
	}
	if len(words) == 0 {
		return ""
	}
	return "findings: " + strings.Join(words, ", ")
}

// reasonCases are cases for what makes a campaign no pass besides its trials.
func reasonCases(c ci.Campaign) (cases []ci.Case) {
	for _, reason := range c.Reasons {
		cases = append(cases, ci.Case{
			Class: c.Tool + ".campaign", Name: campaign.FirstLine(reason), Result: ci.Unknown, Type: "unknown", Message: reason,
			Text: reason + "\nagain: " + c.Command,
		})
	}
	return cases
}
