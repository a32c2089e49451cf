package ordeal

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Requirement says what a campaign must have covered to be a pass.
type Requirement struct {
	// usual stands for what so many trials of the default campaign cover as good as always, all for everything that the
	// default campaign was ever measured to reach.
	usual, all bool
	names      []string
}

// The words of a requirement that are no names.
const (
	RequireUsual = "usual"
	requireAll   = "all"
	requireNone  = "none"
)

// ParseRequirement reads names of CoverageItems, or one of usual, all and none.
func ParseRequirement(words []string) (r Requirement, err error) {
	for _, w := range words {
		alone := w == RequireUsual || w == requireAll || w == requireNone
		switch {
		case alone && len(words) > 1:
			return Requirement{}, fmt.Errorf("coverage: %s stands alone, here it is with %s", w, strings.Join(words, ","))
		case alone:
			r.usual, r.all = w == RequireUsual, w == requireAll
		case !slices.ContainsFunc(items, func(i Item) bool { return i.Name == w }):
			return Requirement{}, fmt.Errorf("coverage: %q is not known: `ordeal coverage` says what there is, and %s, %s and %s are for more than one",
				w, RequireUsual, requireAll, requireNone)
		default:
			r.names = append(r.names, w)
		}
	}
	return r, nil
}

// Hold compares a campaign of a sweep with what is required of it: the report's Required and Missing are set.
func (r Requirement) Hold(s Sweep, known Coverage, report *Report) {
	report.Required, report.Missing = r.of(s, known, report.Tally.Trials), nil
	for _, name := range report.Required {
		if report.Covered[name] == 0 {
			report.Missing = append(report.Missing, name)
		}
	}
}

// of are the names that are required of so many trials of a sweep.
func (r Requirement) of(s Sweep, known Coverage, trials int) (names []string) {
	for _, i := range items {
		required := slices.Contains(r.names, i.Name) || r.all && known.Covered[i.Name] > 0 ||
			r.usual && s.isDefault() && known.missed(i.Name, trials) <= missedMax
		if required {
			names = append(names, i.Name)
		}
	}
	return names
}

// missedMax is how likely it may be that so many trials do not cover what is usually required of them.
const missedMax = 1e-6

// Coverage is how many trials of a campaign covered each item.
type Coverage struct {
	// Command is what was run, and Version the commit of the program.
	Command string         `json:"command"`
	Version string         `json:"version"`
	Trials  int            `json:"trials"`
	Covered map[string]int `json:"covered"`
}

//go:embed docs/coverage.json
var knownCoverage []byte

// KnownCoverage is what a large default campaign covered, as it was measured when this program was made.
func KnownCoverage() (Coverage, error) { return ParseCoverage(knownCoverage) }

// ParseCoverage reads a file that Report.WriteSummary or Coverage.JSON wrote.
func ParseCoverage(text []byte) (c Coverage, err error) {
	if err := json.Unmarshal(text, &c); err != nil {
		return Coverage{}, fmt.Errorf("the coverage can't be read: %w", err)
	}
	if c.Trials < 0 {
		return Coverage{}, errors.New("the coverage can't be read: it has less than no trials")
	}
	for name, n := range c.Covered { //house:unordered any one that is wrong is wrong
		if n < 0 || n > c.Trials {
			return Coverage{}, fmt.Errorf("the coverage can't be read: %s in %d of %d trials", name, n, c.Trials)
		}
	}
	return c, nil
}

// JSON is the coverage as a file. It holds only what is a CoverageItem.
func (c Coverage) JSON() []byte {
	kept := make(map[string]int)
	for _, i := range items {
		if n := c.Covered[i.Name]; n > 0 {
			kept[i.Name] = n
		}
	}
	c.Covered = kept
	text, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		panic("ordeal: a coverage is plain data: " + err.Error())
	}
	return append(text, '\n')
}

// missed is with what probability so many trials do not cover an item, at most: see chanceOf.
func (c Coverage) missed(item string, trials int) float64 {
	return math.Pow(1-chanceOf(c.Covered[item], c.Trials), float64(trials))
}
