package reports

import (
	"slices"
	"time"
)

// tally is how many operations of one name ended how, and how long they took.
type tally struct {
	f string
	// counts is by outcome.
	counts [len(outcomes)]int
	// times are the latencies of the ok operations and of those that ended otherwise, as quantiles by permille.
	ok, other *spread
}

// spread is latencies, by permille.
type spread [len(permille)]time.Duration

// tallies are one for each name, sorted.
func tallies(ops []operation) []tally {
	var all []tally
	for _, g := range group(ops) {
		if len(all) == 0 || all[len(all)-1].f != g.f {
			all = append(all, tally{f: g.f})
		}
		all[len(all)-1].counts[g.outcome] = len(g.ops)
	}
	for i := range all {
		all[i].ok = spreadOf(ops, all[i].f, func(o outcome) bool { return o == ok })
		all[i].other = spreadOf(ops, all[i].f, func(o outcome) bool { return o == info || o == fail })
	}
	return all
}

// spreadOf is the spread of the operations named f with a fitting outcome; nil if there are none.
func spreadOf(ops []operation, f string, fits func(outcome) bool) *spread {
	var times []time.Duration
	for _, o := range ops {
		if o.f == f && fits(o.outcome) {
			times = append(times, o.latency())
		}
	}
	if len(times) == 0 {
		return nil
	}
	slices.Sort(times)
	var s spread
	for i, q := range permille {
		s[i] = quantile(times, q)
	}
	return &s
}

// totals are the counts of all tallies together.
func totals(all []tally) (counts [len(outcomes)]int) {
	for _, t := range all {
		for i, n := range t.counts {
			counts[i] += n
		}
	}
	return counts
}

// recovery is how long after a fault's end the first client operation ended ok; false if none did, or if the fault
// lasted to the end.
func recovery(f Fault, ops []operation) (time.Duration, bool) {
	first, found := time.Duration(0), false
	for _, o := range ops {
		if f.To >= 0 && o.outcome == ok && o.done >= f.To && (!found || o.done < first) {
			first, found = o.done, true
		}
	}
	return first - f.To, found
}
