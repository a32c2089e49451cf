package pricing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trial"
)

// Comparison is what it takes to find a planted bug by chance alone, by the default campaign, which aims some of its
// faults at scenarios, and by a guided one.
type Comparison struct {
	Bug    string `json:"bug"`
	Blind  []Hunt `json:"blind"`
	Aimed  []Hunt `json:"aimed"`
	Guided []Hunt `json:"guided"`
	// BudgetMs is the CPU time that a search had.
	BudgetMs int64 `json:"budgetMs"`
}

// ways is how many ways there are to search.
const ways = 3

// Compare searches for each bug from the same seeds on, in each way, and hands each to compared when it is known, in
// the order of the bugs. When ctx is cancelled they are those of the bugs that were done with.
func (p Pricing) Compare(ctx context.Context, compared func(Comparison)) ([]Comparison, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	names := p.Names()
	list := make([]Comparison, len(names))
	for i, name := range names {
		list[i] = Comparison{Bug: name, BudgetMs: p.Budget.Milliseconds()}
		for _, hunts := range list[i].hunts() {
			*hunts = make([]Hunt, p.Seeds)
		}
	}
	b := board{rows: len(names), columns: ways * p.Seeds,
		cell: func(ctx context.Context, i, k int) (err error) {
			way, seed := k%ways, k/ways
			faults, goal := []string{"swarm"}, campaign.Goal("")
			switch way {
			case 0:
				faults = append(faults, trial.Unaimed)
			case 2:
				goal = p.Goal
			}
			to := *list[i].hunts()[way]
			to[seed], err = hunt(ctx, p.Service.Campaign(names[i], faults...), uint64(seed)*huntStride+1, p.Budget,
				p.NewWorker, goal)
			return err
		},
		told:  func(done, i int) { p.tell(done, names[i]) },
		shown: func(i int) { compared(list[i]) },
	}
	whole, err := b.run(ctx, p.Jobs)
	return list[:whole], err
}

// hunts are the searches in each way.
func (c *Comparison) hunts() [ways]*[]Hunt { return [ways]*[]Hunt{&c.Blind, &c.Aimed, &c.Guided} }

// ratio is the CPU time of the search in the middle over that of the blind one. A search that found nothing counts with
// what it was given; known is false if neither found anything.
func (c Comparison) ratio(hunts []Hunt) (ratio float64, known bool) {
	blind, other := Price{Hunts: c.Blind}, Price{Hunts: hunts}
	_, b, foundBlind := blind.Median()
	_, g, found := other.Median()
	budget := time.Duration(c.BudgetMs) * time.Millisecond
	if !foundBlind {
		b = budget
	}
	if !found {
		g = budget
	}
	return float64(g) / float64(max(b, time.Millisecond)), foundBlind || found
}

// Cells are the comparison as a row of a table: the bug; trials and CPU-seconds of the search in the middle, "-" for
// one that found nothing, for each way; and the ratio of the times to that of the blind one.
func (c Comparison) Cells() []string {
	cells := []string{c.Bug}
	for i, hunts := range c.hunts() {
		trials, cpu, _ := Price{Hunts: *hunts}.Figures()
		cells = append(cells, trials, cpu)
		if i == 0 {
			continue
		}
		if ratio, known := c.ratio(*hunts); known {
			cells = append(cells, fmt.Sprintf("%.2f", ratio))
		} else {
			cells = append(cells, "-")
		}
	}
	return cells
}

// CompareText says which way is the faster one.
func CompareText(list []Comparison) string {
	return compareText(list, "aimed", func(c Comparison) []Hunt { return c.Aimed }) + "\n" +
		compareText(list, "guided", func(c Comparison) []Hunt { return c.Guided })
}

func compareText(list []Comparison, way string, of func(Comparison) []Hunt) string {
	var ratios []float64
	faster, slower := 0, 0
	for _, c := range list {
		ratio, known := c.ratio(of(c))
		if !known {
			continue
		}
		ratios = append(ratios, ratio)
		switch {
		case ratio < 1:
			faster++
		case ratio > 1:
			slower++
		}
	}
	if len(ratios) == 0 {
		return "neither blind nor " + way + " found a bug"
	}
	slices.Sort(ratios)
	middle := (ratios[(len(ratios)-1)/2] + ratios[len(ratios)/2]) / 2
	return fmt.Sprintf("of %d bugs that blind or %s found, %s finds %d faster and %d slower; in the middle it takes "+
		"%.2f times as long",
		len(ratios), way, way, faster, slower, middle)
}
