package checker

import (
	"ordeal/history"
)

// elementsMin is how many elements a set has that is looked at as a whole; those that were named first are judged one
// by one all the same, so that two algorithms agree on them.
const elementsMin = 1_000

// sighting is an add of an element, or a look for it.
type sighting struct {
	element int32
	// at is its place in the only order that the element's operations can have: what did not find it, what added it,
	// what found it.
	at int8
	op *history.Operation
}

// looked tells whether a set to which no element is added twice, from which none is removed, and which is never read as
// a whole is right: what has few words for each element need not be divided by them. early are the operations on the
// first elements. What it can't tell, such as what is wrong, is not ok.
func looked(ops []history.Operation) (early []history.Operation, elements int, ok bool) {
	numbers := newNumbering(len(ops) / 2)
	var all []sighting
	var added []bool
	for i := range ops {
		op := &ops[i]
		if op.Process == history.Nemesis || op.End == history.Fail && op.Process >= 0 {
			continue
		}
		v := op.Argument
		if op.Process < 0 || op.Key != ops[0].Key || v == nil || !history.Plain(v) {
			return nil, 0, false
		}
		e, known := numbers.find(v)
		if !known {
			e = len(added)
			numbers.add(v, e)
			added = append(added, false)
		}
		yes, told := op.Result.(bool)
		told = told && op.End == history.OK
		s := sighting{element: int32(e), op: op}
		switch {
		case op.F == "add" && !added[e] && (!told || yes):
			added[e], s.at = true, 1
		case op.F == "contains" && told && yes:
			s.at = 2
		case op.F == "contains" && (told || op.End == history.Info):
		default:
			return nil, 0, false
		}
		if op.F == "add" || told {
			all = append(all, s)
		}
		if e < elementsMin {
			early = append(early, *op)
		}
	}
	return early, len(added), inPlaces(all, added)
}

// inPlaces tells whether events allow the order of each element's operations: see place.
func inPlaces(all []sighting, added []bool) bool {
	least := make([]int8, len(added))
	for _, m := range moments(len(all), func(i int) interval { return spanOf(all[i].op) }) {
		s := &all[m.of()]
		switch {
		case m.ends():
			least[s.element] = max(least[s.element], s.at)
		case s.at < least[s.element], s.at == 2 && !added[s.element]:
			return false
		}
	}
	return true
}
