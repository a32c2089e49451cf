package txn

import (
	"fmt"

	"ordeal/history"
)

// listOrder is the order in which elements were appended to each object, as far as reads show it: the longest list that
// was read. Of an object, the version n is the list with n elements.
type listOrder struct {
	*book
	// longest is the read of each object that saw most, its transaction -1 if there is none.
	longest []place
	// order is the elements of the longest read, unwritten for those that no transaction appended.
	order [][]int32
	// at is the place of each element in the order of its object, -1 if no read saw it.
	at []int32
	// torn says that reads of an object do not agree, so that its order means little.
	torn []bool
	// bad are the first places of an object's order that an element of a failed transaction has, and that one which no
	// transaction appended, or a second time, has; beyond the end if there are none.
	failed, strange []int32
	// only is the element of an object to which only one may have been appended, else negative.
	only []int32
	// sawFirst is the transaction that last read an object which it had not touched before, and what version.
	sawFirst []place
}

// place is the i-th thing of a transaction.
type place struct{ txn, i int32 }

func (j *judge) judgeLists() {
	o := newListOrder(j.book)
	j.why = o.why
	j.checkOrder(o)
	for t := range j.ops {
		if j.ended(t) == history.OK {
			j.checkListReads(o, t)
		}
		if j.possible(t) {
			j.checkOwnOrder(o, t)
		}
	}
	j.lostAppends(o)
	j.linkLists(o)
}

func newListOrder(b *book) *listOrder {
	o := &listOrder{
		book: b, longest: make([]place, len(b.keys)), order: make([][]int32, len(b.keys)),
		at: make([]int32, len(b.elements)), torn: make([]bool, len(b.keys)),
		failed: make([]int32, len(b.keys)), strange: make([]int32, len(b.keys)), sawFirst: make([]place, len(b.keys)),
	}
	most := make([]int32, len(b.keys))
	for k := range o.longest {
		o.longest[k].txn, o.sawFirst[k].txn = -1, -1
	}
	for t := range b.ops {
		for i, m := range b.of(t) {
			if !m.write && m.at != unread && (o.longest[m.key].txn < 0 || m.at > most[m.key]) {
				o.longest[m.key], most[m.key] = place{int32(t), int32(i)}, m.at
			}
		}
	}
	for e := range o.at {
		o.at[e] = -1
	}
	o.findOnly()
	for k, p := range o.longest {
		if p.txn >= 0 {
			o.orderOf(k, b.listRead(int(p.txn), int(p.i)))
		} else {
			o.onlyAppend(k)
		}
	}
	return o
}

func (o *listOrder) orderOf(k int, list []any) {
	o.order[k] = make([]int32, len(list))
	o.failed[k], o.strange[k] = int32(len(list)), int32(len(list))
	for n, v := range list {
		e := o.element(int32(k), v)
		o.order[k][n] = e
		switch {
		case e == unwritten || o.at[e] >= 0:
			o.strange[k] = min(o.strange[k], int32(n))
			continue
		case !o.possible(int(o.elements[e].txn)):
			o.failed[k] = min(o.failed[k], int32(n))
		}
		o.at[e] = int32(n)
	}
	// An object to which one element was appended was empty before that, whether a read saw the element or not.
	if len(list) == 0 {
		o.onlyAppend(k)
	}
}

// onlyAppend orders an object to which a single element was appended, which no read saw.
func (o *listOrder) onlyAppend(k int) {
	e := o.only[k]
	if e < 0 {
		return
	}
	o.order[k], o.at[e] = []int32{e}, 0
	o.failed[k], o.strange[k] = 1, 1
}

// findOnly finds the objects to which a single transaction, once, may have appended.
func (o *listOrder) findOnly() {
	const none, many = -1, -2
	o.only = make([]int32, len(o.keys))
	for k := range o.only {
		o.only[k] = none
	}
	for e, el := range o.elements {
		switch {
		case !o.possible(int(el.txn)):
		case o.only[el.key] == none:
			o.only[el.key] = int32(e)
		default:
			o.only[el.key] = many
		}
	}
}

