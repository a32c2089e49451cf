package recorded

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/testbed/shrink/search"
)

// minimizeEvents bounds how many events are judged in all while a history is made smaller.
const minimizeEvents = 50_000_000

// errTired ends a search that has judged enough.
var errTired = errors.New("enough was tried")

// minimize leaves out operations as long as a history is wrong in the same way: what stays is a smallest one, in that
// none of its operations can be left out alone, unless enough was tried before. A result that shows what some
// operation had asked for stays only with one that did, so that a read is not wrong for want of the write that it
// saw.
func minimize(c checker.Checker, h history.History) history.History {
	m := smaller{check: c, h: h, groups: operationsOf(h), left: minimizeEvents}
	m.wrong = wrongness(c.Check(h))
	m.source()
	kept, _ := search.Subset(len(m.groups), func(candidates [][]int) (int, error) {
		for i, kept := range candidates {
			if m.left <= 0 {
				return -1, errTired
			}
			if m.holds(kept) && m.stillWrong(kept) {
				return i, nil
			}
		}
		return -1, nil
	})
	return m.of(kept)
}

// smaller is a history that is made smaller.
type smaller struct {
	check checker.Checker
	h     history.History
	wrong string
	// groups are the events of each operation.
	groups [][]int
	// asks are the values that each operation asked for, shows those that it was answered.
	asks, shows [][]any
	asked       map[any]bool // by any operation
	left        int
}

// operationsOf groups events by the operation that they are of; what tells of none, such as a fault, is left out.
func operationsOf(h history.History) [][]int {
	var out [][]int
	open := map[int]int{}
	for i, op := range h {
		at, under := open[op.Process]
		switch {
		case op.Type == history.Invoke:
			open[op.Process] = len(out)
			out = append(out, []int{i})
		case under:
			out[at] = append(out[at], i)
			delete(open, op.Process)
		case op.Type == history.OK:
			out = append(out, []int{i})
		}
	}
	return out
}

// source finds what each operation asks for and shows.
func (m *smaller) source() {
	m.asks, m.shows, m.asked = make([][]any, len(m.groups)), make([][]any, len(m.groups)), map[any]bool{}
	for g, events := range m.groups {
		first, last := m.h[events[0]], m.h[events[len(events)-1]]
		m.asks[g] = leaves(brings(first), first.Key, nil)
		for _, v := range m.asks[g] {
			m.asked[v] = true
		}
		if last.Type == history.OK {
			m.shows[g] = leaves(last.Value, last.Key, nil)
		}
	}
}

// brings is what an invoke asks for but for what a cas asks to be there: that is no source of what is read.
func brings(op history.Op) any {
	list, _ := op.Value.([]any)
	if old := len(list) - 2; op.F == "cas" && old >= 0 {
		return slices.Delete(slices.Clone(list), old, old+1)
	}
	return op.Value
}

// part is a value that an operation on an object asks for or shows, or a part of one.
type part struct {
	key   string
	value any
}

// leaves are what a value is made of, but for nil and booleans.
func leaves(v any, key string, out []any) []any {
	switch v := v.(type) {
	case nil, bool:
		return out
	case []any:
		for _, e := range v {
			out = leaves(e, key, out)
		}
		return out
	case history.Set:
		return leaves([]any(v), key, out)
	case history.Map:
		for _, p := range v {
			out = leaves(p.Value, key, out)
		}
		return out
	}
	return append(out, part{key, v})
}

// holds says whether everything that some operation of the whole history asked for, and that the ones kept show, is
// asked for by one of them.
func (m *smaller) holds(kept []int) bool {
	asked := map[any]bool{}
	for _, g := range kept {
		for _, v := range m.asks[g] {
			asked[v] = true
		}
	}
	for _, g := range kept {
		for _, v := range m.shows[g] {
			if !asked[v] && m.asked[v] {
				return false
			}
		}
	}
	return true
}

// of is the history of some operations.
func (m *smaller) of(kept []int) history.History {
	var events []int
	for _, g := range kept {
		events = append(events, m.groups[g]...)
	}
	slices.Sort(events)
	out := make(history.History, len(events))
	for i, e := range events {
		out[i] = m.h[e]
		out[i].Index = i
	}
	return out
}

func (m *smaller) stillWrong(kept []int) bool {
	h := m.of(kept)
	m.left -= len(h)
	v := m.check.Check(h)
	return v.Outcome == checker.Invalid && wrongness(v) == m.wrong
}

var particular = regexp.MustCompile(`"[^"]*"|[0-9]+|\[[^]]*\]`)

// wrongness is in what way a verdict is invalid: of transactions, the worst kind of anomaly; of others, the first
// words of the reason, without what is particular.
func wrongness(v checker.Verdict) string {
	if r := transactionsOf(v); r != nil && len(r.Forbidden) > 0 {
		return r.Forbidden[0]
	}
	reason := strings.TrimPrefix(v.Reason, v.Key+": ")
	for i, c := range reason {
		if c == ',' || c == ';' || c == ':' && i > 0 {
			reason = reason[:i]
			break
		}
	}
	return particular.ReplaceAllString(reason, "")
}
