// Package model says what objects do when operations on them happen one after the other: sequential specifications,
// pure, and sharing no code with any implementation.
//
// What a history's events mean is the same for every model:
//
//   - ok happened between its invoke and its completion, with that result;
//   - fail did not happen, and says nothing about the state;
//   - info, and an invoke that nothing completed, happened at some instant after its invoke, or never.
//
// An unknown operation is legal in every state, and takes effect where it can. So "never" is the same as "after
// everything else", and a search that places every operation somewhere loses nothing.
//
// The tables of F, argument and result of each model stand in the files that are named after the models; docs/MODELS.md
// lists the models and their checkers. The package says what is right for one order; which order, if any, is the
// checker's to find.
package model

import (
	"fmt"
	"strings"

	"ordeal/history"
)

// Spec is a sequential specification: states S, inputs I, outputs O. Its functions are pure. Only Step is required; a
// field that is nil has the default that its comment gives (see OrDefault).
//
// The simplest specification is a Spec[S, history.Operation, any]: without Parse, Step is given the operation as it
// stands in the history, and its result.
type Spec[S, I, O any] struct {
	// Name is what verdicts call it.
	Name string
	// Init is the state before the first operation.
	Init S
	// Step says whether in may return out in a state, and what the state is after it. A state is never changed in
	// place. Where an unknown operation is not legal, it had no effect there.
	//
	// An unknown operation must have the effect that it would have if it were known. If that depends on its result
	// (which of several elements it took, say), the state has to say what is left open, as HoldState does.
	Step func(state S, in I, out O) (next S, legal bool)
	// Equal compares states. Unequal states that behave alike cost time and change no verdict. Nil: ==, and where
	// Go can't compare them by that, whether fmt's %#v shows the same.
	Equal func(a, b S) bool
	// Hash is the same for equal states, on every machine. Nil: states are not hashed, which makes a search compare
	// more of them.
	Hash func(S) uint64
	// Size estimates the bytes that it takes to remember a state beside those that came before it, for the budget of
	// a search. Nil: none but the flat amount that every state counts for.
	Size func(S) int
	// Key names the object that an operation concerns, or says that it concerns all of them. Objects are independent,
	// so a history is right if it is right for each. Nil: the package's Key.
	Key func(op history.Operation) (key string, everywhere bool)
	// Parse reads an operation that ended ok or info. The error says what is malformed. Nil: the input is the operation
	// itself and the output its result, nil while it is unknown; I must be history.Operation then, and O any.
	Parse func(op history.Operation) (I, O, error)
	// Foreign lists the operations that share the model's histories and concern another object.
	Foreign []string
	// Prune drops calls that cannot matter: with them or without them, the same histories are legal. failed are the
	// operations on the object that ended fail. Nil: every call is kept.
	Prune func(calls []Call[I, O], failed []history.Operation) []Call[I, O]
	// Relax makes a known call unknown, but for what its result says of how it took effect if it did; or drops it
	// (false) if it only looked. Whatever was legal stays legal. It serves to cut a violation down to what contradicts.
	// Nil: the operation is parsed again as one that ended info without a result; see Relaxed.
	Relax func(c Call[I, O]) (Call[I, O], bool)
	// Describe shows an operation in a few words. Nil: the package's Text.
	Describe func(in I, out O) string
	// DescribeState shows a state. Nil: as fmt's %v does.
	DescribeState func(S) string
}

// Call is an operation of a history as a specification sees it. Op is not to be changed: calls share it.
type Call[I, O any] struct {
	In  I
	Out O
	Op  *history.Operation
}

// Unknown says that it is not known whether the call took effect.
func (c Call[I, O]) Unknown() bool { return c.Op.End == history.Info }

// unknown is the call as one that may have taken effect or not.
func unknown[I, O any](c Call[I, O], out O) Call[I, O] {
	op := *c.Op
	op.End = history.Info
	c.Out, c.Op = out, &op
	return c
}

// Text shows a call in a few words.
func (s Spec[S, I, O]) Text(c Call[I, O]) string {
	if s.Describe != nil {
		return s.Describe(c.In, c.Out)
	}
	return Text(*c.Op)
}

// unknownF is the error for an operation that a model does not have.
func unknownF(f, model string, have ...string) error {
	return fmt.Errorf("%q is no operation of the model %s, which has %s", f, model, strings.Join(have, ", "))
}
