package checker

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
)

const (
	// confirmedMax is the most operations on one object with which Porcupine is asked to confirm a fast answer.
	confirmedMax = 128
	// confirmSteps bounds what that may take. Registers and locks of this size need a few hundred; long queues are
	// hopeless, and those that are not need no more than this.
	confirmSteps = 4_000
	// confirmedCalls is how many operations of valid objects are decided again in one history.
	confirmedCalls = 20_000
)

// Both decides linearizability by a fast algorithm where that is exact, by a look for the order that is most likely,
// and by Porcupine elsewhere. Porcupine decides again every object that is small enough for it, but of the valid ones
// only the first some thousand; two opposite answers are invalid and marked Disagree.
//
// fast must be exact: it says valid or invalid only of what Porcupine, given for ever, would; unknown leaves it to
// Porcupine alone.
func Both[S, I, O any](spec model.Spec[S, I, O], fast decision[I, O], budget Budget) Checker {
	s := newSearch(spec, budget)
	again := func(part model.Part[I, O]) finding {
		if f := fast(part); f.outcome != Unknown {
			return f
		}
		return s.small().decide(part)
	}
	return Checker{s.name(), func(events history.History, ops []history.Operation) Verdict {
		left, w := confirmedCalls, s.witness()
		return linear(s, func(part model.Part[I, O]) finding {
			f := fast(part)
			if f.outcome == Unknown && w.of(part) {
				f = finding{outcome: Valid}
			}
			switch {
			case f.outcome == Unknown:
				return s.decide(part)
			case f.outcome == Valid && left < 0:
				return f
			}
			left -= len(part.Calls)
			return confirm(s, part, f)
		}, again).judge(events, ops)
	}}
}

// confirm holds a fast answer against Porcupine's, where Porcupine has one.
func confirm[S, I, O any](s search[S, I, O], part model.Part[I, O], f finding) finding {
	if len(part.Calls) > confirmedMax {
		return f
	}
	s.budget.Steps = min(s.budget.Steps, confirmSteps)
	p := s.decide(part)
	if p.outcome == Unknown || p.outcome == f.outcome {
		return f
	}
	f.reason = fmt.Sprintf(
		"the checkers disagree: the fast one says %s (%s), Porcupine says %s", f.outcome, f.reason, p.outcome)
	f.outcome, f.disagree = Invalid, true
	return f
}
