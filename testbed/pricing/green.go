package pricing

import (
	"fmt"
	"math"

	"ordeal/testbed/coverage"
	"ordeal/testbed/trial"
)

// greenCertainty is how sure the sentence of a green night is.
const greenCertainty = 0.999

// Chance is with what probability a trial of the default campaign finds the bug, at least: the lower end of a one-sided
// interval of 95 % (Clopper and Pearson), from how many trials the searches took together. It is 0 if none found it.
func (p Price) Chance() float64 {
	return coverage.Chance(p.Found(), p.Trials())
}

// Green says what a campaign of the sweep's that played so many trials, and found nothing, would have found. It is ""
// where the price list says nothing: it is about the default campaign.
func (p Prices) Green(s trial.Seeds, trials int) string {
	if !s.IsDefault() || len(p.Bugs) == 0 {
		return ""
	}
	hardest := Price{}
	for _, one := range p.Bugs {
		chance := one.Chance()
		sure := 1-math.Pow(1-chance, float64(trials)) >= greenCertainty
		if sure && (hardest.Bug == "" || chance < hardest.Chance()) {
			hardest = one
		}
	}
	if hardest.Bug == "" {
		return fmt.Sprintf("%s: too few to say that any planted bug would have been found with 99.9 %%", count(trials))
	}
	return fmt.Sprintf("a bug at least as easy as %s would have been found with 99.9 %%: it shows in 1 of %.0f trials "+
		"or more",
		hardest.Bug, math.Ceil(1/hardest.Chance()))
}

// count is "1 trial" or "2 trials".
func count(n int) string {
	if n == 1 {
		return "1 trial"
	}
	return fmt.Sprintf("%d trials", n)
}
