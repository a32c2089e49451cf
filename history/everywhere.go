package history

import "slices"

// Everywhere are operations that concern all objects, in their order. The end of a session, where the service tells it,
// matters to those objects alone in whose operations the session stands: so of many sessions and many objects not each
// has to do with each.
type Everywhere struct {
	ops    []Operation
	by     map[string][]int // places of ends of sessions, by the texts in their values
	always []int            // of all others
}

// Add adds an operation behind the others.
func (e *Everywhere) Add(op Operation) {
	if e.by == nil {
		e.by = map[string][]int{}
	}
	at, said := len(e.ops), false
	e.ops = append(e.ops, op)
	if op.Process == Service && op.F == "end" {
		texts(op.Result, func(text string) {
			if list := e.by[text]; len(list) == 0 || list[len(list)-1] != at {
				e.by[text] = append(list, at)
			}
			said = true
		})
	}
	if !said {
		e.always = append(e.always, at)
	}
}

// Among puts those that matter to an object among its own operations, which are in the order of their calls.
func (e *Everywhere) Among(ops []Operation) []Operation {
	if len(e.ops) == 0 {
		return ops
	}
	places, seen := slices.Clone(e.always), map[string]bool{}
	note := func(text string) {
		if list := e.by[text]; len(list) > 0 && !seen[text] {
			seen[text] = true
			places = append(places, list...)
		}
	}
	for i := range ops {
		texts(ops[i].Argument, note)
		texts(ops[i].Result, note)
	}
	slices.Sort(places)
	places = slices.Compact(places)
	merged := make([]Operation, 0, len(ops)+len(places))
	for _, op := range ops {
		for len(places) > 0 && e.ops[places[0]].Call < op.Call {
			merged, places = append(merged, e.ops[places[0]]), places[1:]
		}
		merged = append(merged, op)
	}
	for _, at := range places {
		merged = append(merged, e.ops[at])
	}
	return merged
}

// texts calls f with each text in a value.
func texts(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []any:
		for _, one := range v {
			texts(one, f)
		}
	case Set:
		for _, one := range v {
			texts(one, f)
		}
	case Map:
		for _, one := range v {
			texts(one.Key, f)
			texts(one.Value, f)
		}
	}
}
