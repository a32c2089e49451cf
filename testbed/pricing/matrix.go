package pricing

import (
	"context"
	"slices"
	"strconv"

	"ordeal/nemesis"
)

// MatrixRow says with which families of fault alone a planted bug is found.
type MatrixRow struct {
	Bug string `json:"bug"`
	// Alone has a search for each of MatrixColumns, in their order, with faults of that family only.
	Alone []Hunt `json:"alone"`
}

// MatrixColumns are "none", and then the families of fault by name.
func MatrixColumns() []string { return slices.Insert(nemesis.FamilyNames(), 0, "none") }

// Matrix searches for every bug under every family of fault alone, and under none, and hands on each bug's row in the
// order of the bugs; Seeds is not looked at. When ctx is cancelled the rows are those that were done with.
func (p Pricing) Matrix(ctx context.Context, shown func(MatrixRow)) ([]MatrixRow, error) {
	p.Seeds = 1
	if err := p.Check(); err != nil {
		return nil, err
	}
	names, columns := p.Names(), MatrixColumns()
	rows := make([]MatrixRow, len(names))
	for i, name := range names {
		rows[i] = MatrixRow{Bug: name, Alone: make([]Hunt, len(columns))}
	}
	b := board{rows: len(names), columns: len(columns),
		cell: func(ctx context.Context, i, k int) (err error) {
			rows[i].Alone[k], err = hunt(ctx, p.Service.Campaign(names[i], columns[k]), 1, p.Budget, p.NewWorker, "")
			return err
		},
		told:  func(done, i int) { p.tell(done, names[i]) },
		shown: func(i int) { shown(rows[i]) },
	}
	whole, err := b.run(ctx, p.Jobs)
	return rows[:whole], err
}

// Text is the row for people: for each column the trials that it took, or "-".
func (r MatrixRow) Text() []string {
	cells := make([]string, len(r.Alone))
	for i, h := range r.Alone {
		if cells[i] = "-"; h.Found != "" {
			cells[i] = strconv.Itoa(h.Trials)
		}
	}
	return cells
}
