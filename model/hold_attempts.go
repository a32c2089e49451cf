package model

import (
	"cmp"
	"math"
	"slices"
)

// attempt is a try to acquire that may have held the object unseen, and the events between which it may have.
type attempt struct {
	session   string
	from, end int
}

// attempts are an object's, and answer which of them overlap an operation without looking at each.
type attempts struct {
	all runs
	// over are, for each session, its attempts that are known to be over.
	over map[string]runs
}

// runs is attempts in the order in which they began, and of each and those before it, the one that lasts longest.
type runs struct {
	from    []int
	longest []longest
}

// longest is the greatest end of some attempts and the session it is of, and the greatest end of those of all other
// sessions; -1 for none.
type longest struct {
	session    string
	end, other int
}

func newAttempts(list []attempt) attempts {
	slices.SortFunc(list, func(a, b attempt) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.end, b.end), cmp.Compare(a.session, b.session))
	})
	out := attempts{over: map[string]runs{}}
	for _, a := range list {
		out.all = out.all.with(a)
		if a.end != math.MaxInt {
			out.over[a.session] = out.over[a.session].with(a)
		}
	}
	return out
}

func (r runs) with(a attempt) runs {
	l := longest{end: -1, other: -1}
	if n := len(r.longest); n > 0 {
		l = r.longest[n-1]
	}
	switch {
	case a.session == l.session:
		l.end = max(l.end, a.end)
	case a.end > l.end:
		l = longest{a.session, a.end, l.end}
	default:
		l.other = max(l.other, a.end)
	}
	return runs{append(r.from, a.from), append(r.longest, l)}
}

// before is the longest of the attempts that began before an event.
func (r runs) before(event int) longest {
	n, _ := slices.BinarySearch(r.from, event)
	if n == 0 {
		return longest{end: -1, other: -1}
	}
	return r.longest[n-1]
}

// gaveUp says whether an attempt that is known to be over (so no unknown acquire stands for it) may be what was
// observed.
func (a attempts) gaveUp(c HoldCall) bool {
	return a.over[c.Out.Session].before(c.Op.Return).end > c.Op.Call
}

// ofOther says whether an attempt of another session overlaps a call.
func (a attempts) ofOther(c HoldCall) bool {
	l := a.all.before(c.Op.Return)
	if l.session == c.In.Session {
		return l.other > c.Op.Call
	}
	return l.end > c.Op.Call
}
