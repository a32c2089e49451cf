package pricing

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Comparison is what it takes to find a planted bug by a blind campaign, and by a guided one.
type Comparison struct {
	Bug    string `json:"bug"`
	Blind  []Hunt `json:"blind"`
	Guided []Hunt `json:"guided"`
	// BudgetMs is the CPU time that a search had.
	BudgetMs int64 `json:"budgetMs"`
}

// Compare searches for each bug from the same seeds on, blind and guided, and hands each to compared when it is known,
// in the order of the bugs. When ctx is cancelled they are those of the bugs that were done with.
func (p Pricing) Compare(ctx context.Context, compared func(Comparison)) ([]Comparison, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	names := p.Names()
	list := make([]Comparison, len(names))
	for i, name := range names {
		list[i] = Comparison{Bug: name, Blind: make([]Hunt, p.Seeds), Guided: make([]Hunt, p.Seeds),
			BudgetMs: p.Budget.Milliseconds()}
	}
	b := board{rows: len(names), columns: 2 * p.Seeds,
		cell: func(ctx context.Context, i, k int) (err error) {
			guided, seed := k%2 == 1, k/2
			to := list[i].Blind
			if guided {
				to = list[i].Guided
			}
			to[seed], err = hunt(ctx, p.Service.Campaign(names[i], "swarm"), uint64(seed)*huntStride+1, p.Budget, p.NewWorker,
				guided)
			return err
		},
		told:  func(done, i int) { p.tell(done, names[i]) },
		shown: func(i int) { compared(list[i]) },
	}
	whole, err := b.run(ctx, p.Jobs)
	return list[:whole], err
}

// ratio is the CPU time of the guided search in the middle over that of the blind one. A search that found nothing
// counts with what it was given; known is false if neither found anything.
func (c Comparison) ratio() (ratio float64, known bool) {
	blind, guided := Price{Hunts: c.Blind}, Price{Hunts: c.Guided}
	_, b, foundBlind := blind.Median()
	_, g, foundGuided := guided.Median()
	budget := time.Duration(c.BudgetMs) * time.Millisecond
	if !foundBlind {
		b = budget
	}
	if !foundGuided {
		g = budget
	}
	return float64(g) / float64(max(b, time.Millisecond)), foundBlind || foundGuided
}

// Cells are the comparison as a row of a table: the bug; trials and CPU-seconds of the blind search in the middle, and
// of the guided one, "-" for one that found nothing; and the ratio of the times.
func (c Comparison) Cells() []string {
	cells := []string{c.Bug}
	for _, hunts := range [][]Hunt{c.Blind, c.Guided} {
		trials, cpu, _ := Price{Hunts: hunts}.Figures()
		cells = append(cells, trials, cpu)
	}
	if ratio, known := c.ratio(); known {
		return append(cells, fmt.Sprintf("%.2f", ratio))
	}
	return append(cells, "-")
}

// CompareText says which way is the faster one.
func CompareText(list []Comparison) string {
	var ratios []float64
	faster, slower := 0, 0
	for _, c := range list {
		ratio, known := c.ratio()
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
		return "neither way found a bug"
	}
	slices.Sort(ratios)
	middle := (ratios[(len(ratios)-1)/2] + ratios[len(ratios)/2]) / 2
	return fmt.Sprintf("of %d bugs that either way found, guided finds %d faster and %d slower; in the middle it takes "+
		"%.2f times as long",
		len(ratios), faster, slower, middle)
}
