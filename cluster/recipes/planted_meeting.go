package recipes

import (
	"slices"
	"strings"

	"github.com/pingcap/failpoint"
)

// What only the planted bugs of the barriers need: see planted.go.

// bendWatched returns the cell that a wait looks at: for bugBarrierByPrefix, the first whose name begins like the
// barrier's.
func (b *Barrier) bendWatched() *cell {
	watched := &b.cell
	failpoint.Inject("bugBarrierByPrefix", func(_ failpoint.Value) {
		name := base(b.cell.path)
		folder := strings.TrimSuffix(b.cell.path, "/"+name)
		names, _, err := b.cell.c.Children(folder, nil)
		slices.Sort(names)
		slices.Reverse(names)
		i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, name) })
		if err == nil && i >= 0 {
			other := b.cell
			other.path, watched = folder+"/"+names[i], &other
		}
	})
	return watched
}

// bendWoken reports whether a wait is over because it was woken.
func bendWoken(woken bool) bool {
	over := false
	failpoint.Inject("bugBarrierAnyWakeup", func(_ failpoint.Value) { over = woken })
	return over
}

// bendWokenInside reports whether a member of a double barrier takes itself for inside because it was woken: with
// bugMeetingAnyWakeup, in a round of those who are there.
func (b *DoubleBarrier) bendWokenInside(woken bool, version int32, present []member) bool {
	inside := false
	failpoint.Inject("bugMeetingAnyWakeup", func(_ failpoint.Value) {
		if inside = woken; inside {
			b.round = round{number: int64(version) + 1}
			for _, m := range present {
				b.round.names = append(b.round.names, m.name)
			}
		}
	})
	return inside
}

// bendSize returns how many of those who are there begin a round: for bugBarrierNPlusOne, all.
func (b *DoubleBarrier) bendSize(present int) int {
	size := b.size
	failpoint.Inject("bugBarrierNPlusOne", func(_ failpoint.Value) { size = present })
	return size
}

// bendUnchecked returns from which of the two requests on a round's end is asked for, which is the check: for
// bugReadyDeletedByName, the delete.
func bendUnchecked() int {
	from := 0
	failpoint.Inject("bugReadyDeletedByName", func(_ failpoint.Value) { from = 1 })
	return from
}

// bendLeft reports whether a member that leaves goes on because it was woken.
func bendLeft(woken bool) bool {
	over := false
	failpoint.Inject("bugBarrierNoRecheck", func(_ failpoint.Value) { over = woken })
	return over
}
