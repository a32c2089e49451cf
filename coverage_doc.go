package ordeal

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The part of docs/COVERAGE.md that is made stands between these lines.
const (
	coverageBegin = "<!-- made by `ordeal coverage --write docs` -->\n"
	coverageEnd   = "<!-- made until here -->\n"
)

// WithCoverage puts the table of CoverageItems, and how often each was measured, into a document in the place of what stands
// there.
func WithCoverage(doc []byte, c Coverage) ([]byte, error) {
	before, rest, ok := bytes.Cut(doc, []byte(coverageBegin))
	_, after, closed := bytes.Cut(rest, []byte(coverageEnd))
	if !ok || !closed {
		return nil, errors.New("the document has no place for the coverage: it must have the two lines that it stands between")
	}
	return slices.Concat(before, []byte(coverageBegin+c.markdown()+coverageEnd), after), nil
}

func (c Coverage) markdown() string {
	var b strings.Builder
	b.WriteString("\n| item | what | trials in a thousand | required from |\n|---|---|---|---|\n")
	for _, i := range items {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", i.Name, i.What, c.Share(i), c.From(i))
	}
	if c.Trials > 0 {
		fmt.Fprintf(&b, "\nMeasured by `%s`, version %s: %d trials.\n", c.Command, c.Version, c.Trials)
	}
	b.WriteString("\n")
	return b.String()
}

// Share says in how many of a thousand trials of the default campaign an item was measured; "by name only" if in none.
func (c Coverage) Share(i Item) string {
	n := c.Covered[i.Name]
	if n == 0 {
		return "by name only"
	}
	return fmt.Sprint((n*1000 + c.Trials/2) / c.Trials)
}

// From says from how many trials on a default campaign must cover an item, unless it says otherwise; "" for never.
func (c Coverage) From(i Item) string {
	chance := chanceOf(c.Covered[i.Name], c.Trials)
	switch {
	case chance == 0:
		return ""
	case chance >= 1:
		return "1"
	}
	return fmt.Sprintf("%.0f", math.Ceil(math.Log(missedMax)/math.Log1p(-chance)))
}
