package coordination

import "slices"

// appliedBy is an entry that a node applied in a term of its own, by: it was committed then, in that term or an earlier
// one.
type appliedBy struct {
	appliedEntry
	by uint64
}

// appliedSoFar are the newest entries that any node has applied, by the term of who applied them: both go up from one
// to the next. It is what leaders are held to (Raft, section 5.4, leader completeness): the leader of a later term than
// an entry was committed in has that entry. The leader of an earlier one need not. It may be made by votes that were
// given before, and came late or waited in a server that was paused, when a later term has applied much already.
type appliedSoFar []appliedBy

// add notes that a node has applied up to an entry.
func (a *appliedSoFar) add(e appliedBy) {
	at := len(*a)
	for at > 0 && (*a)[at-1].by > e.by {
		at--
	}
	if at > 0 && (*a)[at-1].index >= e.index {
		return
	}
	from := at
	if at > 0 && (*a)[at-1].by == e.by {
		from = at - 1
	}
	to := at
	for to < len(*a) && (*a)[to].index <= e.index {
		to++
	}
	*a = slices.Replace(*a, from, to, e)
}

// before is the newest entry that was applied by nodes of earlier terms than this.
func (a appliedSoFar) before(term uint64) (e appliedEntry) {
	for _, one := range slices.Backward(a) {
		if one.by < term {
			return one.appliedEntry
		}
	}
	return appliedEntry{}
}
