package ordered

import (
	"cmp"
	"math"
	"slices"
)

// Attempt is something that a session tried, and the events between which it may have had an effect; an End of
// math.MaxInt is none.
type Attempt struct {
	Session   string
	From, End int
}

// Attempts answer which of them overlap an operation without looking at each. Make them with NewAttempts.
type Attempts struct {
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

// NewAttempts sorts attempts, in place.
func NewAttempts(list []Attempt) Attempts {
	slices.SortFunc(list, func(a, b Attempt) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.End, b.End), cmp.Compare(a.Session, b.Session))
	})
	out := Attempts{over: map[string]runs{}}
	for _, a := range list {
		out.all = out.all.with(a)
		if a.End != math.MaxInt {
			out.over[a.Session] = out.over[a.Session].with(a)
		}
	}
	return out
}

func (r runs) with(a Attempt) runs {
	l := longest{end: -1, other: -1}
	if n := len(r.longest); n > 0 {
		l = r.longest[n-1]
	}
	switch {
	case a.Session == l.session:
		l.end = max(l.end, a.End)
	case a.End > l.end:
		l = longest{a.Session, a.End, l.end}
	default:
		l.other = max(l.other, a.End)
	}
	return runs{append(r.from, a.From), append(r.longest, l)}
}

// before is the longest of the attempts that began before an event.
func (r runs) before(event int) longest {
	n, _ := slices.BinarySearch(r.from, event)
	if n == 0 {
		return longest{end: -1, other: -1}
	}
	return r.longest[n-1]
}

// Over says whether an attempt of a session that is known to be over overlaps what was called and returned at two
// events.
func (a Attempts) Over(session string, call, ret int) bool {
	return a.over[session].before(ret).end > call
}

// OfOther says whether an attempt of another session overlaps it.
func (a Attempts) OfOther(session string, call, ret int) bool {
	l := a.all.before(ret)
	if l.session == session {
		return l.other > call
	}
	return l.end > call
}
