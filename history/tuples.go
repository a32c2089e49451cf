package history

import (
	"fmt"
	"slices"
)

// Untuple takes the values of Jepsen's independent tests apart: there, every value of a client is a tuple [key value],
// and the objects behind the keys are judged each for itself. A history is taken for one of these if every invoke of a
// client has such a tuple and at least one has the form [key nil], as a read has before it is answered: no operation of
// a history without keys looks like that. Any other is returned as it is. The error names an event
// whose value is of another key than what it answers.
func Untuple(ops []Operation) ([]Operation, error) {
	if !tupled(ops) {
		return ops, nil
	}
	out := slices.Clone(ops)
	for i := range out {
		op := &out[i]
		pair, ok := tuple(op.Argument)
		if !ok || op.Process < 0 {
			continue
		}
		op.Key, op.Argument = KeyText(pair[0]), pair[1]
		answer, ok := tuple(op.Result)
		switch {
		case ok && KeyText(answer[0]) == op.Key:
			op.Result = answer[1]
		case op.End == OK || ok:
			return nil, &EventError{op.Return, fmt.Sprintf(
				"event %d: process %d completes %s of %s, and its value is %s",
				op.Return, op.Process, op.F, op.Key, valueEDN(op.Result))}
		}
	}
	return out, nil
}

func tupled(ops []Operation) bool {
	reads := false
	for i := range ops {
		op := &ops[i]
		if op.Process < 0 {
			continue
		}
		pair, ok := tuple(op.Argument)
		if !ok || op.Key != "" || pair[0] == nil {
			return false
		}
		reads = reads || pair[1] == nil
	}
	return reads
}

func tuple(v any) ([]any, bool) {
	pair, ok := v.([]any)
	return pair, ok && len(pair) == 2
}

// KeyText is the name of an object whose key is a value.
func KeyText(key any) string {
	if text, ok := key.(string); ok {
		return text
	}
	return valueEDN(key)
}
