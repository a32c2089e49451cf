package zone

import (
	"time"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/recipes/naming"
)

// What only the planted bugs of zones need. As in package recipes, functions whose names begin with bend change nothing
// in a plain build and while their bug is not switched on.

// bendFresh returns whether something is fresh enough to be answered from: with bugStaleAnswered, everything is.
func bendFresh(fresh bool) bool {
	failpoint.Inject("bugStaleAnswered", func(_ failpoint.Value) { fresh = true })
	return fresh
}

// bendTTL returns how long an answer may be kept: for bugDefaultTtlAtExpiry, as long as the zone has it.
func bendTTL(left, zone time.Duration) time.Duration {
	failpoint.Inject("bugDefaultTtlAtExpiry", func(_ failpoint.Value) { left = zone })
	return left
}

// bendOld returns whether something has to be asked for in any case: with bugWatchLossUnnoticed, never.
func bendOld(old bool) bool {
	failpoint.Inject("bugWatchLossUnnoticed", func(_ failpoint.Value) { old = false })
	return old
}

// bendAsOf returns since when something is known: for bugWatchLossUnnoticed, since now.
func (s *Source) bendAsOf(asOf time.Duration) time.Duration {
	failpoint.Inject("bugWatchLossUnnoticed", func(_ failpoint.Value) { asOf = s.p.Now() })
	return asOf
}

// bendNames returns the names that were read: for bugNamesReadOnce, those of the first time.
func (f *follower) bendNames(names []string) []string {
	failpoint.Inject("bugNamesReadOnce", func(_ failpoint.Value) {
		if f.known.Listed {
			names = nil
			for _, known := range f.known.Names { //house:unordered they are sorted behind it
				names = append(names, known.Name)
			}
		}
	})
	return names
}

// bendInstances returns the instances that were read: for bugLastInstanceStays, those of before if there are none.
func bendInstances(list, before []naming.Instance) []naming.Instance {
	failpoint.Inject("bugLastInstanceStays", func(_ failpoint.Value) {
		if len(list) == 0 {
			list = before
		}
	})
	return list
}
