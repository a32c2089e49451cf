package checker

import (
	"context"
	"fmt"

	"github.com/anishathalye/porcupine"

	"ordeal/history"
	"ordeal/model"
)

// Budget bounds the search for an order of one object's operations, so that the verdict is the same on every machine.
// A field that is 0 has its default.
type Budget struct {
	// Steps bounds how often the specification is asked; 2,000,000.
	Steps int
	// Bytes bounds what the search remembers, by a cautious estimate; 1 GiB.
	Bytes int
}

func (b Budget) orDefault() Budget {
	if b.Steps == 0 {
		b.Steps = 2_000_000
	}
	if b.Bytes == 0 {
		b.Bytes = 1 << 30
	}
	return b
}

// explainedMax is how many invalid objects are cut down to what contradicts; that takes up to a second each.
const explainedMax = 3

// smallSteps bounds a search that is repeated, or that only confirms what is already decided.
const smallSteps = 50_000

// Linearizable decides whether every object's operations have a legal order that agrees with the order of events,
// object by object in the order of the keys: by a look for the order that is most likely, and where that fails by
// Porcupine. A search that reaches its budget is unknown.
//
// The specification may be anyone's: of its functions only Step is required. It panics if that is missing.
func Linearizable[S, I, O any](spec model.Spec[S, I, O], budget Budget) Checker {
	s := newSearch(spec, budget)
	return Checker{s.name(), func(events history.History, ops []history.Operation) Verdict {
		return linear(s, s.sought(), s.small().decide).judge(events, ops)
	}}
}

// Searched is Linearizable by Porcupine alone: what quicker ways are measured against.
func Searched[S, I, O any](spec model.Spec[S, I, O], budget Budget) Checker {
	s := newSearch(spec, budget)
	return linear(s, s.decide, s.small().decide)
}

// finding is what an algorithm says of one object.
type finding struct {
	outcome  Outcome
	reason   string
	evidence []history.Operation
	disagree bool
	// steps is how often the specification was asked.
	steps int
	// seen counts what a pass is about.
	seen int64
}

// decision is an algorithm.
type decision[I, O any] func(part model.Part[I, O]) finding

// linear asks an algorithm about each object, and explains what it finds invalid with the help of one that is asked
// many times. Its verdict's parts are the objects that are not valid.
func linear[S, I, O any](s search[S, I, O], decide, again decision[I, O]) Checker {
	name := s.name()
	return Checker{name, func(_ history.History, ops []history.Operation) Verdict {
		var bad []Verdict
		objects, explained := int64(0), 0
		err := s.spec.Each(ops, func(part model.Part[I, O]) {
			objects++
			f := decide(part)
			if f.outcome == Valid {
				return
			}
			v := Verdict{
				Outcome: f.outcome, Checker: name, Key: part.Key, Reason: f.reason, Evidence: f.evidence, Disagree: f.disagree,
			}
			if f.outcome == Invalid && !f.disagree && explained < explainedMax {
				explained++
				s.explain(&v, part, again)
			}
			v.Reason = aboutKey(part.Key) + v.Reason
			bad = append(bad, v)
		})
		if err != nil {
			return malformed(err)
		}
		v := Compose(name, bad...)
		v.Measures = []Measure{{"objects", objects, ""}}
		return v
	}}
}

func aboutKey(key string) string {
	if key == "" {
		return ""
	}
	return key + ": "
}

// search is Porcupine on one specification.
type search[S, I, O any] struct {
	spec   model.Spec[S, I, O]
	budget Budget
}

func (s search[S, I, O]) name() string { return "linearizable " + s.spec.Name }

func newSearch[S, I, O any](spec model.Spec[S, I, O], budget Budget) search[S, I, O] {
	return search[S, I, O]{spec.OrDefault(), budget.orDefault()}
}

// small is the search with a budget for histories that should be small.
func (s search[S, I, O]) small() search[S, I, O] {
	s.budget.Steps = min(s.budget.Steps, smallSteps)
	return s
}

