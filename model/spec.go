// Package model says what objects do when operations on them happen one after the other: sequential specifications,
// pure, and sharing no code with any implementation.
//
// What a history's events mean is the same for every model:
//
//   - ok happened between its invoke and its completion, with that result;
//   - fail did not happen, and tells nothing;
//   - info, and an invoke that nothing completed, happened at some instant after its invoke, or never.
//
// A specification is total: every unknown operation is legal in every state, and takes effect where it can. So "never"
// is the same as "after everything else", and a search that places every operation somewhere loses nothing.
//
// The tables of what each model makes of F, argument and result stand in register.go, mutex.go, hold.go and queue.go.
// The package says what is right for one order; which order, if any, is the checker's to find.
package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ordeal/history"
)

// Spec is a sequential specification: states S, inputs I, outputs O. Its functions are pure.
type Spec[S, I, O any] struct {
	Name string
	// Init is the state before the first operation.
	Init S
	// Step tells whether in may return out in a state, and the state after it. A state is never changed in place.
	Step func(state S, in I, out O) (next S, legal bool)
	// Equal and Hash compare states; equal states have equal hashes, on every machine.
	Equal func(a, b S) bool
	Hash  func(S) uint64
	// Parse reads an operation that ended ok or info. The error says what is malformed.
	Parse func(op history.Operation) (I, O, error)
	// Foreign lists the operations that share the model's histories and concern another object.
	Foreign []string
	// Prune drops calls that cannot matter: with them or without them, the same histories are legal. failed are the
	// operations on the object that ended fail.
	Prune func(calls []Call[I, O], failed []history.Operation) []Call[I, O]
	// Relax makes a known call unknown, but for what its result says of how it took effect if it did; or drops it
	// (false) if it only looked. Whatever was legal stays legal.
	Relax func(c Call[I, O]) (Call[I, O], bool)
	// Describe tells an operation in a few words, DescribeState a state.
	Describe      func(in I, out O) string
	DescribeState func(S) string
}

// Call is an operation of a history as a specification sees it.
type Call[I, O any] struct {
	In  I
	Out O
	Op  history.Operation
}

// Unknown says that nobody knows whether the call took effect.
func (c Call[I, O]) Unknown() bool { return c.Op.End == history.Info }

// Part is what happened to one object.
type Part[I, O any] struct {
	Key string
	// Operations are all on the object, in the order of their invokes.
	Operations []history.Operation
	// Calls is what the specification makes of them, pruned; Failed are those that did not happen.
	Calls  []Call[I, O]
	Failed []history.Operation
}

// unknown is a call of which nobody knows whether it took effect.
func unknown[I, O any](c Call[I, O], out O) Call[I, O] {
	c.Out, c.Op.End = out, history.Info
	return c
}

// Key is the object that an operation concerns; everywhere says that it concerns all of them. Objects are
// independent, so a history is right if it is right for each.
func Key(op history.Operation) (key string, everywhere bool) {
	return op.Key, op.Process == history.Service && op.Key == ""
}

// Parts splits a history by object, in the order of the keys, and reads its operations. The error names the event
// whose operation is malformed.
func (s Spec[S, I, O]) Parts(ops []history.Operation) ([]Part[I, O], error) {
	byKey := map[string][]history.Operation{}
	var shared []history.Operation
	for _, op := range ops {
		if op.Process == history.Nemesis || slices.Contains(s.Foreign, op.F) {
			continue
		}
		key, everywhere := Key(op)
		if everywhere {
			shared = append(shared, op)
			continue
		}
		byKey[key] = append(byKey[key], op)
	}
	keys := make([]string, 0, len(byKey))
	for key := range byKey {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	out := make([]Part[I, O], 0, len(keys))
	for _, key := range keys {
		ops := byKey[key]
		if len(shared) > 0 {
			ops = append(ops, shared...)
			slices.SortFunc(ops, func(a, b history.Operation) int { return cmp.Compare(a.Call, b.Call) })
		}
		p, err := s.part(key, ops)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// part reads the operations on one object, which are in the order of their invokes.
func (s Spec[S, I, O]) part(key string, ops []history.Operation) (Part[I, O], error) {
	p := Part[I, O]{Key: key, Operations: ops, Calls: make([]Call[I, O], 0, len(ops))}
	for _, op := range ops {
		if op.End == history.Fail {
			p.Failed = append(p.Failed, op)
			continue
		}
		in, out, err := s.Parse(op)
		if err != nil {
			return p, fmt.Errorf("event %d, %s by process %d, is malformed: %w", op.Call, op.F, op.Process, err)
		}
		p.Calls = append(p.Calls, Call[I, O]{in, out, op})
	}
	p.Calls = s.Prune(p.Calls, p.Failed)
	return p, nil
}

// unknownF is the error for an operation that a model does not have.
func unknownF(f, model string, have ...string) error {
	return fmt.Errorf("%q is no operation of the model %s, which has %s", f, model, strings.Join(have, ", "))
}
