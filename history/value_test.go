package history

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// ascending are values in the order of Compare.
var ascending = []any{
	nil, false, true, int64(-3), int64(2), Number("0.5"), Number("1/3"), "", "a", "b",
	[]any{}, []any{nil}, []any{int64(1), "x"}, []any{int64(2)},
	Set{}, Set{int64(1)}, Set{int64(1), int64(2)},
	Map{}, Map{{"a", int64(1)}}, Map{{"a", int64(2)}}, Map{{"b", nil}},
}

func TestCompare(t *testing.T) {
	for i, a := range ascending {
		for j, b := range ascending {
			if got, want := Compare(a, b), i-j; got < 0 != (want < 0) || got > 0 != (want > 0) {
				t.Errorf("Compare(%v, %v) = %d, want the sign of %d", a, b, got, want)
			}
		}
		if err := checkValue(a); err != nil {
			t.Error(err)
		}
	}
	if err := checkValue([]any{Map{{"a", 1}}}); err == nil {
		t.Error("an int is in a history")
	}
}

func TestSetsAndMapsHaveOneForm(t *testing.T) {
	shuffled := slices.Clone(ascending)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) {
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	})
	var pairs []Pair
	for _, v := range shuffled {
		pairs = append(pairs, Pair{v, "x"})
	}
	set, err := NewSet(shuffled)
	if err != nil || Compare(set, Set(ascending)) != 0 {
		t.Errorf("%v, %v", set, err)
	}
	m, err := NewMap(pairs)
	if v, ok := m.Get("b"); err != nil || len(m) != len(ascending) || !ok || v != "x" {
		t.Errorf("%v, %v", m, err)
	}
	if _, err := NewSet([]any{"a", int64(1), "a"}); err == nil {
		t.Error("a set has an element twice")
	}
	if _, err := NewMap([]Pair{{"a", nil}, {"a", nil}}); err == nil {
		t.Error("a map has a key twice")
	}
}
