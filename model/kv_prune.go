package model

import (
	"slices"

	"ordeal/history"
)

// kvLooks is what operations look for at one key.
type kvLooks struct {
	// anything says that some operation may look for any value: it is not known for which.
	anything bool
	values   map[any]bool
}

// pruneKV leaves out unknown gets and ranges, and unknown changes that no operation saw: take one out of a legal order,
// and what stood behind it, up to the next change of that key, did not look for its value.
func pruneKV(calls []KVCall, _ []history.Operation) []KVCall {
	isUnknown := func(c KVCall) bool { return c.Out.Unknown }
	if !slices.ContainsFunc(calls, isUnknown) {
		return calls
	}
	calls = slices.DeleteFunc(slices.Clone(calls), func(c KVCall) bool {
		return c.Out.Unknown && (c.In.Op == KVGet || c.In.Op == KVRange)
	})
	if revisedKV(calls) { // a change that was never seen gave its key another revision all the same
		return calls
	}
	for slices.ContainsFunc(calls, isUnknown) {
		looks := lookedFor(calls)
		kept := slices.DeleteFunc(slices.Clone(calls), func(c KVCall) bool {
			l := looks[c.In.Key]
			unseen := l == nil || !l.anything && !l.values[c.In.Value]
			return c.Out.Unknown && (unseen || c.In.Op == KVCAS && c.In.Old == c.In.Value)
		})
		if len(kept) == len(calls) {
			break
		}
		calls = kept
	}
	return calls
}

func lookedFor(calls []KVCall) map[string]*kvLooks {
	looks := map[string]*kvLooks{}
	for _, c := range calls {
		if c.In.Op != KVRange && looks[c.In.Key] == nil {
			looks[c.In.Key] = &kvLooks{values: map[any]bool{}}
		}
	}
	for _, c := range calls {
		l := looks[c.In.Key]
		switch {
		case c.In.Op == KVRange:
			lookThrough(c, looks)
		case c.In.Op == KVGet:
			l.values[c.Out.Value] = true
		case c.In.Op == KVAppend, c.Out.Told && c.Out.Done == (c.In.Op == KVDelete):
			l.anything = true // that it is a string, that it is there, or that it is not the old value
		case c.In.Op == KVCAS:
			l.values[c.In.Old] = true
		case c.Out.Told:
			l.values[nil] = true
		}
	}
	return looks
}

// lookThrough is a range's look at every key that it covers.
func lookThrough(c KVCall, looks map[string]*kvLooks) {
	shown := make(map[string]any, len(c.Out.Pairs))
	for _, p := range c.Out.Pairs {
		shown[p.Key] = p.Value
	}
	for key, l := range looks { //house:unordered each adds only to itself
		if key >= c.In.Key && (c.In.To == "" || key < c.In.To) {
			l.values[shown[key]] = true
		}
	}
}
