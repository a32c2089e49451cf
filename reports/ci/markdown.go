package ci

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/reports"
)

// Bounds of a summary: GitHub shows none of a step that has more than 1 MiB.
const (
	markdownMax     = 900 << 10
	markdownText    = 16 << 10 // bytes of one finding's text
	markdownUnknown = 20       // rows of trials that are unknown
)

// Markdown is a campaign for a pull request: the verdict, the findings with their seeds and commands, and the numbers.
func Markdown(c Campaign) []byte {
	var b strings.Builder
	sum := c.trials()
	fmt.Fprintf(&b, "## %s: %s\n\n", inlineMD(c.Tool), c.Outcome)
	fmt.Fprintf(&b, "%s: %d valid, %d unknown, %d invalid; %d operations in %v of virtual time.\n",
		plural(sum.Trials(), "trial"), sum.Valid, sum.Unknown, sum.Invalid, sum.Operations, c.Virtual.Round(time.Second))
	if c.Items > 0 {
		fmt.Fprintf(&b, "%d of %d items of coverage, %d of them required.\n", c.Covered, c.Items, c.Required)
	}
	for _, r := range c.Reasons {
		fmt.Fprintf(&b, "\n**%s**: %s\n", c.Outcome, inlineMD(r))
	}
	c.findingsMD(&b)
	if len(c.Totals) > 0 {
		b.WriteString("\n| workload | valid | unknown | invalid | operations |\n|---|--:|--:|--:|--:|\n")
		for _, t := range c.Totals {
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", inlineMD(t.Workload), t.Valid, t.Unknown, t.Invalid, t.Operations)
		}
	}
	for _, note := range c.Notes {
		fmt.Fprintf(&b, "\n%s\n", inlineMD(note))
	}
	fmt.Fprintf(&b, "\nThe whole campaign again:\n\n%s", fence(c.Command))
	return []byte(b.String())
}

// findingsMD is what was found: what is invalid each with its text, as long as there is room, and what is unknown as
// rows.
func (c Campaign) findingsMD(b *strings.Builder) {
	var unknown []Finding
	left := 0
	for _, f := range c.Findings {
		if f.Outcome == reports.Unknown {
			unknown = append(unknown, f)
			continue
		}
		text := f.markdown()
		if b.Len()+len(text) > markdownMax {
			left++
			continue
		}
		b.WriteString(text)
	}
	if left > 0 {
		fmt.Fprintf(b, "\n%s more for which there is no room here.\n", plural(int64(left), "finding"))
	}
	if len(unknown) == 0 {
		return
	}
	b.WriteString("\n### Unknown\n\n| trial | why | again |\n|---|---|---|\n")
	for i, f := range unknown {
		row := fmt.Sprintf("| %s | %s | %s |\n", inlineMD(f.Name), inlineMD(short(oneLine(f.Reason), 300)),
			codeMD(f.Replay))
		if i == markdownUnknown || b.Len()+len(row) > markdownMax {
			fmt.Fprintf(b, "\nAnd %s more.\n", plural(int64(len(unknown)-i), "trial"))
			break
		}
		b.WriteString(row)
	}
}

func (f Finding) markdown() string {
	state := ""
	switch {
	case f.Known:
		state = " (known: it was there before, and does not count)"
	case f.State != "":
		state = " (" + f.State + ")"
	}
	return fmt.Sprintf("\n### %s: %s%s\n\n%s\n\nSeed %s. Again:\n\n%s\n<details><summary>What happened</summary>\n\n%s\n"+
		"</details>\n", inlineMD(f.Kind), inlineMD(f.Rule), state, inlineMD(short(oneLine(f.Reason), 1000)), inlineMD(f.Seed),
		fence(f.Replay), fence(short(f.Text, markdownText)))
}

// fence is a block of code, fenced by more backticks than are in it.
func fence(text string) string {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks + "\n" + strings.TrimRight(clean(text), "\n") + "\n" + marks + "\n"
}

// inlineMD is a text in which nothing is Markdown or HTML.
func inlineMD(s string) string {
	var b strings.Builder
	for _, r := range oneLine(s) {
		if slices.Contains([]rune("\\`*_{}[]<>()#+!|~$@"), r) {
			switch r {
			case '<':
				b.WriteString("&lt;")
				continue
			case '@': // no one is to be told
				b.WriteString("&#64;")
				continue
			}
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// codeMD is code within a row of a table, where a bar ends the cell even between backticks.
func codeMD(s string) string {
	s = strings.ReplaceAll(oneLine(s), "|", "\\|")
	marks := "`"
	for strings.Contains(s, marks) {
		marks += "`"
	}
	return marks + " " + s + " " + marks
}
