package model

import (
	"strings"
	"testing"

	"ordeal/history"
)

// TestEqualByDefault compares states of which Go can compare some and not others.
func TestEqualByDefault(t *testing.T) {
	a, b := int64(1), int64(1)
	for _, tt := range []struct {
		a, b any
		want bool
	}{
		{int64(1), int64(1), true},
		{int64(1), int64(2), false},
		{[]string{"a", "b"}, []string{"a", "b"}, true},
		{[]string{"a", "b"}, []string{"a b"}, false},
		{map[string]int{"a": 1, "b": 2}, map[string]int{"b": 2, "a": 1}, true},
		{struct{ v any }{[]int{1}}, struct{ v any }{[]int{1}}, true},
		{struct{ v any }{[]int{1}}, struct{ v any }{[]int64{1}}, false},
		{[]*int64{&a}, []*int64{&b}, false},
	} {
		if got := same(tt.a, tt.b); got != tt.want {
			t.Errorf("%#v and %#v: %v", tt.a, tt.b, got)
		}
	}
}

// last is a register without reads, as a specification with nothing but a Step.
func last() Spec[any, history.Operation, any] {
	return Spec[any, history.Operation, any]{
		Name: "last",
		Step: func(s any, op history.Operation, result any) (any, bool) {
			return op.Argument, op.End != history.OK || result == s
		},
	}
}

func TestOperationsAsTheyStand(t *testing.T) {
	parts, err := last().OrDefault().Parts([]history.Operation{
		{Process: 1, F: "swap", Key: "b", Argument: int64(1), Result: int64(5), End: history.OK, Return: 1},
		{Process: 2, F: "swap", Key: "a", Argument: int64(2), Result: int64(6), End: history.Info, Call: 2, Return: 3},
		{Process: 3, F: "swap", Key: "a", Argument: int64(3), End: history.Fail, Call: 4, Return: 5},
		{Process: history.Nemesis, F: "cut", End: history.OK, Call: 6, Return: 6},
	})
	if err != nil || len(parts) != 2 || len(parts[0].Calls) != 1 || len(parts[0].Failed) != 1 || len(parts[1].Calls) != 1 {
		t.Fatalf("%v: %+v", err, parts)
	}
	lost, known := parts[0].Calls[0], parts[1].Calls[0]
	if lost.Out != nil || !lost.Unknown() || known.Out != any(int64(5)) || known.In.Argument != any(int64(1)) {
		t.Errorf("%+v\n%+v", lost, known)
	}
	relaxed, keep := last().OrDefault().Relaxed(known)
	if !keep || !relaxed.Unknown() || relaxed.Out != nil || relaxed.In.End != history.Info {
		t.Errorf("relaxed: %v, %+v", keep, relaxed)
	}
	if got, want := last().Text(known), "process 1: swap 1 -> 5"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestUselessSpecifications are those that no history can be judged by.
func TestUselessSpecifications(t *testing.T) {
	panics := func(want string, f func()) {
		defer func() {
			if got, _ := recover().(string); !strings.Contains(got, want) {
				t.Errorf("panicked with %q, want %q", got, want)
			}
		}()
		f()
	}
	panics(`"empty" has no Step`, func() { Spec[int, history.Operation, any]{Name: "empty"}.OrDefault() })
	panics("its inputs are int and its outputs <nil>, not history.Operation and any", func() {
		Spec[int, int, any]{Step: func(s, _ int, _ any) (int, bool) { return s, true }}.OrDefault()
	})
}
