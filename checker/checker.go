package checker

import (
	"ordeal/history"
	"ordeal/model"
)

// Checker judges histories.
type Checker struct {
	Name string
	// judge takes the operations, and the events that they are made of if those are still there.
	judge func(events history.History, ops []history.Operation) Verdict
}

// Check judges a history. A history that breaks what every checker takes for granted (see history.Assumptions) is
// unknown.
func (c Checker) Check(h history.History) Verdict {
	ops, err := h.Pair()
	if err != nil {
		return c.NoHistory(err)
	}
	return c.check(h, ops)
}

// CheckOperations is Check of what Pair makes of a history, of which the events need not be in memory any more. The
// times of events are not looked at.
func (c Checker) CheckOperations(ops []history.Operation) Verdict { return c.check(nil, ops) }

func (c Checker) check(events history.History, ops []history.Operation) Verdict {
	v := c.judge(events, model.SpreadEnds(ops))
	v.Checker = c.Name
	return v
}

// NoHistory is the verdict on a history that Pair refuses.
func (c Checker) NoHistory(err error) Verdict {
	v := malformed(err)
	v.Checker, v.Reason = c.Name, "this is no history to judge: "+v.Reason
	return v
}

// All asks several checkers; the parts of its verdict are theirs, in their order.
func All(name string, checkers ...Checker) Checker {
	return Checker{name, func(events history.History, ops []history.Operation) Verdict {
		return Compose(name, ask(events, ops, checkers)...)
	}}
}

// ask returns what each checker says.
func ask(events history.History, ops []history.Operation, checkers []Checker) []Verdict {
	parts := make([]Verdict, len(checkers))
	for i, c := range checkers {
		parts[i] = c.judge(events, ops)
		parts[i].Checker = c.Name
	}
	return parts
}
