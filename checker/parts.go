package checker

import (
	"ordeal/history"
	"ordeal/model"
)

// KV decides linearizability of stores of values under keys: see model.KV. It judges keys one by one where no range
// connects them; a key that is only put and got, with different values, by an algorithm that is near-linear; all else
// by Porcupine within a budget.
func KV(budget Budget) Checker { return parted(model.KV(), model.KVParts, fastKV, budget) }

// Set decides linearizability of sets: see model.Set. It judges elements one by one where no read shows the whole set;
// sets from which nothing is removed, and to which no element is added twice, by an algorithm that is near-linear; all
// else by Porcupine within a budget.
func Set(budget Budget) Checker {
	divided := parted(model.Set(), model.SetParts, fastSet, budget)
	return Checker{divided.Name, func(events history.History, ops []history.Operation) Verdict {
		early, elements, ok := looked(ops)
		if !ok || elements <= elementsMin || divided.judge(nil, early).Outcome != Valid {
			return divided.judge(events, ops)
		}
		return Verdict{Outcome: Valid, Checker: divided.Name, Measures: []Measure{{"objects", int64(elements), ""}}}
	}}
}

// parted is Both for objects that can be divided further, in a way that depends on the whole history.
func parted[S, I, O any](spec model.Spec[S, I, O],
	parts func([]history.Operation) func(history.Operation) (string, bool), fast decision[I, O], budget Budget,
) Checker {
	return Checker{"linearizable " + spec.Name, func(events history.History, ops []history.Operation) Verdict {
		divided := spec
		divided.Key = parts(ops)
		return Both(divided, fast, budget).judge(events, ops)
	}}
}
