// Package pricing finds out what it costs to find each planted bug of a service: in trials and CPU time, blind and
// guided, under which faults, and by which checkers. The prices say what a campaign that found nothing would have
// found.
package pricing

import (
	"context"
	"fmt"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trial"
)

// Pricing finds out what planted bugs cost.
type Pricing struct {
	Service *trial.Service
	// Bugs are names; none stands for all.
	Bugs []string
	// Seeds is how many searches there are for each, and Budget the CPU time that one may take.
	Seeds  int
	Budget time.Duration
	// Goal is that of a Guide who says which trials there are, "" for none.
	Goal campaign.Goal
	// Jobs is how many searches run at once, each with a Worker of its own.
	Jobs      int
	NewWorker func() (campaign.Worker, error)
	// Hunted, if it is not nil, is called after every search with how many are done, from one goroutine at a time.
	Hunted func(done int, bug string)
}

// budgetMin is the least CPU time that a search can do anything with: a few trials.
const budgetMin = time.Second

// Check says what is wrong with a pricing.
func (p Pricing) Check() error {
	for _, name := range p.Bugs {
		if _, ok := p.Service.Bug(name); !ok {
			return fmt.Errorf("bug %q is not known: `bugs list` says which there are", name)
		}
	}
	switch {
	case p.Seeds < 1:
		return fmt.Errorf("%d seeds: it must be at least 1", p.Seeds)
	case p.Budget < budgetMin:
		return fmt.Errorf("a budget of %v is too small: a search of less than %v can't play a trial", p.Budget, budgetMin)
	case p.Jobs < 1:
		return fmt.Errorf("%d jobs: it must be at least 1", p.Jobs)
	case !p.Service.Marked:
		return trial.ErrUnmarked
	}
	return nil
}

// Names are those of the bugs that are priced.
func (p Pricing) Names() []string {
	if len(p.Bugs) > 0 {
		return p.Bugs
	}
	var names []string
	for _, b := range p.Service.Bugs {
		names = append(names, b.Name)
	}
	return names
}

// Run finds the prices, and hands each to priced when it is known, in the order of the bugs. When ctx is cancelled they
// are those of the bugs that were done with.
func (p Pricing) Run(ctx context.Context, priced func(Price)) ([]Price, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	names := p.Names()
	prices := make([]Price, len(names))
	for i, name := range names {
		prices[i] = newPrice(p.Service, name, p.Seeds)
	}
	b := board{rows: len(names), columns: p.Seeds,
		cell: func(ctx context.Context, i, k int) (err error) {
			first := uint64(k)*huntStride + 1
			prices[i].Hunts[k], err = hunt(ctx, p.Service.Campaign(names[i], "swarm"), first, p.Budget, p.NewWorker, p.Goal)
			return err
		},
		finish: func(ctx context.Context, i int) (err error) {
			prices[i].Needs, err = p.needsOf(ctx, prices[i].Hunts)
			return err
		},
		told:  func(done, i int) { p.tell(done, names[i]) },
		shown: func(i int) { priced(prices[i]) },
	}
	whole, err := b.run(ctx, p.Jobs)
	return prices[:whole], err
}

func (p Pricing) tell(done int, bug string) {
	if p.Hunted != nil {
		p.Hunted(done, bug)
	}
}
