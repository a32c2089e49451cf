package main

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

const sample = `package sample

func keep(held []int, most int, sorted bool) (int, bool) {
	total := 0
	for i, n := range held[1:] {
		if n < 0 || i > most && !sorted {
			continue
		}
		total += n
	}
	if total > most {
		total = most
	} else {
		note(total, most)
	}
	defer note(most, total)
	switch total {
	case 0:
		return min(total, most), false
	default:
		held[0] = total
		failpoint.Eval("mark")
		bendTotal(&total)
	}
	return record{total: total, most: most}.sum(), true
}

func bendTotal(total *int) { *total = 0 }
`

func findIn(t *testing.T, source string) []mutant {
	t.Helper()
	found, err := find("sample/sample.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestFind names, for each operator, a mistake that it makes of the sample.
func TestFind(t *testing.T) {
	var ids []string
	for _, m := range findIn(t, sample) {
		ids = append(ids, strings.TrimPrefix(m.id(), "sample/sample.go "))
	}
	for _, id := range []string{
		"bound off by one: 1 => 1+1",
		"bound off by one: < => <=",
		"and for or: || => &&",
		"and for or: && => ||",
		"condition forgotten: n < 0 || i > most && !sorted => n < 0",
		"condition forgotten: i > most && !sorted => !sorted",
		"not forgotten: !sorted => sorted",
		"number off by one: 0 => 1",
		"continue for break: continue => break",
		"guard forgotten: if n < 0 || i > most && !sorted { continue } => ",
		"set for added: += => =",
		"statement forgotten: total += n => ",
		"condition turned round: total > most => !(total > most)",
		"condition always true: total > most => true || (total > most)",
		"else forgotten: else { note(total, most) } => ",
		"arguments swapped: total, most => most, total",
		"at once, not at the end: defer note(most, total) => note(most, total)",
		"statement forgotten: defer note(most, total) => ",
		"case forgotten: case 0: return min(total, most), false => ",
		"larger for smaller: min => max",
		"true for false: true => false",
		"field forgotten: total: total, => ",
		"order of two statements: if n < 0 || i > most && !sorted { continue } total += n => " +
			"total += n if n < 0 || i > most && !sorted { continue }",
	} {
		if !slices.Contains(ids, id) {
			t.Errorf("no mutant %q", id)
		}
	}
	for _, id := range ids {
		if strings.Contains(id, "failpoint") || strings.Contains(id, "bend") || strings.Contains(id, "*total") {
			t.Errorf("a mutant of what plants bugs: %q", id)
		}
	}
}

// TestApply holds that each mutant is a file of Go that differs from the source in just its own bytes.
func TestApply(t *testing.T) {
	for _, m := range findIn(t, sample) {
		mutated := string(m.apply([]byte(sample)))
		if mutated == sample || len(mutated)-len(sample) != len(m.After)-len(m.Before) {
			t.Errorf("%v: changed %d bytes to %d", m, len(sample), len(mutated))
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", mutated, 0); err != nil {
			t.Errorf("%v: %v", m, err)
		}
	}
}

// TestDraw holds that a seed decides the order, that nothing is lost, and that no operator comes much before the
// others.
func TestDraw(t *testing.T) {
	all := findIn(t, sample)
	first, again, another := draw(all, 1), draw(findIn(t, sample), 1), draw(findIn(t, sample), 2)
	if !slices.Equal(first, again) || slices.Equal(first, another) {
		t.Error("the seed does not decide the order")
	}
	if len(first) != len(all) {
		t.Errorf("%d of %d mutants", len(first), len(all))
	}
	operators := make(map[string]bool)
	for _, m := range first[:len(all)/2] {
		operators[m.Operator] = true
	}
	if len(operators) < 10 {
		t.Errorf("the first half has %d operators", len(operators))
	}
}
