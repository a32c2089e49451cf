package recipes

import (
	"time"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// What only the planted bugs of the counter and the shared value need: see planted.go.

// bendForgotten reports whether a change whose answer was lost is taken for none, and so made once more.
func bendForgotten() bool {
	again := false
	failpoint.Inject("bugCountTwice", func(_ failpoint.Value) { again = true })
	return again
}

// bendExpected returns the version that a change is for: for bugCountUnversioned and bugSegmentTwice, any.
func bendExpected(version int32) int32 {
	failpoint.Inject("bugCountUnversioned", func(_ failpoint.Value) { version = wire.AnyVersion })
	failpoint.Inject("bugSegmentTwice", func(_ failpoint.Value) { version = wire.AnyVersion })
	return version
}

// bendGet returns the call that reads a cell: for bugCountReadStale, as the server has it.
func (k *cell) bendGet() func(path string, w *client.Watch) ([]byte, wire.Stat, error) {
	get := k.c.SyncGet
	failpoint.Inject("bugCountReadStale", func(_ failpoint.Value) { get = k.c.Get })
	return get
}

// bendSilent is called when a wait for a change is over, and reports whether that was all: with bugSilenceIsFresh, a
// value of which no change was heard is as good as new.
func (v *Value) bendSilent(changed bool) bool {
	over := false
	failpoint.Inject("bugSilenceIsFresh", func(_ failpoint.Value) {
		if over = !changed; over {
			v.last.AsOf = v.cell.p.Now()
		}
	})
	return over
}

// bendAsOf returns the instant as of which a value is known, which is that of the question: for bugAgeFromAnswer, that
// of the answer.
func (v *Value) bendAsOf(asked time.Duration) time.Duration {
	failpoint.Inject("bugAgeFromAnswer", func(_ failpoint.Value) { asked = v.cell.p.Now() })
	return asked
}
