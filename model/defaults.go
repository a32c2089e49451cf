package model

import (
	"fmt"

	"ordeal/history"
)

// OrDefault is the specification with a function in every field that is nil, but for those that a search does without
// (Hash and Size), and for Relax and Describe, in whose place Relaxed and Text serve. It panics if Step is missing, or
// if Parse is and the inputs are not operations: no history can be judged by such a specification.
func (s Spec[S, I, O]) OrDefault() Spec[S, I, O] {
	if s.Step == nil {
		panic(fmt.Sprintf("model: the specification %q has no Step", s.Name))
	}
	if s.Equal == nil {
		s.Equal = func(a, b S) bool { return same(a, b) }
	}
	if s.Key == nil {
		s.Key = Key
	}
	if s.Parse == nil {
		s.Parse = parseItself[I, O](s.Name)
	}
	if s.Prune == nil {
		s.Prune = func(calls []Call[I, O], _ []history.Operation) []Call[I, O] { return calls }
	}
	if s.DescribeState == nil {
		s.DescribeState = func(state S) string { return fmt.Sprintf("%v", state) }
	}
	return s
}

// same is ==, and where that is not defined, which Go says by a panic, whether the two look the same as Go syntax.
// Pointers look the same if they are, so nothing that differs is taken for the same.
func same(a, b any) (equal bool) {
	defer func() {
		if recover() != nil {
			equal = fmt.Sprintf("%#v", a) == fmt.Sprintf("%#v", b)
		}
	}()
	return a == b
}

// parseItself makes an operation its own input, and its result the output.
func parseItself[I, O any](name string) func(op history.Operation) (I, O, error) {
	var in I
	var out O
	_, isOperation := any(&in).(*history.Operation)
	_, isAny := any(&out).(*any)
	if !isOperation || !isAny {
		panic(fmt.Sprintf("model: the specification %q has no Parse, and its inputs are %T and its outputs %T, "+
			"not history.Operation and any", name, in, out))
	}
	return func(op history.Operation) (in I, out O, err error) {
		*any(&in).(*history.Operation) = op
		if op.End == history.OK {
			*any(&out).(*any) = op.Result
		}
		return in, out, nil
	}
}

// Relaxed is Relax; without it, the call's operation is read as one of which only the argument is known. If that can't
// be read, the call stays as it is.
func (s Spec[S, I, O]) Relaxed(c Call[I, O]) (relaxed Call[I, O], keep bool) {
	if s.Relax != nil {
		return s.Relax(c)
	}
	op := *c.Op
	op.End, op.Result = history.Info, nil
	in, out, err := s.Parse(op)
	if err != nil {
		return c, true
	}
	return Call[I, O]{in, out, &op}, true
}
