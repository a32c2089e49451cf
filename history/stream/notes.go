package stream

import (
	"fmt"
	"slices"
	"strings"
)

// Notes are what a reader has to say of a file that it understood: what it passed over, and what it took for granted.
// The zero value is ready.
type Notes struct {
	passed map[passed]int
	order  []passed
	lines  []string
}

type passed struct{ kind, name string }

// namesMax bounds how many different things are remembered by name.
const namesMax = 1000

// Pass notes that something was read and is not looked at: "the attribute" ":node".
func (n *Notes) Pass(kind, name string) {
	p := passed{kind, name}
	if n.passed[p] == 0 {
		if n.passed == nil {
			n.passed = map[passed]int{}
		}
		if len(n.order) >= namesMax {
			p.name = "others"
		}
		if n.passed[p] == 0 {
			n.order = append(n.order, p)
		}
	}
	n.passed[p]++
}

// Warn notes a sentence.
func (n *Notes) Warn(format string, args ...any) {
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

// Lines are the notes, a sentence each.
func (n *Notes) Lines() []string {
	out := slices.Clone(n.lines)
	byKind := map[string][]string{}
	var kinds []string
	for _, p := range n.order {
		if byKind[p.kind] == nil {
			kinds = append(kinds, p.kind)
		}
		byKind[p.kind] = append(byKind[p.kind], fmt.Sprintf("%s (%d times)", p.name, n.passed[p]))
	}
	for _, kind := range kinds {
		out = append(out, fmt.Sprintf("not looked at: %s %s", kind, strings.Join(byKind[kind], ", ")))
	}
	return out
}
