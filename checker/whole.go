package checker

import (
	"fmt"
	"slices"

	"ordeal/history"
)

// whole is a checker that goes through the clients' operations of each object, in the order of their calls. Events
// without a process count as clients'. judge returns the violations that it found and what it measured.
func whole(name string, judge func(ops []history.Operation) ([]Verdict, []Measure)) Checker {
	return Checker{name, func(_ history.History, ops []history.Operation) Verdict {
		keys, of := history.Split(ops, func(op *history.Operation) (string, bool) {
			return op.Key, op.Process >= 0 || op.Process == history.Anonymous
		})
		var bad []Verdict
		var sums []Measure
		for i, key := range keys {
			found, measures := judge(of(i, new([]history.Operation)))
			for _, v := range found {
				if v.Malformed {
					return v
				}
				v.Checker, v.Key, v.Reason = name, key, aboutKey(key)+v.Reason
				bad = append(bad, v)
			}
			sums = addMeasures(sums, measures)
		}
		v := Compose(name, bad...)
		v.Measures = sums
		return v
	}}
}

// addMeasures adds up what several objects were measured to have; of what ends in "at most" it is the greatest.
func addMeasures(sums, more []Measure) []Measure {
	for _, m := range more {
		at := slices.IndexFunc(sums, func(s Measure) bool { return s.Name == m.Name })
		switch {
		case at < 0:
			sums = append(sums, m)
		case m.Unit == "ms at most":
			sums[at].Value = max(sums[at].Value, m.Value)
		default:
			sums[at].Value += m.Value
		}
	}
	return sums
}

// tooMany is how many violations of one kind in one object are told.
const tooMany = 3

// violations collects what is wrong with an object, by kind.
type violations struct {
	list   []Verdict
	counts map[string]int64
}

// add notes a violation of a kind.
func (v *violations) add(kind, reason string, ops ...*history.Operation) {
	if v.counts == nil {
		v.counts = map[string]int64{}
	}
	if v.counts[kind]++; v.counts[kind] <= tooMany {
		v.list = append(v.list, contradicted(kind+": "+reason, ops...))
	}
}

// verdict is that of a checker.
func (v *violations) verdict(name string, measures ...Measure) Verdict {
	for i := range v.list {
		v.list[i].Checker = name
	}
	all := Compose(name, v.list...)
	all.Measures = measures
	return all
}

// malformed ends the check: an operation is not of the model.
func (v *violations) malformed(op *history.Operation, why string) {
	v.list = append([]Verdict{malformedEvent(op, why)}, v.list...)
}

// elementsOf are the elements of a list or a set, and the numbers of none; ok is false if it is something else.
func elementsOf(v any) (elements []any, ok bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case []any:
		return v, true
	case history.Set:
		return v, true
	}
	return nil, false
}

func noOperation(op *history.Operation, fs ...string) string {
	return fmt.Sprintf("%q is none of its operations, which are %v", op.F, fs)
}

// begun is the event from which on an operation may have taken effect; -1 if that is not known.
func begun(op *history.Operation) int {
	if op.Process == history.Anonymous {
		return -1
	}
	return op.Call
}

// made is what makes something, such as the add of an element or the send of an entry, and what shows it.
type made struct {
	// from is the event from which on it may have been there, by first; shown is what returned first of what shows it.
	from         int
	first, shown *history.Operation
}

func (m *made) by(op *history.Operation) {
	if from := begun(op); m.first == nil || from < m.from {
		m.first, m.from = op, from
	}
}

func (m *made) show(op *history.Operation) {
	if m.shown == nil || op.Return < m.shown.Return {
		m.shown = op
	}
}

// early says that it was shown before anything began to make it.
func (m *made) early() bool { return m.first != nil && m.shown != nil && m.shown.Return < m.from }
