package bench

import (
	"fmt"
	"strings"

	"ordeal/reports/ci"
)

// Text is the comparison for a terminal.
func (c Comparison) Text() string {
	var b strings.Builder
	worse := c.Worse()
	for _, one := range c.Changes {
		word := "better"
		if one.Worse {
			word = "WORSE "
		}
		fmt.Fprintf(&b, "%s  %s\n", word, one)
	}
	fmt.Fprintf(&b, "%d figures of %d seeds: %d worse, %d better, the others as before\n", c.Compared, c.Seeds, len(worse),
		len(c.Changes)-len(worse))
	return b.String()
}

// Suite is the comparison as a test report: a case for each cell, which fails if one of its figures is worse.
func (c Comparison) Suite(service string, cells []Cell, command string) ci.Suite {
	s := ci.Suite{Name: service + " bench"}
	for _, cell := range cells {
		one := ci.Case{Class: service + ".bench." + cell.Load, Name: cell.Name(), Output: command}
		for _, change := range c.Worse() {
			if change.Cell.Name() != cell.Name() {
				continue
			}
			if one.Result != ci.Failed {
				one.Result, one.Type, one.Message = ci.Failed, "worse", change.String()
			}
			one.Text += change.String() + "\n"
		}
		s.Cases = append(s.Cases, one)
	}
	return s
}

// Markdown is the comparison for a pull request.
func (c Comparison) Markdown(service, command string) string {
	var b strings.Builder
	worse := c.Worse()
	outcome := "nothing is slower"
	if len(worse) > 0 {
		outcome = fmt.Sprintf("%d figures are worse", len(worse))
	}
	fmt.Fprintf(&b, "## %s bench: %s\n\n%d figures, medians of %d seeds, in virtual time.\n", service, outcome, c.Compared,
		c.Seeds)
	if len(c.Changes) > 0 {
		b.WriteString("\n| | figure | load | network | was | is | by |\n|---|---|---|---|--:|--:|--:|\n")
	}
	for _, one := range c.Changes {
		word := "better"
		if one.Worse {
			word = "**worse**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %d %% |\n", word, one.What, one.Cell.Load, one.Cell.Network,
			one.Unit.text(one.Was), one.Unit.text(one.Is), one.percent())
	}
	fmt.Fprintf(&b, "\nAgain:\n\n```\n%s\n```\n", command)
	return b.String()
}
