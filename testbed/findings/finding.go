// Package findings is what campaigns remember of each other: a folder with a file for each kind of finding, made to
// live in a git repository. A kind is told by what was violated and how, not by the seed that showed it.
package findings

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// State is what is known of a finding.
type State string

// The states. A finding is new in the first campaign that has it and ongoing from the second on; it is resolved when
// its trial passes, and regressed in the campaign in which it comes back after that.
const (
	New       State = "new"
	Ongoing   State = "ongoing"
	Resolved  State = "resolved"
	Regressed State = "regressed"
)

// Open says that a finding is there, as far as is known.
func (s State) Open() bool { return s == New || s == Ongoing || s == Regressed }

// Finding is one kind of finding. Its file has the fields in this order, one a line.
type Finding struct {
	Format  int    `json:"format"`
	ID      string `json:"id"`
	Service string `json:"service"`
	// What was violated, and How, as far as the first does not say it; Bug is the planted bug that it is of, if it is.
	What string `json:"what"`
	How  string `json:"how"`
	Bug  string `json:"bug"`
	// State is as of the commit Last; First is the commit at which it was first seen.
	State State  `json:"state"`
	First string `json:"first"`
	Last  string `json:"last"`
	// Line is the smallest trial that was seen to show it, and Reason what it said. Operations and Faults are its size.
	Line       string `json:"line"`
	Reason     string `json:"reason"`
	Operations int    `json:"operations"`
	Faults     int    `json:"faults"`
}

// Of is what a campaign's finding is, seen for the first time. It says false of a trial that is unknown: of what no one
// could judge there is nothing to remember.
func Of(s *trial.Service, f campaign.Finding) (Finding, bool) {
	if f.Kind == campaign.FindingUnknown {
		return Finding{}, false
	}
	what, how := told(f)
	one := Finding{
		Format: format, Service: s.Name, What: what, How: how, State: New, Line: f.Summary.Line,
		Reason: campaign.FirstLine(cmp.Or(f.Summary.Reason, f.Detail)), Operations: f.Summary.Operations,
	}
	for _, n := range f.Summary.Fired { //house:unordered a sum
		one.Faults += n
	}
	if t, err := s.Parse(f.Summary.Line); err == nil {
		one.Bug = t.Bug
	}
	one.ID = one.id()
	return one, true
}

// told says what was violated, and how.
func told(f campaign.Finding) (what, how string) {
	switch f.Kind {
	case campaign.FindingInvalid:
		what = f.Summary.Checker
		if len(f.Summary.Violations) > 0 {
			what = f.Summary.Violations[0].Kind
		}
		if !strings.Contains(what, ": ") { // else it has the rule that was broken
			how = play.KindOf(withoutAsides(withoutKey(f.Summary.Reason)))
		}
		return what, how
	case campaign.FindingPanic:
		for line := range strings.Lines(f.Detail) {
			for _, begin := range []string{"panic: ", "fatal error: "} {
				if text, ok := strings.CutPrefix(line, begin); ok {
					return f.Kind, play.KindOf(text)
				}
			}
		}
	}
	return f.Kind, ""
}

// withoutKey is a reason without the object that it begins with: "q33: a dequeue …".
func withoutKey(reason string) string {
	if key, rest, ok := strings.Cut(reason, ": "); ok && !strings.Contains(key, " ") {
		return rest
	}
	return reason
}

var (
	aside  = regexp.MustCompile(`\s*(\([^()]*\)|\[[^][]*\])`)
	counts = regexp.MustCompile(`, among \d+ operations`)
)

// withoutAsides is a reason without what stands in brackets, and without numbers of operations: they name instances.
func withoutAsides(reason string) string {
	for range 3 { // lists of lists
		reason = aside.ReplaceAllString(reason, "")
	}
	return counts.ReplaceAllString(reason, "")
}

const (
	slugMax = 48
	hashMax = 8 // hex digits
)

// id names the finding in words and tells it apart by a hash.
func (f Finding) id() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Service, f.What, f.How, f.Bug}, "\x00")))
	slug := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(f.What))
	slug = strings.Join(strings.FieldsFunc(slug, func(r rune) bool { return r == '-' }), "-")
	return strings.Trim(slug[:min(len(slug), slugMax)], "-") + "-" + hex.EncodeToString(sum[:])[:hashMax]
}

// Rule says the finding in words: what was violated, and how.
func (f Finding) Rule() string {
	text := f.What
	if f.How != "" {
		text += ": " + f.How
	}
	if f.Bug != "" {
		text += " (planted: " + f.Bug + ")"
	}
	return text
}

// smaller says that a finding's trial is smaller than another's, by what a reader has to go through.
func (f Finding) smaller(than Finding) bool {
	return cmp.Or(cmp.Compare(f.Operations, than.Operations), cmp.Compare(f.Faults, than.Faults),
		cmp.Compare(len(f.Line), len(than.Line)), cmp.Compare(f.Line, than.Line)) < 0
}
