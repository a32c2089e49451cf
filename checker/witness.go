package checker

import (
	"cmp"
	"slices"

	"ordeal/model"
	"ordeal/model/ordered"
)

// A witness is an order of a part's calls that is legal and agrees with the order of events: where one is found, the
// part is valid, and no search has to be complete. Most histories are valid, and in most of them it is found at once
// by letting each operation wait until it must take effect, which is when one returns.

const (
	// witnessSteps is how often the specification may be asked for each call, and witnessMin in any case.
	witnessSteps = 256
	witnessMin   = 1_000
	// vainMax bounds how many places are remembered from which no order is left.
	vainMax = 1 << 20
)

// choice is a moment at which some operation must take effect, since one is to return that has not.
type choice[S any] struct {
	// event is the place of the return, state what there is before it.
	event int
	state S
	// from and to are where the operations that may be next stand among all that were noted; next is the one to try.
	from, to, next int
}

// attempt is one look for a witness.
type attempt[S, I, O any] struct {
	spec  model.Spec[S, I, O]
	calls []model.Call[I, O]
	left  int // how many steps
	state S
	// pending are calls that have begun and not taken effect, the one that returns first in front.
	pending []int32
	choices []choice[S]
	noted   []int32
	// vain are places from which no order is left, by a hash, since the first time that there was none.
	vain map[uint64]bool
}

// witness looks for witnesses of one part after the other, in the same memory.
type witness[S, I, O any] struct {
	attempt[S, I, O]
	limit  int // how many steps at most
	events []moment
}

func (s search[S, I, O]) witness() *witness[S, I, O] {
	return &witness[S, I, O]{attempt: attempt[S, I, O]{spec: s.spec}, limit: s.budget.Steps}
}

// of tells whether an order of a part's calls was found. If none was, there may be one still.
func (w *witness[S, I, O]) of(part model.Part[I, O]) bool {
	a := &w.attempt
	a.calls, a.state = part.Calls, a.spec.Init
	a.left = min(w.limit, max(witnessMin, witnessSteps*len(part.Calls)))
	a.pending, a.choices, a.noted = a.pending[:0], a.choices[:0], a.noted[:0]
	w.events = appendMoments(w.events[:0], len(part.Calls), func(i int) interval { return spanOf(part.Calls[i].Op) })
	for at := 0; at < len(w.events); {
		switch call := int32(w.events[at].of()); {
		case !w.events[at].ends():
			a.begin(call)
		case slices.Contains(a.pending, call):
			next := len(a.noted)
			if a.came(at) {
				next += len(a.pending)
			}
			a.choices = append(a.choices, choice[S]{at, a.state, len(a.noted), len(a.noted) + len(a.pending), next})
			a.noted = append(a.noted, a.pending...)
			var ok bool
			if at, ok = a.choose(); !ok {
				return false
			}
			continue // the one that returns may still be among those that have not taken effect
		}
		at++
	}
	return a.left > 0
}

// came tells whether there was this state before, at this event, and the same operations had not taken effect. Then no
// order is left, for all that there are were tried.
func (a *attempt[S, I, O]) came(at int) bool {
	if a.vain == nil || a.spec.Hash == nil {
		return false
	}
	h := ordered.Mix(a.spec.Hash(a.state), uint64(at))
	for _, call := range a.pending {
		h = ordered.Mix(h, uint64(call))
	}
	before := a.vain[h]
	if len(a.vain) < vainMax {
		a.vain[h] = true
	}
	return before
}

// begin notes a call, unless it changes nothing and fits right away.
func (a *attempt[S, I, O]) begin(call int32) {
	if a.looks(call) {
		return
	}
	ret := returned(a.calls[call].Op)
	at, _ := slices.BinarySearchFunc(a.pending, ret, func(other int32, ret int) int {
		return cmp.Compare(returned(a.calls[other].Op), ret)
	})
	a.pending = slices.Insert(a.pending, at, call)
}

// looks tells whether a call is legal now and changes nothing.
func (a *attempt[S, I, O]) looks(call int32) bool {
	next, legal := a.step(call)
	return legal && a.spec.Equal(next, a.state)
}

func (a *attempt[S, I, O]) step(call int32) (next S, legal bool) {
	if a.left--; a.left < 0 {
		return a.state, false
	}
	c := &a.calls[call]
	return a.spec.Step(a.state, c.In, c.Out)
}

// choose lets the next operation of the last choice that has one take effect, and then all that fit and change nothing.
// It returns the event to go on with.
func (a *attempt[S, I, O]) choose() (event int, ok bool) {
	for len(a.choices) > 0 && a.left > 0 {
		c := &a.choices[len(a.choices)-1]
		if c.next == c.to {
			if a.vain == nil {
				a.vain = map[uint64]bool{}
			}
			a.noted = a.noted[:c.from]
			a.choices = a.choices[:len(a.choices)-1]
			continue
		}
		a.state = c.state
		call := a.noted[c.next]
		c.next++
		next, legal := a.step(call)
		if !legal {
			continue
		}
		a.state = next
		a.pending = append(a.pending[:0], a.noted[c.from:c.to]...)
		a.pending = slices.DeleteFunc(a.pending, func(other int32) bool { return other == call || a.looks(other) })
		return c.event, true
	}
	return 0, false
}
