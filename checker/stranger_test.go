package checker

import (
	"math/rand/v2"
	"testing"

	"ordeal/history"
	"ordeal/model"
)

// stack is last in, first out: push n, and pop, whose result is a number or nil if there is none. Its specification has
// nothing but what it must have, and a state that Go can't compare.
func stack() model.Spec[[]int64, history.Operation, any] {
	return model.Spec[[]int64, history.Operation, any]{
		Name: "stack",
		Step: func(s []int64, op history.Operation, result any) ([]int64, bool) {
			if op.F == "push" {
				return append(s[:len(s):len(s)], op.Argument.(int64)), true
			}
			if len(s) == 0 {
				return s, result == nil
			}
			last := len(s) - 1
			return s[:last:last], op.End == history.Info || result == any(s[last])
		},
	}
}

type stackTwin struct {
	last  int64
	items []any
}

func (t *stackTwin) draw(r *rand.Rand, _ int) (string, any) {
	if r.IntN(2) == 0 {
		return "pop", nil
	}
	t.last++
	return "push", t.last
}

func (t *stackTwin) apply(f string, argument any) (any, bool) {
	if f == "push" {
		t.items = append(t.items, argument)
		return argument, true
	}
	if len(t.items) == 0 {
		return nil, true
	}
	v := t.items[len(t.items)-1]
	t.items = t.items[:len(t.items)-1]
	return v, true
}

// undecided leaves everything to a search.
func undecided[I, O any](model.Part[I, O]) finding { return finding{} }

// TestStrangersModel judges random histories by a specification without any of the functions that may be left out.
func TestStrangersModel(t *testing.T) {
	differ(t, stack(), undecided, false, 1500, func(r *rand.Rand) history.History {
		return record(r, &stackTwin{}, 3, 3+r.IntN(5), chances{info: 15, fail: 3}, nil)
	})
}
