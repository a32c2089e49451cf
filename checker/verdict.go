// Package checker judges histories: whether what the clients saw was possible, and what certainly went wrong.
//
// It judges what is in a history and nothing else; it does not know what the service did. Every verdict is valid,
// invalid or unknown, and the same history gets the same verdict on every machine: budgets count steps and bytes, never
// seconds, and what is before what is decided by the order of events, never by their times.
//
// Linearizability is decided by Porcupine. Faster algorithms decide the objects that they are exact for, and Porcupine
// decides those again where it can; the two may never disagree silently.
package checker

import (
	"errors"
	"fmt"
	"io"

	"ordeal/checker/txn"
	"ordeal/history"
)

// Outcome is the one word of a verdict.
type Outcome uint8

const (
	// Unknown says that the history does not decide it. It is never a pass.
	Unknown Outcome = iota
	// Valid says that nothing is wrong, as far as the checker looks.
	Valid
	// Invalid says that something certainly is.
	Invalid
)

func (o Outcome) String() string { return [...]string{"unknown", "valid", "invalid"}[o] }

// Worse tells whether o beats p in a verdict on several things: invalid beats unknown, unknown beats valid.
func (o Outcome) Worse(p Outcome) bool {
	rank := [...]int{Valid: 0, Unknown: 1, Invalid: 2}
	return rank[o] > rank[p]
}

// Verdict is what a checker makes of a history.
type Verdict struct {
	Outcome Outcome
	// Checker names the checker.
	Checker string
	// Key is the object that it is about; "" if it is about all, or there is only one.
	Key string
	// Reason says why, in a sentence. A valid verdict may have none.
	Reason string
	// Rule is the reason before it names what it is about, as a format of package fmt: violations of one rule have it
	// in common. "" where the Reason begins with that.
	Rule string
	// Evidence are the operations that contradict each other, in the order of their invokes.
	Evidence []history.Operation
	// Measures are what the checker counted and timed on the way.
	Measures []Measure
	// Malformed says that the history is not of the model: an operation or a value that it does not have. The outcome
	// is unknown.
	Malformed bool
	// Event is the index of the event that is Malformed, or -1 if none is alone. It counts only if Malformed.
	Event int
	// Disagree says that two algorithms gave opposite answers: the fault is in the checker, and the outcome is
	// invalid so that it is not overlooked.
	Disagree bool
	// Parts are the verdicts that this one was composed of, as far as they are worth telling.
	Parts []Verdict
	// Transactions is what was found in a history of transactions; nil for others.
	Transactions *txn.Result

	page func(w io.Writer) error
}

// Measure is a number that a checker found. It never decides anything.
type Measure struct {
	Name  string
	Value int64
	Unit  string
}

// errNoPage is what Page returns for a verdict that has none.
var errNoPage = errors.New("the verdict has no page")

// HasPage tells whether the verdict, or a part of it, can be drawn.
func (v Verdict) HasPage() bool { return v.drawn() != nil }

// Page writes an HTML page that draws the contradiction: the operations as bars, and how far an order of them goes.
// Two pages of the same verdict may differ in their bytes. It fails if there is nothing to draw.
func (v Verdict) Page(w io.Writer) error {
	draw := v.drawn()
	if draw == nil {
		return errNoPage
	}
	return draw(w)
}

func (v Verdict) drawn() func(io.Writer) error {
	if v.page != nil {
		return v.page
	}
	for _, p := range v.Parts {
		if draw := p.drawn(); draw != nil {
			return draw
		}
	}
	return nil
}

// Disagreed tells whether two algorithms gave opposite answers, here or in a part.
func (v Verdict) Disagreed() bool {
	for _, p := range v.Parts {
		if p.Disagreed() {
			return true
		}
	}
	return v.Disagree
}

// Mismatched tells whether the history is not of the model, here or in a part, why, and which event is not: -1 if it is
// none in particular.
func (v Verdict) Mismatched() (reason string, event int, yes bool) {
	if v.Malformed {
		return v.Reason, v.Event, true
	}
	for _, p := range v.Parts {
		if reason, event, yes := p.Mismatched(); yes {
			return reason, event, true
		}
	}
	return "", -1, false
}

// malformed is the verdict on a history that is not of the model.
func malformed(err error) Verdict {
	v := Verdict{Outcome: Unknown, Malformed: true, Event: -1, Reason: err.Error()}
	var one *history.EventError
	if errors.As(err, &one) {
		v.Event = one.Event
	}
	return v
}

// malformedEvent is the verdict on a history in which an operation has a value that it can't have.
func malformedEvent(op *history.Operation, why string) Verdict {
	text := fmt.Sprintf("event %d, %s by process %d, is malformed: %s", op.Call, op.F, op.Process, why)
	return malformed(&history.EventError{Event: op.Call, Text: text})
}

// Compose makes one verdict of several: the worst outcome, with the reason of the first part that has it. With no parts
// it is valid.
func Compose(name string, parts ...Verdict) Verdict {
	v := Verdict{Outcome: Valid, Checker: name, Parts: parts}
	for i, p := range parts {
		if i == 0 || p.Outcome.Worse(v.Outcome) {
			v.Outcome, v.Reason, v.Key, v.Evidence = p.Outcome, p.Reason, p.Key, p.Evidence
		}
	}
	return v
}

// shown are the operations that there are: what was there from the start has none.
func shown(ops ...*history.Operation) []history.Operation {
	var out []history.Operation
	for _, op := range ops {
		if op != nil {
			out = append(out, *op)
		}
	}
	return out
}
