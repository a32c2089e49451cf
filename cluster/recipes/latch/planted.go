package latch

import (
	"bytes"
	"slices"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/recipes"
)

// What only the planted bugs of leadership need. As in package recipes, functions whose names begin with bend change
// nothing in a plain build and while their bug is not switched on.

// bendSilent reports whether it is not told that the session is lost: never with bugLostNeverTold, and with
// bugReconnectedBeforeLost when there is another one.
func (l *Link) bendSilent() bool {
	silent := false
	failpoint.Inject("bugLostNeverTold", func(_ failpoint.Value) { silent = true })
	failpoint.Inject("bugReconnectedBeforeLost", func(_ failpoint.Value) {
		silent, l.late = true, Event{Lost, l.state.Session}
	})
	if silent {
		l.state.Kind = Lost
	}
	return silent
}

// bendLate tells what was kept back.
func (l *Link) bendLate() {
	failpoint.Inject("bugReconnectedBeforeLost", func(_ failpoint.Value) {
		l.pending = append(l.pending, l.late)
	})
}

// bendPlace returns the place in line of an instance that has lost its session, which is none: for
// bugOfficeOutlivesSession, the one that it had.
func bendPlace(number int64) int64 {
	place := int64(0)
	failpoint.Inject("bugOfficeOutlivesSession", func(_ failpoint.Value) { place = number })
	return place
}

// bendFirst returns who leads of those in line, of whom there is one: for bugLeaderByName, whose data comes first.
func bendFirst(line []recipes.Member) recipes.Member {
	first := line[0]
	failpoint.Inject("bugLeaderByName", func(_ failpoint.Value) {
		first = slices.MinFunc(line, func(a, b recipes.Member) int { return bytes.Compare(a.Data, b.Data) })
	})
	return first
}

// bendUp returns whether an instance may lead, as its connection is: with bugLeadsWhileSuspended, however that is.
func bendUp(up bool) bool {
	failpoint.Inject("bugLeadsWhileSuspended", func(_ failpoint.Value) { up = true })
	return up
}
