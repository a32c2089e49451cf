package pricing

import (
	"context"
	"sync"
)

// board carries out what fills a table: cells in any order, so many at once, and rows that are shown in theirs.
type board struct {
	rows, columns int
	// cell does the work of one cell, and finish, if it is not nil, what comes behind the last cell of a row.
	cell   func(ctx context.Context, row, column int) error
	finish func(ctx context.Context, row int) error
	// told is called after every cell with how many are done, shown when a row and all before it are: from one
	// goroutine at a time.
	told  func(done, row int)
	shown func(row int)

	mu   sync.Mutex // guards everything below
	next int
	done int
	left []int // cells of each row that are not done; -1 when it is finished
	top  int   // rows that were shown
	err  error
}

// run fills the table until a cell fails or ctx is cancelled, and returns how many rows are whole, counted from the
// first.
func (b *board) run(ctx context.Context, jobs int) (whole int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b.left = make([]int, b.rows)
	for i := range b.left {
		b.left[i] = b.columns
	}
	var slots sync.WaitGroup
	for range max(1, jobs) {
		slots.Go(func() {
			for row, column, ok := b.take(ctx); ok; row, column, ok = b.take(ctx) {
				if err := b.fill(ctx, row, column); err != nil {
					b.fail(err)
					cancel()
				}
			}
		})
	}
	slots.Wait()
	if b.err == nil {
		b.err = ctx.Err()
	}
	return b.top, b.err
}

func (b *board) take(ctx context.Context) (row, column int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == b.rows*b.columns || ctx.Err() != nil {
		return 0, 0, false
	}
	b.next++
	return (b.next - 1) / b.columns, (b.next - 1) % b.columns, true
}

func (b *board) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
}

// fill does a cell, and finishes its row if it was the last.
func (b *board) fill(ctx context.Context, row, column int) error {
	if err := b.cell(ctx, row, column); err != nil {
		return err
	}
	b.mu.Lock()
	b.left[row]--
	last := b.left[row] == 0
	b.mu.Unlock()
	if last && b.finish != nil {
		if err := b.finish(ctx, row); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if last {
		b.left[row]--
	}
	b.done++
	if b.told != nil {
		b.told(b.done, row)
	}
	for ; b.top < b.rows && b.left[b.top] < 0; b.top++ {
		if b.shown != nil {
			b.shown(b.top)
		}
	}
	return nil
}