// spent counts what one search uses.
type spent struct {
	steps, bytes int
	entry        int
	limit        Budget
}

// exhausted is for good: what comes after is the end of the search.
func (s *spent) exhausted() bool { return s.steps > s.limit.Steps || s.bytes > s.limit.Bytes }

// sought looks for a legal order of a part's calls where it is likely to be, and then everywhere: of one part after
// the other.
func (s search[S, I, O]) sought() decision[I, O] {
	w := s.witness()
	return func(part model.Part[I, O]) finding {
		if w.of(part) {
			return finding{outcome: Valid}
		}
		return s.decide(part)
	}
}

// decide looks for a legal order of a part's calls everywhere.
func (s search[S, I, O]) decide(part model.Part[I, O]) finding {
	if len(part.Calls) == 0 {
		return finding{outcome: Valid}
	}
	used := &spent{entry: cacheEntry(len(part.Calls)), limit: s.budget}
	result := porcupine.CheckOperationsTimeout(s.model(used), timed(part.Calls), 0)
	f := finding{outcome: Valid, steps: used.steps}
	switch {
	case used.exhausted():
		f.outcome = Unknown
		after, unit := used.limit.Steps, "steps"
		if used.bytes > used.limit.Bytes {
			after, unit = used.limit.Bytes, "bytes"
		}
		f.reason = fmt.Sprintf(
			"the search for an order of %d operations was given up after %d %s", len(part.Calls), after, unit)
	case result == porcupine.Illegal:
		f.outcome, f.reason = Invalid, "no order is possible"
	}
	return f
}

// cacheEntry estimates the bytes of one entry of Porcupine's cache: a bit for each operation, a boxed state, and what
// the map needs.
func cacheEntry(calls int) int { return (calls+63)/64*8 + 160 }

// model is the specification as Porcupine wants it. Once the budget is used up no step is legal any more, which ends
// the search at once.
func (s search[S, I, O]) model(used *spent) porcupine.Model {
	m := porcupine.Model{
		Init: func() any { return s.spec.Init },
		StepContext: func(_ context.Context, state, in, _ any) (bool, any) {
			if used.steps++; used.exhausted() {
				return false, nil
			}
			c := in.(*model.Call[I, O])
			next, legal := s.spec.Step(state.(S), c.In, c.Out)
			switch {
			case legal:
			case c.Unknown():
				next = state.(S)
			default:
				return false, nil
			}
			used.bytes += used.entry
			if s.spec.Size != nil {
				used.bytes += s.spec.Size(next)
			}
			return true, next
		},
		Equal:             func(a, b any) bool { return s.spec.Equal(a.(S), b.(S)) },
		DescribeOperation: func(in, _ any) string { return s.spec.Text(*in.(*model.Call[I, O])) },
		DescribeState:     func(state any) string { return s.spec.DescribeState(state.(S)) },
	}
	if s.spec.Hash != nil {
		m.Hash = func(state any) uint64 { return s.spec.Hash(state.(S)) }
	}
	return m
}

// timed gives each call the interval between its events, in doubled indexes so that a lone event has two ends. An
// unknown call has no end: those come last of all, each at an instant of its own, since Porcupine's sort is unstable.
func timed[I, O any](calls []model.Call[I, O]) []porcupine.Operation {
	last := 0
	for i := range calls {
		last = max(last, calls[i].Op.Call, calls[i].Op.Return)
	}
	rows := map[int]int{}
	out := make([]porcupine.Operation, len(calls))
	for i := range calls {
		op := calls[i].Op
		row, ok := rows[op.Process]
		if !ok {
			row = len(rows)
			rows[op.Process] = row
		}
		out[i] = porcupine.Operation{
			ClientId: row, Input: &calls[i], Call: int64(2 * op.Call), Return: int64(2*op.Return + 1),
		}
		if calls[i].Unknown() {
			out[i].Return = int64(2*last + 2 + i)
		}
	}
	return out
}
