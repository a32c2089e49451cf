package recipes

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// IDs are numbers that are given out by generators.
//
//	F     argument   ok result  legal when                                                            then
//	next  generator  n          n was not given out, and is greater than what the generator gave out  it was given out
//
// An unknown one is left out: what no client was told can't be told twice.

// Given is what was given out: all of it, sorted, and each generator's last.
type Given struct {
	All  []int64
	Last []LastOf
}

// LastOf is the last ID of a generator. They are sorted by their names.
type LastOf struct {
	Generator string
	ID        int64
}

// IDCall is a call for an ID: its input is the generator, its output the ID.
type IDCall = model.Call[string, int64]

// IDs is the specification of generators of IDs.
func IDs() model.Spec[Given, string, int64] {
	return model.Spec[Given, string, int64]{
		Name: "ids",
		Step: func(s Given, generator string, id int64) (Given, bool) {
			at, given := slices.BinarySearch(s.All, id)
			k, known := slices.BinarySearchFunc(s.Last, generator, func(l LastOf, g string) int {
				return history.Compare(l.Generator, g)
			})
			if given || known && s.Last[k].ID >= id {
				return s, false
			}
			s.All, s.Last = slices.Insert(slices.Clone(s.All), at, id), slices.Clone(s.Last)
			if !known {
				s.Last = slices.Insert(s.Last, k, LastOf{Generator: generator})
			}
			s.Last[k].ID = id
			return s, true
		},
		Equal: func(a, b Given) bool { return slices.Equal(a.All, b.All) && slices.Equal(a.Last, b.Last) },
		Hash: func(s Given) uint64 {
			h := uint64(0)
			for _, id := range s.All {
				h = mix(h, uint64(id))
			}
			return h
		},
		Size: func(s Given) int { return 8*len(s.All) + 24*len(s.Last) },
		Parse: func(op history.Operation) (generator string, id int64, err error) {
			if op.F != "next" {
				return "", 0, fmt.Errorf("%q is no operation of the model ids, which has next", op.F)
			}
			if generator, err = sessionOf(op.Argument); err == nil && op.End == history.OK {
				id, err = model.Number(op.Result, "number")
			}
			return generator, id, err
		},
		// Sessions end, which concerns no generator.
		Foreign: []string{"end"},
		Prune: func(calls []IDCall, _ []history.Operation) []IDCall {
			return slices.DeleteFunc(calls, IDCall.Unknown)
		},
		Relax: func(c IDCall) (IDCall, bool) { return c, false },
	}
}
