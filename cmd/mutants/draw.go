package main

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// draw puts mutants in the order in which they are tried. Each next one is of an operator that chance picks among those
// that have any left, each as likely as the others: else most mutants would be of the few that fit everywhere.
func draw(all []mutant, seed uint64) []mutant {
	chance := rand.New(rand.NewPCG(seed, 0))
	kinds := make(map[string][]mutant)
	for _, m := range all {
		kinds[m.Operator] = append(kinds[m.Operator], m)
	}
	names := slices.Sorted(maps.Keys(kinds))
	for _, name := range names {
		of := kinds[name]
		chance.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
	}
	drawn := make([]mutant, 0, len(all))
	for len(names) > 0 {
		i := chance.IntN(len(names))
		of := kinds[names[i]]
		drawn = append(drawn, of[0])
		if kinds[names[i]] = of[1:]; len(of) == 1 {
			names = slices.Delete(names, i, i+1)
		}
	}
	return drawn
}
