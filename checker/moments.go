package checker

import (
	"slices"

	"ordeal/history"
)

// moment is the begin or the end of one of several operations, as a number: moments are in the order of their numbers.
// The event is above all; of one event, as that of a lone ok, begins come first, and then the operations in theirs.
type moment uint64

// ends tells whether it is an end, and of is the operation's number.
func (m moment) ends() bool { return m>>32&1 == 1 }
func (m moment) of() int    { return int(uint32(m)) }

// moments are those of n operations, in order. What is endless has no end.
func moments(n int, span func(i int) interval) []moment { return appendMoments(nil, n, span) }

// appendMoments is moments in the memory of a list.
func appendMoments(all []moment, n int, span func(i int) interval) []moment {
	all = slices.Grow(all, 2*n)
	for i := range n {
		s := span(i)
		all = append(all, moment(s.call)<<33|moment(i))
		if s.ret != endless {
			all = append(all, moment(s.ret)<<33|1<<32|moment(i))
		}
	}
	return sorted(all)
}

// returns are the ends of n operations, in order.
func returns(n int, ret func(i int) int) []moment {
	all := make([]moment, n)
	for i := range all {
		all[i] = moment(ret(i))<<33 | 1<<32 | moment(i)
	}
	return sorted(all)
}

// radixMin is how many moments are worth the tables of sorted.
const radixMin = 1 << 10

// sorted sorts moments. Those of operations in the order of their calls are nearly sorted already, and there are no
// more events than the greatest one says: many are sorted by counting, digit by digit. The operations of one event are
// in their order as they come.
func sorted(all []moment) []moment {
	if len(all) < radixMin {
		slices.Sort(all)
		return all
	}
	greatest := slices.Max(all)
	const digit = 11 // bits
	for other, shift := make([]moment, len(all)), 32; greatest>>shift > 0 && shift < 64; shift += digit {
		var next [1 << digit]int32
		for _, m := range all {
			next[m>>shift%(1<<digit)]++
		}
		before := int32(0)
		for k, n := range next {
			next[k], before = before, before+n
		}
		for _, m := range all {
			at := &next[m>>shift%(1<<digit)]
			other[*at] = m
			*at++
		}
		all, other = other, all
	}
	return all
}

// spanOf is the interval in which an operation took effect, if it did.
func spanOf(op *history.Operation) interval { return interval{op.Call, returned(op)} }