// checkOrder looks at the longest read of each object, which others are held against.
func (j *judge) checkOrder(o *listOrder) {
	for k, p := range o.longest {
		if p.txn < 0 {
			continue
		}
		list := o.listRead(int(p.txn), int(p.i))
		for n, e := range o.order[k] {
			switch {
			case e == unwritten:
				j.strangeElement(p, list, n)
			case o.at[e] != int32(n):
				j.doubleElement(p, list, n)
			case n > 0 && o.order[k][n-1] >= 0 && j.possible(int(o.elements[e].txn)):
				if before := o.elements[o.order[k][n-1]]; !j.possible(int(before.txn)) {
					after := int(o.elements[e].txn)
					j.report("dirty-update", func() string {
						return fmt.Sprintf("%s of %s, which failed, stands in the list below %s, which did not",
							text(list[n-1]), text(o.keys[k]), text(list[n]))
					}, int(before.txn), after)
				}
			}
		}
	}
}

func (j *judge) strangeElement(p place, list []any, n int) {
	j.report("garbage-read", func() string {
		return fmt.Sprintf("a read of %s saw %s, which no transaction appended",
			text(j.keyOf(p)), text(list[n]))
	}, int(p.txn))
}

func (j *judge) doubleElement(p place, list []any, n int) {
	j.report("duplicate-elements", func() string {
		return fmt.Sprintf("a read of %s saw %s more than once: %s", text(j.keyOf(p)), text(list[n]), text(list))
	}, int(p.txn))
}

func (b *book) keyOf(p place) any { return b.keys[b.of(int(p.txn))[p.i].key] }

// checkListReads holds what a transaction read against the order of each object, and against what it did itself.
func (j *judge) checkListReads(o *listOrder, t int) {
	for i, m := range j.of(t) {
		if m.write {
			j.checkFuture(o, t, m)
			continue
		}
		p := place{int32(t), int32(i)}
		list := j.listRead(t, i)
		j.checkInternal(p, list)
		if o.longest[m.key] != p && !o.isPrefix(m.key, list) {
			j.checkTorn(o, p, list)
			continue
		}
		if at := o.failed[m.key]; m.at > at {
			j.abortedRead(p, list[at], int(o.elements[o.order[m.key][at]].txn))
		}
		if m.prior < 0 {
			o.sawFirst[m.key] = place{int32(t), m.at}
			if m.at > 0 {
				j.checkLast(p, list, o.order[m.key][m.at-1])
			}
		}
	}
}

// checkFuture looks whether a transaction read what it appends only now.
func (j *judge) checkFuture(o *listOrder, t int, m mop) {
	if saw := o.sawFirst[m.key]; int(saw.txn) == t && o.at[m.at] >= 0 && o.at[m.at] < saw.i {
		j.report("future-read", func() string {
			return fmt.Sprintf("a transaction read %s of %s before it appended it", text(j.value(m.at)), text(o.keys[m.key]))
		}, t)
	}
}

// isPrefix says whether a list is a beginning of the longest one.
func (o *listOrder) isPrefix(key int32, list []any) bool {
	p := o.longest[key]
	for i, v := range o.listRead(int(p.txn), int(p.i))[:len(list)] {
		if !sameValue(v, list[i]) {
			return false
		}
	}
	return true
}

func (j *judge) abortedRead(p place, v any, writer int) {
	j.report("G1a", func() string {
		return fmt.Sprintf("a read of %s saw %s, whose transaction had failed", text(j.keyOf(p)), text(v))
	}, writer, int(p.txn))
}

// checkLast looks whether a list ends with what its transaction added more to.
func (j *judge) checkLast(p place, list []any, e int32) {
	if e < 0 || !j.elements[e].more || int(j.elements[e].txn) == int(p.txn) {
		return
	}
	j.report("G1b", func() string {
		return fmt.Sprintf("a read of %s ended with %s, in the middle of what that element's transaction appended",
			text(j.keyOf(p)), text(list[len(list)-1]))
	}, int(j.elements[e].txn), int(p.txn))
}

// checkTorn looks at a read that does not fit the longest one, element by element.
func (j *judge) checkTorn(o *listOrder, p place, list []any) {
	key := j.of(int(p.txn))[p.i].key
	o.torn[key] = true
	longest := o.longest[key]
	j.report("incompatible-order", func() string {
		return fmt.Sprintf("reads of %s saw %s and %s, and neither can have become the other by appends",
			text(o.keys[key]), text(list), text(o.listRead(int(longest.txn), int(longest.i))))
	}, int(p.txn), int(longest.txn))
	seen := map[int32]bool{}
	for n, v := range list {
		e := o.element(key, v)
		switch {
		case e == unwritten:
			j.strangeElement(p, list, n)
		case seen[e]:
			j.doubleElement(p, list, n)
		case !j.possible(int(o.elements[e].txn)):
			j.abortedRead(p, v, int(o.elements[e].txn))
		}
		seen[e] = true
	}
}
