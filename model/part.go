package model

import (
	"cmp"
	"errors"
	"slices"

	"ordeal/history"
)

// Part is what happened to one object.
type Part[I, O any] struct {
	Key string
	// Operations are all on the object, in the order of their invokes.
	Operations []history.Operation
	// Calls is what the specification makes of them, pruned; Failed are those that did not happen.
	Calls  []Call[I, O]
	Failed []history.Operation
}

// Key is the object that an operation names in its Key; everywhere says that it concerns all objects, as what the
// service did without naming one.
func Key(op history.Operation) (key string, everywhere bool) {
	return op.Key, op.Process == history.Service && op.Key == ""
}

// Parts splits a history by object, in the order of the keys, and reads its operations. The error names the event
// whose operation is malformed. The specification must be one that OrDefault returned.
func (s Spec[S, I, O]) Parts(ops []history.Operation) (out []Part[I, O], err error) {
	err = s.each(ops, nil, func(p Part[I, O]) { out = append(out, p) })
	return out, err
}

// Each is Parts, one after the other, in the same memory: a part is to be used no more when visit has returned. Behind
// a malformed operation nothing is visited.
func (s Spec[S, I, O]) Each(ops []history.Operation, visit func(p Part[I, O])) error {
	return s.each(ops, new(room[I, O]), visit)
}

// room is memory for a part: for its own operations, for these among those that concern all objects, and for calls.
type room[I, O any] struct {
	own, merged []history.Operation
	calls       []Call[I, O]
}

// each is Each, where all parts lie in one room, or each in its own if that is nil.
func (s Spec[S, I, O]) each(ops []history.Operation, one *room[I, O], visit func(p Part[I, O])) error {
	var shared history.Everywhere
	keys, of := history.Split(ops, func(op *history.Operation) (string, bool) {
		if op.Process == history.Nemesis || slices.Contains(s.Foreign, op.F) {
			return "", false
		}
		key, everywhere := s.Key(*op)
		if everywhere {
			shared.Add(*op)
		}
		return key, !everywhere
	})
	for i, key := range keys {
		r := cmp.Or(one, new(room[I, O]))
		p, err := s.part(key, shared.Among(of(i, &r.own), &r.merged), r)
		if err != nil {
			return err
		}
		visit(p)
	}
	return nil
}

// part reads the operations on one object, which are in the order of their invokes.
func (s Spec[S, I, O]) part(key string, ops []history.Operation, r *room[I, O]) (Part[I, O], error) {
	r.calls = slices.Grow(r.calls[:0], len(ops))
	p := Part[I, O]{Key: key, Operations: ops, Calls: r.calls}
	for i := range ops {
		op := &ops[i]
		if op.Process == history.Anonymous {
			return p, history.Malformed(op, errors.New("it names no process, so it has no place in an order"))
		}
		if op.End == history.Fail {
			p.Failed = append(p.Failed, *op)
			continue
		}
		in, out, err := s.Parse(*op)
		if err != nil {
			return p, history.Malformed(op, err)
		}
		p.Calls = append(p.Calls, Call[I, O]{in, out, op})
	}
	p.Calls = s.Prune(p.Calls, p.Failed)
	return p, nil
}
