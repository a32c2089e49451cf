package history

import "slices"

// Everywhere are operations that concern all objects, in their order. The end of a session, where the service tells it,
// matters to those objects alone in whose operations the session stands: so of many sessions and many objects not each
// has to do with each.
type Everywhere struct {
	ops    []Operation
	by     map[string]*said // ends of sessions, by the texts in their values
	always []int            // places of all others
	asked  int              // how often Among was called
}

// said is where a text stands, and which call of Among has seen it last.
type said struct {
	places []int
	seen   int
}

// Add adds an operation behind the others.
func (e *Everywhere) Add(op Operation) {
	if e.by == nil {
		e.by = map[string]*said{}
	}
	at, ends := len(e.ops), false
	e.ops = append(e.ops, op)
	if op.Process == Service && op.F == "end" {
		texts(op.Result, func(text string) {
			s := e.by[text]
			if s == nil {
				s = &said{}
				e.by[text] = s
			}
			if len(s.places) == 0 || s.places[len(s.places)-1] != at {
				s.places = append(s.places, at)
			}
			ends = true
		})
	}
	if !ends {
		e.always = append(e.always, at)
	}
}

// Among puts those that matter to an object among its own operations, which are in the order of their calls: in room,
// if there are any.
func (e *Everywhere) Among(ops []Operation, room *[]Operation) []Operation {
	if len(e.ops) == 0 {
		return ops
	}
	e.asked++
	places := slices.Clone(e.always)
	note := func(text string) {
		if s := e.by[text]; s != nil && s.seen != e.asked {
			s.seen = e.asked
			places = append(places, s.places...)
		}
	}
	for i := range ops {
		texts(ops[i].Argument, note)
		texts(ops[i].Result, note)
	}
	slices.Sort(places)
	places = slices.Compact(places)
	merged := roomFor(len(ops)+len(places), room)[:0]
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
