package coverage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"ordeal/testbed/trial"
)

// Measured is how many trials of a campaign covered each item.
type Measured struct {
	// Command is what was run, and Version the commit of the program.
	Command string         `json:"command"`
	Version string         `json:"version"`
	Trials  int            `json:"trials"`
	Covered map[string]int `json:"covered"`
}

// Known is what a large default campaign of a service covered, as it was measured when the program was made.
func Known(s *trial.Service) (Measured, error) {
	if len(s.Coverage) == 0 {
		return Measured{}, nil
	}
	return Parse(s.Coverage)
}

// Parse reads a campaign's summary.json, or what JSON wrote.
func Parse(text []byte) (m Measured, err error) {
	if err := json.Unmarshal(text, &m); err != nil {
		return Measured{}, fmt.Errorf("the coverage can't be read: %w", err)
	}
	if m.Trials < 0 {
		return Measured{}, errors.New("the coverage can't be read: it has less than no trials")
	}
	for name, n := range m.Covered { //house:unordered any one that is wrong is wrong
		if n < 0 || n > m.Trials {
			return Measured{}, fmt.Errorf("the coverage can't be read: %s in %d of %d trials", name, n, m.Trials)
		}
	}
	return m, nil
}

// JSON is the coverage as a file. It holds only what is an item of the service.
func (m Measured) JSON(s *trial.Service) []byte {
	kept := make(map[string]int)
	for _, i := range Items(s) {
		if n := m.Covered[i.Name]; n > 0 {
			kept[i.Name] = n
		}
	}
	m.Covered = kept
	text, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		panic("coverage: this is plain data: " + err.Error())
	}
	return append(text, '\n')
}

// missed is with what probability so many trials do not cover an item, at most: see Chance.
func (m Measured) missed(item string, trials int) float64 {
	return math.Pow(1-Chance(m.Covered[item], m.Trials), float64(trials))
}

// The part of a document that is made stands between two lines: this one, and the first.
const madeEnd = "<!-- made until here -->\n"

func madeBegin(s *trial.Service) string {
	return "<!-- made by `" + s.Name + " coverage --write docs` -->\n"
}

// WithTable puts the table of a service's items, and how often each was measured, into a document in the place of what
// stands there.
func (m Measured) WithTable(doc []byte, s *trial.Service) ([]byte, error) {
	before, rest, ok := bytes.Cut(doc, []byte(madeBegin(s)))
	_, after, closed := bytes.Cut(rest, []byte(madeEnd))
	if !ok || !closed {
		return nil, errors.New("the document has no place for the coverage: it must have the two lines that it stands " +
			"between")
	}
	return slices.Concat(before, []byte(madeBegin(s)+m.markdown(s)+madeEnd), after), nil
}

func (m Measured) markdown(s *trial.Service) string {
	var b strings.Builder
	b.WriteString("\n| item | what | trials in a thousand | required from |\n|---|---|---|---|\n")
	for _, i := range Items(s) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", i.Name, i.What, m.Share(i), m.From(i))
	}
	if m.Trials > 0 {
		fmt.Fprintf(&b, "\nMeasured by `%s`, version %s: %d trials.\n", m.Command, m.Version, m.Trials)
	}
	b.WriteString("\n")
	return b.String()
}

// Share says in how many of a thousand trials of the default campaign an item was measured; "by name only" if in none.
func (m Measured) Share(i trial.Item) string {
	n := m.Covered[i.Name]
	if n == 0 {
		return "by name only"
	}
	return fmt.Sprint((n*1000 + m.Trials/2) / m.Trials)
}

// From says from how many trials on a default campaign must cover an item, unless it says otherwise; "" for never.
func (m Measured) From(i trial.Item) string {
	chance := Chance(m.Covered[i.Name], m.Trials)
	switch {
	case chance == 0:
		return ""
	case chance >= 1:
		return "1"
	}
	return fmt.Sprintf("%.0f", math.Ceil(math.Log(missedMax)/math.Log1p(-chance)))
}
