package ci

import (
	"fmt"
	"strings"
	"time"

	"ordeal/reports"
)

// Campaign is a campaign as CI is told of it.
type Campaign struct {
	// Tool is the program that played it, and Commit the one that it was built from.
	Tool, Commit string
	// Command is what to paste to play the campaign again.
	Command string
	// Outcome is that of the campaign as a whole, and Reasons say why it is none of its trials'.
	Outcome reports.Outcome
	Reasons []string
	// Totals has one row for each workload.
	Totals []reports.Total
	// Virtual is how long the worlds of the trials lived together.
	Virtual time.Duration
	// Covered of Items kinds of event happened, Required of which were required.
	Covered, Items, Required int
	// Findings are those of the campaign, in the order in which they are to be shown.
	Findings []Finding
	// Notes are sentences on what else there is to know, such as which canary was found.
	Notes []string
}

// Finding is a trial that a campaign has to show.
type Finding struct {
	// ID tells findings apart by what was violated and how, and is the same in all campaigns; Rule says it in words.
	ID, Rule string
	// Name is short: workload, servers and seed. Line is the trial, and Replay the command to paste.
	Name, Line, Replay string
	Workload, Seed     string
	Outcome            reports.Outcome
	// Kind is "invalid" or "unknown", or says what the tool itself met with, such as "panic" or "hang".
	Kind string
	// Reason says why, in a line; Text tells all that a terminal shows.
	Reason, Text string
	// State is what the findings folder knows of it: "new", "ongoing", "regressed"; "" without such a folder.
	State string
	// Known says that it does not count against this campaign: it was there before.
	Known bool
	// File is where the finding is kept, relative to the top of the repository or of the results.
	File string
}

// trials is how many there were.
func (c Campaign) trials() (sum reports.Total) {
	for _, t := range c.Totals {
		sum.Valid += t.Valid
		sum.Invalid += t.Invalid
		sum.Unknown += t.Unknown
		sum.Operations += t.Operations
	}
	return sum
}

// clean makes a text fit for XML and for terminals: what is no character of XML 1.0, and any byte that is not UTF-8, is
// shown as a replacement character.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r >= ' ' && r < 0x7f, r >= 0xa0 && r <= 0xd7ff, r >= 0xe000 && r <= 0xfffd,
			r >= 0x10000 && r <= 0x10ffff:
			return r
		}
		return '\ufffd'
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\ufffd"))
}

// oneLine is clean, and has no line break.
func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// short cuts a text down to about so many bytes, and says so.
func short(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + fmt.Sprintf("\n… and %d bytes more", len(s)-most)
}

// plural is "1 trial" or "2 trials".
func plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
