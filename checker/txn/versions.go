package txn

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
)

// versions is in which order the values of each register were written, as far as that can be said. A version is an
// element, or, behind all elements, what an object held before the first write.
type versions struct {
	*judge
	pairs []pair
	// cyclic are the objects whose versions have no order.
	cyclic []bool
}

// pair is two versions of an object in their order.
type pair struct {
	before, after int32
	by            source
	// first and second are the transactions that show it.
	first, second int32
}

// source is what shows that one version is before another.
type source uint8

const (
	// byItself: one transaction read the first and wrote the second. (If that were wrong, its write would stand before
	// what it read: cyclic information flow, which is worse than all that is concluded from this.)
	byItself source = iota
	byProcess
	byTime
)

func newVersions(j *judge) *versions { return &versions{judge: j, cyclic: make([]bool, len(j.keys))} }

// start is the version that an object has before the first write.
func (v *versions) start(key int32) int32 { return int32(len(v.elements)) + key }

func (v *versions) keyOf(version int32) int32 {
	if n := int32(len(v.elements)); version >= n {
		return version - n
	}
	return v.elements[version].key
}

// touch is the first and the last version of an object that a transaction came to.
type touch struct {
	key, first, last int32
	then             int32 // what it wrote, if it read something else first; else -1
}

// touches are what a transaction that was ok came to, object by object.
func (v *versions) touches(t int, f func(c touch)) {
	mops := v.of(t)
	if v.ended(t) != history.OK {
		return
	}
	for i, m := range mops {
		if m.prior >= 0 || m.at == unwritten {
			continue
		}
		c := touch{key: m.key, first: m.at, last: m.at, then: -1}
		if m.at == initial {
			c.first, c.last = v.start(m.key), v.start(m.key)
		}
		if m.write && v.elements[m.at].more || m.then {
			c.last = v.lastWrite(t, i)
		}
		if m.write {
			c.first = c.last
		} else if c.last != c.first {
			c.then = c.last
		}
		f(c)
	}
}

// lastWrite is the last element that a transaction wrote to the object of its i-th thing.
func (v *versions) lastWrite(t, i int) int32 { return v.finals[v.starts[t]+int32(i)] }

// order finds pairs of versions, and drops those of objects where they lead in a circle.
func (v *versions) order() {
	for t := range v.ops {
		v.touches(t, func(c touch) {
			if c.then >= 0 && c.first < int32(len(v.elements)) && v.possible(int(v.elements[c.first].txn)) {
				v.pairs = append(v.pairs, pair{c.first, c.then, byItself, int32(t), int32(t)})
			}
		})
	}
	if v.options.SequentialKeys {
		v.sequential()
	}
	if v.options.LinearizableKeys {
		v.linearizable()
	}
	v.dropCircles()
}

// sequential adds the order in which processes came to the versions of an object.
func (v *versions) sequential() {
	type who struct {
		process int
		key     int32
	}
	type seen struct{ version, txn int32 }
	last := map[who]seen{}
	for t, op := range v.ops {
		if op.Process == history.Anonymous {
			continue
		}
		v.touches(t, func(c touch) {
			w := who{op.Process, c.key}
			if s, ok := last[w]; ok && s.version != c.first {
				v.pairs = append(v.pairs, pair{s.version, c.first, byProcess, s.txn, int32(t)})
			}
			last[w] = seen{c.last, int32(t)}
		})
	}
}

// linearizable adds the order in which transactions that follow each other in time came to the versions of an object.
// Of each object it keeps the transactions that have returned and that no other one which has returned was called
// behind: no more than there were under way at once.
func (v *versions) linearizable() {
	type visit struct {
		touch
		txn int32
	}
	recent := make([][]visit, len(v.keys))  // in the order of their calls
	pending := make([][]visit, len(v.keys)) // not known to have returned before what is called now
	for t, op := range v.ops {
		if op.Process == history.Anonymous {
			continue
		}
		v.touches(t, func(c touch) {
			k := c.key
			var open []visit
			for _, p := range pending[k] {
				if v.ops[p.txn].Return >= op.Call {
					open = append(open, p)
					continue
				}
				call := v.ops[p.txn].Call
				recent[k] = slices.DeleteFunc(recent[k], func(r visit) bool { return v.ops[r.txn].Return < call })
				recent[k] = append(recent[k], p)
			}
			for _, r := range recent[k] {
				if r.last != c.first {
					v.pairs = append(v.pairs, pair{r.last, c.first, byTime, r.txn, int32(t)})
				}
			}
			pending[k] = append(open, visit{c, int32(t)})
		})
	}
}

