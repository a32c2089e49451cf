package history

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A value of a history is a tree:
//
//   - nil, a bool, an int64 or a string, which is a keyword, symbol or character too, without its colon or backslash;
//   - a Number, where an int64 has no room for it;
//   - a list, []any;
//   - a Set or a Map.
//
// Equal values are deeply equal: there is one way to write each, so sets and maps are in the order of Compare. Those
// that are neither lists nor sets nor maps are Plain and can be compared with ==.

// Number is a number that is no int64, as text that is the same for equal numbers: a float ("0.5", "2.0", "##NaN"), a
// ratio ("1/3"), an integer beyond 64 bits, or a decimal of any length ("1.5M").
type Number string

// Set is a set: each element once, in the order of Compare. Make one with NewSet.
type Set []any

// Pair is a key of a Map and what stands under it.
type Pair struct{ Key, Value any }

// Map is a map: each key once, in the order of Compare. Make one with NewMap.
type Map []Pair

// Plain tells whether a value has no parts, and can be compared with == and be the key of a Go map.
func Plain(v any) bool {
	switch v.(type) {
	case []any, Set, Map:
		return false
	}
	return true
}

// composite is a value with parts as a value without: text that is the same for equal values. Histories have none; it
// is for what compares values by == or finds them in Go maps.
type composite string

// Single is a value that can be compared with ==, and is the same for equal values: the value itself if it is Plain,
// else its composite.
func Single(v any) any {
	if Plain(v) {
		return v
	}
	return composite(AppendText(nil, v))
}

// Texts are strings as the list that stands for them in a history.
func Texts(list []string) []any {
	values := make([]any, len(list))
	for i, s := range list {
		values[i] = s
	}
	return values
}

// NewSet sorts elements into a set, in place. The error names an element that is there twice.
func NewSet(elements []any) (Set, error) {
	if !slices.IsSortedFunc(elements, Compare) {
		slices.SortFunc(elements, Compare)
	}
	for i := 1; i < len(elements); i++ {
		if Compare(elements[i-1], elements[i]) == 0 {
			return nil, fmt.Errorf("the set has %s twice", valueEDN(elements[i]))
		}
	}
	return elements, nil
}

// NewMap sorts pairs into a map, in place. The error names a key that is there twice.
func NewMap(pairs []Pair) (Map, error) {
	byKey := func(a, b Pair) int { return Compare(a.Key, b.Key) }
	if !slices.IsSortedFunc(pairs, byKey) {
		slices.SortFunc(pairs, byKey)
	}
	for i := 1; i < len(pairs); i++ {
		if byKey(pairs[i-1], pairs[i]) == 0 {
			return nil, fmt.Errorf("the map has the key %s twice", valueEDN(pairs[i].Key))
		}
	}
	return pairs, nil
}

// Get is what stands under a key that is a string or a keyword.
func (m Map) Get(key string) (v any, ok bool) {
	for _, p := range m {
		if p.Key == any(key) {
			return p.Value, true
		}
	}
	return nil, false
}

// Compare orders values: first by kind (nil, booleans, int64, other numbers, strings, lists, sets, maps), then within
// it: integers by size, the rest by what they are made of. It is 0 for equal values only.
func Compare(a, b any) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	switch a := a.(type) {
	case bool:
		if a == b.(bool) {
			return 0
		}
		if a {
			return 1
		}
		return -1
	case int64:
		return cmp.Compare(a, b.(int64))
	case Number:
		return strings.Compare(string(a), string(b.(Number)))
	case string:
		return strings.Compare(a, b.(string))
	case composite:
		return strings.Compare(string(a), string(b.(composite)))
	case []any:
		return slices.CompareFunc(a, b.([]any), Compare)
	case Set:
		return slices.CompareFunc(a, b.(Set), Compare)
	case Map:
		return slices.CompareFunc(a, b.(Map), func(x, y Pair) int {
			return cmp.Or(Compare(x.Key, y.Key), Compare(x.Value, y.Value))
		})
	}
	return 0
}

func rank(v any) int {
	switch v.(type) {
	case nil:
		return 0
	case bool:
		return 1
	case int64:
		return 2
	case Number:
		return 3
	case string:
		return 4
	case []any:
		return 5
	case Set:
		return 6
	case Map:
		return 7
	}
	return 8
}

// checkValue refuses what is no value of a history.
func checkValue(v any) error {
	switch v := v.(type) {
	case nil, bool, int64, string, Number:
		return nil
	case []any:
		return checkValues(v)
	case Set:
		return checkValues(v)
	case Map:
		for _, p := range v {
			if err := checkValues([]any{p.Key, p.Value}); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("a value of type %T does not belong in a history", v)
}

func checkValues(list []any) error {
	for _, v := range list {
		if err := checkValue(v); err != nil {
			return err
		}
	}
	return nil
}

// widen turns every int into an int64. It copies what it changes: the caller's value stays as it is.
func widen(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case []any:
		return widenAll(v)
	case Set:
		return Set(widenAll(v))
	case Map:
		out := make(Map, len(v))
		for i, p := range v {
			out[i] = Pair{widen(p.Key), widen(p.Value)}
		}
		return out
	}
	return v
}

func widenAll(list []any) []any {
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = widen(e)
	}
	return out
}
