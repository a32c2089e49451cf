package ordeal

import (
	"fmt"
	"math"
	"slices"
)

// greenCertainty is how sure the sentence of a green night is, and chanceDoubt how likely the bound behind it is too high.
const (
	greenCertainty = 0.999
	chanceDoubt    = 0.05
)

// Chance is with what probability a trial of the default campaign finds the bug, at least: the lower end of a one-sided
// interval of 95 % (Clopper and Pearson), from how many trials the searches took together. It is 0 if none found it.
func (p Price) Chance() float64 {
	return chanceOf(p.Found(), p.Trials())
}

// chanceOf is with what probability a trial has what so many of so many trials had, at least.
func chanceOf(found, trials int) float64 {
	if found == 0 {
		return 0
	}
	low, high := 0.0, 1.0
	for range 100 {
		if middle := (low + high) / 2; atLeast(found, trials, middle) < chanceDoubt {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// atLeast is how likely so many of n trials succeed, or more, if each does with probability p.
func atLeast(successes, n int, p float64) float64 {
	fewer, term := 0.0, math.Pow(1-p, float64(n))
	for k := range successes {
		fewer += term
		term *= float64(n-k) / float64(k+1) * p / (1 - p)
	}
	return 1 - fewer
}

// Green says what a campaign of the sweep's that played so many trials, and found nothing, would have found. It is "" where
// the price list says nothing: it is about the default campaign.
func (p Prices) Green(s Sweep, trials int) string {
	if !s.isDefault() || len(p.Bugs) == 0 {
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
		return fmt.Sprintf("%s: too few to say that any planted bug would have been found with 99.9 %%", count(trials, "trial"))
	}
	return fmt.Sprintf("a bug at least as easy as %s would have been found with 99.9 %%: it shows in 1 of %.0f trials or more",
		hardest.Bug, math.Ceil(1/hardest.Chance()))
}

// isDefault says whether a sweep's trials are those of the default campaign, without a bug.
func (s Sweep) isDefault() bool {
	d := DefaultSweep("", "swarm")
	return s.Template.Line() == d.Template.Line() && slices.Equal(s.Workloads, d.Workloads) && slices.Equal(s.Nodes, d.Nodes)
}
