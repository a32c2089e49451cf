// Package repeat plays trials of real clusters again and again: time is theirs, so a trial that fails may not fail the
// next time. It says how often one does, and cuts it down to something that still does often enough.
package repeat

import (
	"context"
	"math"
)

// Confidence is that of all statements here.
const Confidence = 0.95

// z is the quantile of the normal distribution that belongs to Confidence, both sides together.
const z = 1.959964

// Interval is Wilson's for a share of which so many of n trials are a sample: with Confidence the true share is in
// it.
func Interval(failed, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, count := float64(failed)/float64(n), float64(n)
	middle := (p + z*z/(2*count)) / (1 + z*z/count)
	half := z / (1 + z*z/count) * math.Sqrt(p*(1-p)/count+z*z/(4*count*count))
	return max(0, middle-half), min(1, middle+half)
}

// tries is how many trials in a row must not fail for it to be said, with Confidence, that less than a share of them
// fails.
func tries(share float64) int {
	if share >= 1 {
		return 1
	}
	return int(math.Ceil(math.Log(1-Confidence) / math.Log(1-share)))
}

// shrinking cuts something down that fails in a share of its trials.
type shrinking[T any] struct {
	// Share is in which share of the trials the uncut one fails, as far as is known. What is cut down is to fail in half
	// of that at least: a candidate is taken at its first failure, and given up when it has not failed in so many trials
	// that, with Confidence, its share is below half of Share.
	Share float64
	// Simpler are candidates, each simpler than what is given, the simplest first.
	Simpler func(T) []T
	// Fails plays one trial.
	Fails func(ctx context.Context, one T) (bool, error)
	// Tried, unless it is nil, is told of each candidate: whether it was taken, behind how many trials.
	Tried func(one T, taken bool, trials int)
}

// Run cuts down until no candidate is left or ctx is done, and returns what it has come to, which failed at least once
// unless it is the uncut one.
func (s *shrinking[T]) Run(ctx context.Context, one T) (T, error) {
	most := tries(s.Share / 2)
	for {
		taken := false
		for _, next := range s.Simpler(one) {
			fails, trials := false, 0
			for ; trials < most && !fails; trials++ {
				if ctx.Err() != nil {
					return one, nil
				}
				var err error
				if fails, err = s.Fails(ctx, next); err != nil {
					return one, err
				}
			}
			if s.Tried != nil {
				s.Tried(next, fails, trials)
			}
			if fails {
				one, taken = next, true
				break
			}
		}
		if !taken {
			return one, nil
		}
	}
}
