package pricing

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The part of a document that is made stands between two lines: this one, and the first.
const madeEnd = "<!-- made until here -->\n"

func (p Prices) madeBegin() string {
	return "<!-- made by `" + p.service.Name + " bugs run --write docs` -->\n"
}

// WithTable puts the table of the planted bugs, and what they cost, into a document in the place of what stands there.
func (p Prices) WithTable(doc []byte) ([]byte, error) {
	before, rest, ok := bytes.Cut(doc, []byte(p.madeBegin()))
	_, after, closed := bytes.Cut(rest, []byte(madeEnd))
	if !ok || !closed {
		return nil, errors.New("the document has no place for the prices: it must have the two lines that they stand between")
	}
	return slices.Concat(before, []byte(p.madeBegin()+p.markdown()+madeEnd), after), nil
}

// markdown is the table of the planted bugs with the prices that are known.
func (p Prices) markdown() string {
	var b strings.Builder
	b.WriteString("\n| class | bug | what the code then does wrong | imitates | caught by | trials | CPU-s | slowest | " +
		"needs |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|\n")
	for _, bug := range p.service.Bugs {
		trials, cpu, slowest, needs, caught := "?", "?", "?", "?", bug.Caught
		if price, ok := p.Of(bug.Name); ok {
			trials, cpu, slowest = price.Figures()
			needs = price.NeedsText()
			if trouble := price.Trouble(); trouble != "" {
				caught = "**" + trouble + "**"
			}
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s | %s | %s | %s | %s |\n",
			bug.Class, bug.Name, bug.What, bug.Imitates, caught, trials, cpu, slowest, needs)
	}
	b.WriteString("\n" + p.Sum() + "\n")
	if p.Command != "" {
		fmt.Fprintf(&b, "\nThe last run that measured some of them was `%s`, version %s, %s.\n",
			p.Command, p.Version, p.Platform)
	}
	b.WriteString("\n")
	return b.String()
}

// Figures are a price as text: trials and CPU-seconds of the search in the middle, and CPU-seconds of the slowest; "-"
// if it found nothing.
func (p Price) Figures() (trials, cpu, slowest string) {
	slowest = fmt.Sprintf("%.1f", p.Slowest().Seconds())
	t, d, ok := p.Median()
	if !ok {
		return "-", "-", slowest
	}
	return fmt.Sprint(t), fmt.Sprintf("%.1f", d.Seconds()), slowest
}

// Sum says how a price list stands to its bounds.
func (p Prices) Sum() string {
	var costs []time.Duration
	caught := 0
	var slowest time.Duration
	for _, one := range p.Bugs {
		if one.Trouble() == "" {
			caught++
		}
		if _, cpu, ok := one.Median(); ok {
			costs = append(costs, cpu)
		}
		slowest = max(slowest, one.Slowest())
	}
	if len(costs) == 0 {
		return fmt.Sprintf("%s, none of them priced.", bugCount(len(p.service.Bugs)))
	}
	slices.Sort(costs)
	return fmt.Sprintf("%s, %d priced, %d of them caught as they must be. The bug in the middle costs %.1f CPU-seconds, "+
		"the dearest %.1f; "+
		"the longest search took %.1f.", bugCount(len(p.service.Bugs)), len(p.Bugs), caught, costs[len(costs)/2].Seconds(),
		costs[len(costs)-1].Seconds(), slowest.Seconds())
}

func bugCount(n int) string {
	if n == 1 {
		return "1 bug"
	}
	return fmt.Sprintf("%d bugs", n)
}
