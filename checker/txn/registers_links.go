package txn

import (
	"fmt"
	"slices"
	"strings"
)

func joined(words []string) string { return strings.Join(words, "; ") }

// link adds what the order of versions says of the transactions.
func (v *versions) link() {
	v.graph.nodes = len(v.ops)
	readers := v.readers()
	for from := 0; from < len(v.pairs); {
		to := from
		var writers []int
		for ; to < len(v.pairs) && v.pairs[to].before == v.pairs[from].before; to++ {
			if p := v.pairs[to]; int(p.after) < len(v.elements) {
				w := int(v.elements[p.after].txn)
				if len(writers) == 0 || writers[len(writers)-1] != w {
					writers = append(writers, w)
				}
				if p.by != byItself && int(p.before) < len(v.elements) {
					v.graph.add(int(v.elements[p.before].txn), w, ww)
				}
			}
		}
		slices.Sort(writers)
		v.graph.link(readers.of(v.pairs[from].before), slices.Compact(writers), rw)
		from = to
	}
	firsts := v.firsts()
	for k := range v.keys {
		if all := readers.of(v.start(int32(k))); len(all) > 0 && len(firsts[k]) > 0 {
			v.graph.link(all, firsts[k], rw)
		}
	}
}

// readersOf is which transactions read each version.
type readersOf struct {
	starts []int32
	txns   []int
}

func (r readersOf) of(version int32) []int { return r.txns[r.starts[version]:r.starts[version+1]] }

// readers finds who read each version, and adds that they are behind who wrote it.
func (v *versions) readers() readersOf {
	type reading struct{ version, txn int32 }
	var all []reading
	r := readersOf{starts: make([]int32, len(v.elements)+len(v.keys)+1)}
	for t := range v.ops {
		v.external(t, func(_ int, m mop) {
			version := m.at
			switch {
			case m.at == unwritten:
				return
			case m.at == initial:
				version = v.start(m.key)
			case v.possible(int(v.elements[m.at].txn)):
				v.graph.add(int(v.elements[m.at].txn), t, wr)
			}
			all = append(all, reading{version, int32(t)})
			r.starts[version+1]++
		})
	}
	for i := range r.starts[1:] {
		r.starts[i+1] += r.starts[i]
	}
	r.txns = make([]int, len(all))
	next := slices.Clone(r.starts)
	for _, a := range all {
		r.txns[next[a.version]] = int(a.txn)
		next[a.version]++
	}
	return r
}

// firsts are, of each object, the transactions that may have written the first of its versions.
func (v *versions) firsts() [][]int {
	behind := make([]bool, len(v.elements))
	for _, p := range v.pairs {
		if int(p.before) < len(v.elements) && int(p.after) < len(v.elements) {
			behind[p.after] = true
		}
	}
	out := make([][]int, len(v.keys))
	for e, el := range v.elements {
		if v.possible(int(el.txn)) && !el.more && !behind[e] {
			out[el.key] = append(out[el.key], int(el.txn))
		}
	}
	return out
}

// why says what shows that transaction a, called first, is before b, called second.
func (v *versions) why(a, b int, kind edge, first, second string) string {
	for i, m := range v.of(b) {
		switch {
		case kind == wr && !m.write && m.prior < 0 && m.at >= 0 && int(v.elements[m.at].txn) == a:
			return fmt.Sprintf("%s wrote %s to %s, and %s read it", first, text(v.value(m.at)), text(v.keys[m.key]), second)
		case kind == wr || !m.write:
			continue
		}
		if why := v.whyBefore(a, b, i, kind, first, second); why != "" {
			return why
		}
	}
	return first + " is before " + second
}

// whyBefore says how a wrote or read what the i-th thing of b, a write, stands behind; "" if it did not.
func (v *versions) whyBefore(a, b, i int, kind edge, first, second string) string {
	w := v.of(b)[i]
	did, over := "wrote", "a later version"
	if kind == rw {
		did, over = "read", "over it"
	}
	for _, m := range v.of(a) {
		if m.key != w.key || m.write != (kind == ww) || m.at == unread || m.at == unwritten || !m.write && m.prior >= 0 {
			continue
		}
		if m.at == initial {
			return fmt.Sprintf("%s read %s before anything was written to it, and %s wrote %s",
				first, text(v.keys[m.key]), second, text(v.value(w.at)))
		}
		at, ok := slices.BinarySearchFunc(v.pairs, [2]int32{m.at, w.at}, func(p pair, x [2]int32) int {
			if p.before != x[0] {
				return int(p.before) - int(x[0])
			}
			return int(p.after) - int(x[1])
		})
		if ok {
			return fmt.Sprintf("%s %s %s of %s, and %s wrote %s, %s%s", first, did, text(v.value(m.at)), text(v.keys[m.key]),
				second, text(v.value(w.at)), over, v.shown(v.pairs[at]))
		}
	}
	return ""
}