// dropCircles reports objects whose versions each are before the next, and the last before the first.
func (v *versions) dropCircles() {
	g := builder{nodes: len(v.elements) + len(v.keys)}
	for _, p := range v.pairs {
		g.add(int(p.before), int(p.after), ww)
	}
	for e, el := range v.elements {
		if len(v.pairs) > 0 {
			g.add(int(v.start(el.key)), e, ww)
		}
	}
	whole := g.graph()
	var knots [][]uint32
	findKnots(g.nodes, func(n, i uint32) (uint32, bool, bool) {
		if whole.starts[n]+i >= whole.starts[n+1] {
			return 0, false, true
		}
		to, _ := split(whole.to[whole.starts[n]+i])
		return to, true, false
	}, func(knot []uint32) { knots = append(knots, slices.Clone(knot)) })
	var local []uint32
	steps := searchSteps
	if len(knots) > 0 {
		local = make([]uint32, g.nodes)
	}
	for _, knot := range knots {
		v.cyclic[v.keyOf(int32(knot[0]))] = true
		circle, _ := newSearch(whole, knot, local, &steps).shortest(goal{first: ww, rest: setOf(ww), needs: pass, least: 2},
			g.nodes)
		v.reportCircle(circle)
	}
	v.sortPairs()
}

// sortPairs brings the pairs of objects that have an order into that of their versions.
func (v *versions) sortPairs() {
	ends := make([]int32, len(v.elements)+len(v.keys)+1)
	for _, p := range v.pairs {
		ends[p.before+1]++
	}
	for i := range ends[1:] {
		ends[i+1] += ends[i]
	}
	next := slices.Clone(ends)
	sorted := make([]pair, len(v.pairs))
	for _, p := range v.pairs {
		sorted[next[p.before]] = p
		next[p.before]++
	}
	v.pairs = v.pairs[:0]
	for i := range ends[1:] {
		group := sorted[ends[i]:ends[i+1]]
		if len(group) == 0 || v.cyclic[v.keyOf(int32(i))] {
			continue
		}
		slices.SortFunc(group, func(a, b pair) int {
			return cmp.Or(cmp.Compare(a.after, b.after), cmp.Compare(a.by, b.by), cmp.Compare(a.second, b.second))
		})
		v.pairs = append(v.pairs, group...)
	}
}

// reportCircle says which versions lead in a circle.
func (v *versions) reportCircle(circle []hop) {
	var txns []int
	var words []string
	for i, h := range circle {
		a, b := int32(h.txn), int32(circle[(i+1)%len(circle)].txn)
		at := slices.IndexFunc(v.pairs, func(p pair) bool { return p.before == a && p.after == b })
		if at < 0 { // what was there before the first write
			words = append(words, fmt.Sprintf("%s is before all else", v.textOf(a)))
			continue
		}
		p := v.pairs[at]
		words = append(words, fmt.Sprintf("%s is before %s%s", v.textOf(a), v.textOf(b), v.shown(p)))
		txns = append(txns, int(p.first), int(p.second))
	}
	slices.Sort(txns)
	v.report("cyclic-versions", func() string {
		return fmt.Sprintf("the versions of %s have no order: %s", text(v.keys[v.keyOf(int32(circle[0].txn))]), joined(words))
	}, slices.Compact(txns)...)
}

// textOf is the value of a version.
func (v *versions) textOf(version int32) string {
	if int(version) >= len(v.elements) {
		return "nil"
	}
	return text(v.value(version))
}

// shown says what shows a pair.
func (v *versions) shown(p pair) string {
	x, y := v.ops[p.first], v.ops[p.second]
	switch p.by {
	case byProcess:
		return fmt.Sprintf(", as process %d came to them (events %d and %d)", x.Process, x.Return, y.Return)
	case byTime:
		return fmt.Sprintf(", as one was there at event %d and the other was come to from event %d on", x.Return, y.Call)
	}
	return fmt.Sprintf(", which was read by the transaction that wrote it (event %d)", x.Call)
}
