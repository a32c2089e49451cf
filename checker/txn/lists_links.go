package txn

import "fmt"

// linkLists adds what the order of each object's elements says of the transactions: who appended behind whom, who read
// what whom had appended, and who read the list before whom appended to it.
func (j *judge) linkLists(o *listOrder) {
	j.graph.nodes = len(j.ops)
	unseen := o.unseen()
	for k, order := range o.order {
		before := -1
		for _, e := range order[:o.strange[k]] {
			if w := o.writer(e); w >= 0 {
				if before >= 0 {
					j.graph.add(before, w, ww)
				}
				before = w
			}
		}
		if before >= 0 && len(unseen[int32(k)]) > 0 {
			j.graph.link([]int{before}, unseen[int32(k)], ww)
		}
	}
	last := map[int32][]int{} // of objects with appends that no read saw, who read all that any did
	for t := range j.ops {
		j.external(t, func(i int, m mop) {
			if o.torn[m.key] && !o.isPrefix(m.key, j.listRead(t, i)) {
				j.linkTorn(o, t, m.key, j.listRead(t, i))
				return
			}
			if m.at > o.strange[m.key] {
				return
			}
			if m.at > 0 {
				if w := o.writer(o.order[m.key][m.at-1]); w >= 0 {
					j.graph.add(w, t, wr)
				}
			}
			if _, w := o.behind(m.key, m.at, t); w >= 0 {
				j.graph.add(t, w, rw)
			} else if w == atEnd && len(unseen[m.key]) > 0 {
				last[m.key] = append(last[m.key], t)
			}
		})
	}
	for k := range o.keys {
		if readers := last[int32(k)]; len(readers) > 0 {
			j.graph.link(readers, unseen[int32(k)], rw)
		}
	}
}

// linkTorn adds what can be said of a read that does not fit the others: whose append it ends with.
func (j *judge) linkTorn(o *listOrder, t int, key int32, list []any) {
	if len(list) == 0 {
		return
	}
	if w := o.writer(o.element(key, list[len(list)-1])); w >= 0 {
		j.graph.add(w, t, wr)
	}
}

// writer is the transaction that appended an element, -1 if there is none that may have taken place.
func (o *listOrder) writer(e int32) int {
	if e < 0 || !o.possible(int(o.elements[e].txn)) {
		return -1
	}
	return int(o.elements[e].txn)
}

const (
	// atEnd says that nothing known was appended behind a version.
	atEnd = -1
	// byReader says that the reader appended the next element.
	byReader = -2
)

// behind is the first element behind a version that a transaction other than a failed one appended, and that
// transaction; or atEnd or byReader.
func (o *listOrder) behind(key, version int32, reader int) (e int32, writer int) {
	for _, e := range o.order[key][version:max(version, o.strange[key])] {
		switch w := o.writer(e); {
		case w == reader:
			return e, byReader
		case w >= 0:
			return e, w
		}
	}
	return -1, atEnd
}

// whole says whether the order of an object can be trusted to its end.
func (o *listOrder) whole(key int32) bool {
	return !o.torn[key] && int(o.strange[key]) == len(o.order[key])
}

// unseen are the transactions that took place and appended to an object what no read saw, so that they stand behind all
// that was seen.
func (o *listOrder) unseen() map[int32][]int {
	out := map[int32][]int{}
	for e, el := range o.elements {
		if o.at[e] >= 0 || !o.possible(int(el.txn)) || o.longest[el.key].txn < 0 || !o.whole(el.key) {
			continue
		}
		if list := out[el.key]; len(list) == 0 || list[len(list)-1] != int(el.txn) {
			out[el.key] = append(list, int(el.txn))
		}
	}
	return out
}

// why says what shows that transaction a, called first, is before b, called second.
func (o *listOrder) why(a, b int, kind edge, first, second string) string {
	switch kind {
	case ww:
		return o.whyAppended(a, b, first, second)
	case wr:
		return o.whyRead(a, b, first, second)
	}
	return o.whyNotRead(a, b, first, second)
}

// whyAppended finds an element of a and one of b that stands behind it.
func (o *listOrder) whyAppended(a, b int, first, second string) string {
	for _, m := range o.of(a) {
		if !m.write || o.at[m.at] < 0 {
			continue
		}
		if e, w := o.behind(m.key, o.at[m.at]+1, a); w == b {
			return fmt.Sprintf("%s appended %s to %s, and %s appended %s behind it%s", first, text(o.value(m.at)),
				text(o.keys[m.key]), second, text(o.value(e)), o.witness(m.key, o.at[e]))
		}
		if e := o.unseenOf(b, m.key); e >= 0 && int(o.at[m.at]) == len(o.order[m.key])-1 {
			return fmt.Sprintf("%s appended %s to %s, the last that any read saw, and %s appended %s, which none saw",
				first, text(o.value(m.at)), text(o.keys[m.key]), second, text(o.value(e)))
		}
	}
	return second + " appended behind " + first
}

// whyRead finds a list that b read whose last element is a's.
func (o *listOrder) whyRead(a, b int, first, second string) string {
	for i, m := range o.of(b) {
		if m.write || m.at <= 0 || m.prior >= 0 {
			continue
		}
		list := o.listRead(b, i)
		last := list[len(list)-1]
		if e := o.element(m.key, last); e >= 0 && int(o.elements[e].txn) == a {
			return fmt.Sprintf("%s appended %s to %s, and %s read it: %s", first, text(last), text(o.keys[m.key]),
				second, text(list))
		}
	}
	return second + " read what " + first + " appended"
}

// whyNotRead finds a list that a read, and what b appended behind it.
func (o *listOrder) whyNotRead(a, b int, first, second string) string {
	for i, m := range o.of(a) {
		if m.write || m.at < 0 || m.prior >= 0 || o.torn[m.key] && !o.isPrefix(m.key, o.listRead(a, i)) {
			continue
		}
		e, w := o.behind(m.key, m.at, a)
		if w == atEnd {
			if e = o.unseenOf(b, m.key); e >= 0 {
				w = b
			}
		}
		if w == b {
			return fmt.Sprintf("%s read %s of %s, and %s appended %s to it%s", first, text(o.listRead(a, i)),
				text(o.keys[m.key]), second, text(o.value(e)), o.witness(m.key, o.at[e]))
		}
	}
	return first + " read a list before " + second + " appended to it"
}

// unseenOf is an element that a transaction appended to an object and no read saw, or -1.
func (o *listOrder) unseenOf(t int, key int32) int32 {
	for _, m := range o.of(t) {
		if m.write && m.key == key && o.at[m.at] < 0 {
			return m.at
		}
	}
	return -1
}

// witness names the read that shows the order of an object up to a place.
func (o *listOrder) witness(key, at int32) string {
	p := o.longest[key]
	if at < 0 || p.txn < 0 || len(o.listRead(int(p.txn), int(p.i))) <= int(at) {
		return ""
	}
	op := o.ops[p.txn]
	s := fmt.Sprintf(", as %s read (event %d): %s", by(op), op.Return, text(o.listRead(int(p.txn), int(p.i))[:at+1]))
	if int(at)+1 < len(o.order[key]) {
		s += " and so on"
	}
	return s
}
