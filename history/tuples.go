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
	name := keyNames(ops)
	for i := range out {
		op := &out[i]
		pair, ok := tuple(op.Argument)
		if !ok || op.Process < 0 {
			continue
		}
		op.Key, op.Argument = name(pair[0]), pair[1]
		answer, ok := tuple(op.Result)
		switch {
		case ok && name(answer[0]) == op.Key:
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

// keyNames gives the keys of tuples their names: KeyText, but a string has quotation marks where another key, such as a
// number, has its name.
func keyNames(ops []Operation) func(key any) string {
	var texts, others bool
	for i := range ops {
		if pair, ok := tuple(ops[i].Argument); ok && ops[i].Process >= 0 {
			_, isText := pair[0].(string)
			texts, others = texts || isText, others || !isText
		}
	}
	if !texts || !others {
		return KeyText
	}
	taken := map[string]bool{}
	for i := range ops {
		if pair, ok := tuple(ops[i].Argument); ok && ops[i].Process >= 0 {
			if _, isText := pair[0].(string); !isText {
				taken[KeyText(pair[0])] = true
			}
		}
	}
	return func(key any) string {
		if text, isText := key.(string); isText && taken[text] {
			return valueEDN(key)
		}
		return KeyText(key)
	}
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
