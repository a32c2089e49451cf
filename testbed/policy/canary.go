package policy

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/pricing"
	"ordeal/testbed/trial"
)

// Canary is a planted bug that a campaign has to find before it is believed: one that can't find it finds no other.
type Canary struct {
	Service *trial.Service
	Bug     trial.Bug
	// Trials is how many it may take.
	Trials int
}

// Words for ChooseCanary that are no names of bugs.
const (
	CanaryCheap = "cheap" // the planted bug that is found in the fewest trials
	CanaryNone  = "none"
)

// A canary may take so many times as many trials as the search in the middle, and at least so many.
const (
	canaryTimes = 10
	canaryLeast = 30
)

// ChooseCanary finds the canary of a name; "cheap" is the bug that is found soonest, by the service's price list. It
// says false if there is to be none.
func ChooseCanary(s *trial.Service, name string) (c Canary, ok bool, err error) {
	if name == CanaryNone {
		return Canary{}, false, nil
	}
	prices, err := pricing.Known(s)
	if err != nil {
		return Canary{}, false, err
	}
	c = Canary{Service: s, Trials: canaryLeast}
	switch bug, known := s.Bug(name); {
	case name != CanaryCheap && !known:
		return Canary{}, false, fmt.Errorf("--canary %s: there is no such planted bug; `%s bugs list` says which there are, "+
			"and %s and %s are for the one that is found soonest, and for none", name, s.Name, CanaryCheap, CanaryNone)
	case name != CanaryCheap:
		c.Bug = bug
	default:
		if c.Bug, known = cheapest(s, prices); !known {
			return Canary{}, false, fmt.Errorf("a canary is wanted, and %s has no planted bugs: --canary %s does without",
				s.Name, CanaryNone)
		}
	}
	if !s.Marked {
		return Canary{}, false, fmt.Errorf("a canary is wanted, and %w: --canary %s does without", trial.ErrUnmarked,
			CanaryNone)
	}
	if price, ok := prices.Of(c.Bug.Name); ok {
		if trials, _, ok := price.Median(); ok {
			c.Trials = max(canaryLeast, canaryTimes*trials)
		}
	}
	return c, true, nil
}

// cheapest is the planted bug that is found in the fewest trials; the first, if it was never measured.
func cheapest(s *trial.Service, prices pricing.Prices) (best trial.Bug, ok bool) {
	least := 0
	for _, b := range s.Bugs {
		price, _ := prices.Of(b.Name)
		trials, _, found := price.Median()
		if !ok || found && (least == 0 || trials < least) {
			best, ok = b, true
			if found {
				least = trials
			}
		}
	}
	return best, ok
}

// Find plays the default campaign with the canary planted, from a seed on, until a checker that must catch it has. An
// error is the tool's own.
func (c Canary) Find(ctx context.Context, first uint64, jobs int, worker func() (campaign.Worker, error)) (bool,
	error) {
	found := false
	run := campaign.Campaign{
		Service: c.Service, Trials: c.trials(first), Jobs: jobs, NewWorker: worker,
		Stop: func() bool { return found },
		Found: func(f campaign.Finding) {
			found = found || f.Kind == campaign.FindingInvalid && f.Reproduced && c.caught(f)
		},
	}
	_, err := run.Run(ctx)
	return found, err
}

// Text says in a line whether it was found.
func (c Canary) Text(missed bool) string {
	if missed {
		return fmt.Sprintf("the canary %s was not found in %d trials: what else is there may be missed as well", c.Bug.Name,
			c.Trials)
	}
	return fmt.Sprintf("The canary %s was planted first, and found.", c.Bug.Name)
}

// caught says that a checker that must catch the bug is among those that accuse.
func (c Canary) caught(f campaign.Finding) bool {
	return slices.ContainsFunc(f.Summary.Violations, func(v play.Violation) bool {
		checker, _, _ := strings.Cut(v.Kind, ": ")
		return c.Bug.CaughtBy(checker)
	})
}

func (c Canary) trials(first uint64) iter.Seq[trial.Trial] {
	seeds := c.Service.Campaign(c.Bug.Name, "swarm")
	return func(yield func(trial.Trial) bool) {
		for i := range c.Trials {
			if !yield(seeds.Trial(first + uint64(i))) {
				return
			}
		}
	}
}
