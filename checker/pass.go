package checker

import (
	"ordeal/history"
	"ordeal/model"
)

// pass looks once at the operations on an object, in about the time that it takes to read them.
type pass[I, O any] struct {
	name string
	look decision[I, O]
	// counts names what is counted by a finding's seen, if it counts anything.
	counts string
}

// verdict is that of a pass over all objects.
func (p pass[I, O]) verdict(bad []Verdict, seen int64) Verdict {
	v := Compose(p.name, bad...)
	if p.counts != "" {
		v.Measures = []Measure{{p.counts, seen, ""}}
	}
	return v
}

// verdict is what was found of one object.
func (f finding) verdict(key string) Verdict {
	return Verdict{Outcome: f.outcome, Key: key, Reason: aboutKey(key) + f.reason, Evidence: f.evidence}
}

// passedThenSought asks other checkers, a pass about each object, and where none has found anything looks for an order
// of its operations. An object is read once for both: that takes longer than either. What is found otherwise, a search
// can only find again: where many items of a queue are wrong at once, it takes half a minute to cut that down to what
// contradicts.
func passedThenSought[S, I, O any](name string, spec model.Spec[S, I, O], budget Budget, p pass[I, O],
	others ...Checker) Checker {
	s := newSearch(spec, budget)
	return Checker{name, func(events history.History, ops []history.Operation) Verdict {
		parts := ask(events, ops, append([]Checker{Succeeded()}, others...))
		found := Compose(name, parts...).Outcome == Invalid
		var bad []Verdict
		var seen int64
		sought := s.sought()
		search := linear(s, func(part model.Part[I, O]) finding {
			f := p.look(part)
			if seen += f.seen; f.outcome == Invalid {
				bad = append(bad, f.verdict(part.Key))
			}
			if found || len(bad) > 0 {
				return finding{outcome: Valid}
			}
			return sought(part)
		}, s.small().decide)
		searched := search.judge(events, ops)
		searched.Checker = search.Name
		if parts = append(parts, p.verdict(bad, seen)); !found && len(bad) == 0 {
			parts = append(parts, searched)
		}
		return Compose(name, parts...)
	}}
}
