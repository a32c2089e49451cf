package checker

import (
	"cmp"
	"slices"
	"time"

	"ordeal/history"
)

// belief is the time in which one process takes itself for the holder.
type belief struct{ from, until time.Duration }

// Overlap measures how long two processes believed at once that they hold the same lock or lead the same election. It
// is always valid: a client that pauses can't know that its session has ended, so no service can rule this out; that is
// what fencing tokens are for. A belief begins when a grant returns, and ends when the same process next invokes
// anything but a fenced write or a read of its key, or records that it "lost" it, or with the history.
func Overlap() Checker {
	return Checker{"overlap", func(events history.History, ops []history.Operation) Verdict {
		var end time.Duration
		if len(events) > 0 {
			end = events[len(events)-1].Time
		}
		for i := range ops {
			end = max(end, ops[i].Invoked, ops[i].Completed)
		}
		var periods, total, longest int64
		byKey := beliefs(ops, end)
		for _, key := range sortedKeys(byKey) {
			for _, d := range doubled(byKey[key].all) {
				periods++
				total += int64(d)
				longest = max(longest, int64(d))
			}
		}
		return Verdict{Outcome: Valid, Measures: []Measure{
			{"two believe", periods, "periods"}, {"two believe, in all", total, "ns"}, {"two believe, longest", longest, "ns"},
		}}
	}}
}

// believers are who took themselves for the holder of one key.
type believers struct {
	all []belief
	// open is the place of each process's belief among all, of those that have not ended.
	open map[int]int
}

func beliefs(ops []history.Operation, end time.Duration) map[string]*believers {
	out := map[string]*believers{}
	last := "" // the key that was looked up last, and who believes what of it
	var known *believers
	// A process has one operation under way, so the order of its invokes is the order of everything it does.
	for i := range ops {
		op := &ops[i]
		if op.Key != last || known == nil {
			if last, known = op.Key, out[op.Key]; known == nil {
				known = &believers{open: map[int]int{}}
				out[op.Key] = known
			}
		}
		if at, ok := known.open[op.Process]; ok && op.F != "fenced" && op.F != "observe" {
			known.all[at].until = op.Invoked
			delete(known.open, op.Process)
		}
		if op.End != history.OK || op.F != "acquire" && op.F != "campaign" {
			continue
		}
		if _, _, ok := granted(op); ok {
			known.open[op.Process] = len(known.all)
			if n := len(known.all); n == cap(known.all) {
				known.all = slices.Grow(known.all, max(8, n)) // append gives a large slice a quarter more
			}
			known.all = append(known.all, belief{op.Completed, end})
		}
	}
	return out
}

// doubled are the lengths of the periods in which at least two beliefs were held.
func doubled(list []belief) []time.Duration {
	slices.SortFunc(list, func(a, b belief) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.until, b.until))
	})
	var out []time.Duration
	var held, until time.Duration // until when one, and until when two beliefs are held
	for _, b := range list {
		// While b is held, another one is until the latest end among those before it.
		from, to := max(b.from, until), min(b.until, held)
		switch {
		case to <= from:
		case from == until && len(out) > 0:
			out[len(out)-1] += to - from
		default:
			out = append(out, to-from)
		}
		until, held = max(until, to), max(held, b.until)
	}
	return out
}
