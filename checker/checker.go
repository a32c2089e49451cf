package checker

import (
	"ordeal/history"
	"ordeal/model"
)

// Checker judges histories.
type Checker struct {
	Name string
	// judge takes the events and the operations that they pair up to.
	judge func(events history.History, ops []history.Operation) Verdict
}

// Check judges a history. A history that breaks what every checker takes for granted (see history.Assumptions) is
// unknown.
func (c Checker) Check(h history.History) Verdict {
	ops, err := h.Pair()
	if err != nil {
		v := malformed(err)
		v.Checker, v.Reason = c.Name, "this is no history to judge: "+v.Reason
		return v
	}
	v := c.judge(h, model.SpreadEnds(ops))
	v.Checker = c.Name
	return v
}

// All asks several checkers; the parts of its verdict are theirs, in their order.
func All(name string, checkers ...Checker) Checker {
	return Checker{name, func(events history.History, ops []history.Operation) Verdict {
		parts := make([]Verdict, len(checkers))
		for i, c := range checkers {
			parts[i] = c.judge(events, ops)
			parts[i].Checker = c.Name
		}
		return Compose(name, parts...)
	}}
}
