package txn

import (
	"fmt"
	"slices"

	"ordeal/history"
)

// checkInternal holds a read against what its own transaction read and appended before.
func (j *judge) checkInternal(p place, list []any) {
	mops := j.of(int(p.txn))
	if mops[p.i].prior < 0 {
		return
	}
	var want []any // the last elements that must be there
	whole := false
	for at := mops[p.i].prior; at >= 0 && !whole; at = mops[at].prior {
		if whole = !mops[at].write; whole {
			slices.Reverse(want)
			want = slices.Concat(j.listRead(int(p.txn), int(at)), want)
		} else {
			want = append(want, j.value(mops[at].at))
		}
	}
	if !whole {
		slices.Reverse(want)
	}
	rest := list
	if !whole && len(list) > len(want) {
		rest = list[len(list)-len(want):]
	}
	if slices.EqualFunc(rest, want, sameValue) {
		return
	}
	j.report("internal", func() string {
		shows := text(want)
		if !whole {
			shows = "a list that ends with " + shows
		}
		return fmt.Sprintf("a transaction read %s of %s, where by what it did before it should have seen %s",
			text(list), text(j.keyOf(p)), shows)
	}, int(p.txn))
}

// checkOwnOrder looks for appends of one transaction to an object that stand there in another order.
func (j *judge) checkOwnOrder(o *listOrder, t int) {
	for _, m := range j.of(t) {
		at := m.prior
		for at >= 0 && !j.of(t)[at].write {
			at = j.of(t)[at].prior
		}
		if !m.write || at < 0 {
			continue
		}
		if e := j.of(t)[at].at; o.at[m.at] >= 0 && o.at[m.at] < o.at[e] {
			j.report("incompatible-order", func() string {
				return fmt.Sprintf("a transaction appended %s to %s and then %s, and in the list they stand the other way round",
					text(j.value(e)), text(o.keys[m.key]), text(j.value(m.at)))
			}, t)
			return
		}
	}
}

// lostAppends looks for committed transactions that read the same version of an object and appended to it.
func (j *judge) lostAppends(o *listOrder) {
	base := make([]int32, len(o.keys)+1)
	for k := range o.keys {
		base[k+1] = base[k] + int32(len(o.order[k])) + 1
	}
	first := make([]int32, base[len(o.keys)])
	for t := range j.ops {
		if j.ended(t) != history.OK {
			continue
		}
		j.external(t, func(i int, m mop) {
			if o.torn[m.key] || !m.then {
				return
			}
			version := base[m.key] + m.at
			if other := int(first[version]) - 1; other >= 0 {
				j.report("lost-update", func() string {
					return fmt.Sprintf("two transactions read %s of %s, and both appended to it",
						text(o.listRead(t, i)), text(o.keys[m.key]))
				}, other, t)
				return
			}
			first[version] = int32(t) + 1
		})
	}
}

// external calls f with what a transaction read of objects that it had not touched before.
func (b *book) external(t int, f func(i int, m mop)) {
	for i, m := range b.of(t) {
		if !m.write && m.at != unread && m.prior < 0 {
			f(i, m)
		}
	}
}
