package snowflake

import "github.com/pingcap/failpoint"

// What only the planted bugs of workers need. As in package recipes, functions whose names begin with bend change
// nothing in a plain build and while their bug is not switched on.

// bendEnd returns the first millisecond that is not written down: with bugTimeWrittenLate, a worker goes on for a while
// before it writes another.
func (w *Worker) bendEnd() int64 {
	end := w.until
	failpoint.Inject("bugTimeWrittenLate", func(_ failpoint.Value) {
		if end > 0 {
			end += aheadMs
		}
	})
	return end
}

// bendBackstep reports whether a worker follows its clock back, and counts from 0 again.
func (w *Worker) bendBackstep(now int64) bool {
	follows := false
	failpoint.Inject("bugSequenceResetOnBackstep", func(_ failpoint.Value) { follows = now < w.last && now > 0 })
	return follows
}

// bendWritten returns the time that is written down for a number: bugHighWaterNotPersisted does not look at it.
func bendWritten(ms int64) int64 {
	failpoint.Inject("bugHighWaterNotPersisted", func(_ failpoint.Value) { ms = 0 })
	return ms
}

// bendUnwritten returns the error of an attempt to write the time down: with bugWorkerIdOutlivesSession a worker that
// has a number keeps it.
func (w *Worker) bendUnwritten(err error) error {
	failpoint.Inject("bugWorkerIdOutlivesSession", func(_ failpoint.Value) {
		if err != nil {
			err, w.until = nil, w.last+aheadMs
		}
	})
	return err
}
