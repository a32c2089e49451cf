package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sentence says what became of a mutant, on one line.
func (r result) sentence() string {
	var by []string
	if r.Tests == caught {
		by = append(by, "unit tests ("+r.Test+")")
	}
	if r.Campaign == caught {
		by = append(by, fmt.Sprintf("trial %d (%s)", r.Trials, short(r.Found)))
	}
	became := "caught by " + strings.Join(by, " and ")
	switch {
	case !r.Compiles:
		became = "does not compile"
	case !r.caught() && r.Tests == notRun:
		became = fmt.Sprintf("SURVIVES %d trials", r.Trials)
	case !r.caught() && r.Campaign == missed:
		became = fmt.Sprintf("SURVIVES tests and %d trials", r.Trials)
	case !r.caught():
		became = "SURVIVES the tests"
	}
	return fmt.Sprintf("%d %v: %s", r.Number, r.mutant, became)
}

// count is how many of some mutants were caught, and by what.
type count struct{ mutants, equivalent, tests, tested, campaign, either, survive int }

func (c *count) add(r result, judged map[string]judgement) {
	c.mutants++
	switch {
	case r.caught():
		c.either++
	case judged[r.id()].kind == "equivalent":
		c.equivalent++
	default:
		c.survive++
	}
	if r.Tests != notRun {
		c.tested++
	}
	if r.Tests == caught {
		c.tests++
	}
	if r.Campaign == caught {
		c.campaign++
	}
}

func (c count) row(name string) string {
	return fmt.Sprintf("| %s | %d | %d | %s | %d of %d | %s | %d |\n", name, c.mutants, c.equivalent,
		c.share(c.campaign), c.tests, c.tested, c.share(c.either), c.survive)
}

// share is a number of mutants, and of a hundred that a client could notice.
func (c count) share(of int) string {
	if c.mutants == c.equivalent {
		return "0"
	}
	return fmt.Sprintf("%d (%d %%)", of, 100*of/(c.mutants-c.equivalent))
}

// table is what became of mutants as Markdown: by the mistake, by the package, and the survivors one by one.
func table(all []result, judged map[string]judgement) string {
	var whole count
	operators, packages := make(map[string]*count), make(map[string]*count)
	var survivors []result
	for _, r := range all {
		if !r.Compiles {
			continue
		}
		whole.add(r, judged)
		of(operators, r.Operator).add(r, judged)
		of(packages, r.File[:strings.LastIndex(r.File, "/")]).add(r, judged)
		if !r.caught() {
			survivors = append(survivors, r)
		}
	}
	var text strings.Builder
	for _, part := range []struct {
		title string
		rows  map[string]*count
	}{{"mistake", operators}, {"package", packages}} {
		fmt.Fprintf(&text, "\n| %s | mutants | equivalent | campaign | unit tests | either | survive |\n"+
			"|---|---|---|---|---|---|---|\n", part.title)
		for _, name := range slices.Sorted(maps.Keys(part.rows)) {
			text.WriteString(part.rows[name].row(name))
		}
		text.WriteString(whole.row("**all**"))
	}
	fmt.Fprintf(&text, "\n| survivor | what it is |\n|---|---|\n")
	for _, r := range survivors {
		j, ok := judged[r.id()]
		if !ok {
			j = judgement{"not explained", "not looked at yet"}
		}
		fmt.Fprintf(&text, "| `%s:%d` %s: `%s` → `%s` | %s: %s |\n", r.File, r.Line, r.Operator,
			cell(r.Before), cell(r.After), j.kind, j.reason)
	}
	return text.String()
}

func of(counts map[string]*count, name string) *count {
	if counts[name] == nil {
		counts[name] = new(count)
	}
	return counts[name]
}

// cell is source as it may stand in a cell of a table.
func cell(source string) string {
	return strings.NewReplacer("|", "\\|", "`", "'").Replace(short(source))
}
