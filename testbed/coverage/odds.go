package coverage

import "math"

// doubt is how likely it is that a bound of Chance is too high.
const doubt = 0.05

// Chance is with what probability a trial has what so many of so many trials had, at least: the lower end of a
// one-sided interval of 95 % (Clopper and Pearson). It is 0 if none had it.
func Chance(found, trials int) float64 {
	if found == 0 {
		return 0
	}
	low, high := 0.0, 1.0
	for range 100 {
		if middle := (low + high) / 2; atLeast(found, trials, middle) < doubt {
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
