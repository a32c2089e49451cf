package coverage

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/testbed/trial"
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
	Usual       = "usual"
	requireAll  = "all"
	requireNone = "none"
)

// ParseRequirement reads names of a service's items, or one of usual, all and none.
func ParseRequirement(s *trial.Service, words []string) (r Requirement, err error) {
	for _, w := range words {
		alone := w == Usual || w == requireAll || w == requireNone
		switch {
		case alone && len(words) > 1:
			return Requirement{}, fmt.Errorf("coverage: %s stands alone, here it is with %s", w, strings.Join(words, ","))
		case alone:
			r.usual, r.all = w == Usual, w == requireAll
		case !slices.ContainsFunc(Items(s), func(i trial.Item) bool { return i.Name == w }):
			return Requirement{}, fmt.Errorf("coverage: %q is not known: `%s coverage` says what there is, and %s, %s and %s "+
				"are for "+
				"more than one", w, s.Name, Usual, requireAll, requireNone)
		default:
			r.names = append(r.names, w)
		}
	}
	return r, nil
}

// Of are the names that are required of so many trials of seeds, given what was measured.
func (r Requirement) Of(seeds trial.Seeds, known Measured, trials int) (names []string) {
	for _, i := range Items(seeds.Template.Service) {
		wanted := slices.Contains(seeds.Template.Service.Wanted, i.Name)
		required := slices.Contains(r.names, i.Name) || r.all && (wanted || known.Covered[i.Name] > 0) ||
			r.usual && seeds.IsDefault() && (wanted && trials >= wantedFrom || known.missed(i.Name, trials) <= missedMax)
		if required {
			names = append(names, i.Name)
		}
	}
	return names
}

// wantedFrom is how many trials are enough for what a service says is wanted.
const wantedFrom = 50

// missedMax is how likely it may be that so many trials do not cover what is usually required of them.
const missedMax = 1e-6
