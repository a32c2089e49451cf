package checker

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/etcd"
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

// Models are the names that ForModel knows.
func Models() []string {
	return []string{
		"register", "cas-register", "kv", "set", "counter", "log", "queue",
		"mutex", "lock", "fenced-lock", "election", "tree", "etcd",
	}
}

// ForModel is everything that can be said about histories of a model: linearizability, and what else the model's
// operations show. The error names the models there are.
func ForModel(name string) (Checker, error) {
	switch name {
	case "register", "cas-register":
		return registerFrom(name, nil), nil
	case "kv":
		return All(name, Succeeded(), KV(Budget{})), nil
	case "set":
		return All(name, Succeeded(), Set(Budget{})), nil
	case "counter":
		return All(name, Succeeded(), Both(model.Counter(), fastCounter, Budget{})), nil
	case "log":
		return All(name, Succeeded(), Both(model.Log(), fastLog, Budget{})), nil
	case "mutex":
		return All(name, Succeeded(), Linearizable(model.Mutex(), Budget{})), nil
	case "lock":
		return All(name, Succeeded(), Both(model.Lock(), fastHold, Budget{}), Exclusion(), Fencing(), Overlap()), nil
	case "fenced-lock":
		return All(name, Succeeded(), Both(model.FencedLock(), fastHold, Budget{}), Exclusion(), Fencing(), Overlap()), nil
	case "election":
		return All(name, Succeeded(), Both(model.Election(), fastHold, Budget{}), Exclusion(), Overlap()), nil
	case "queue":
		return All(name, Succeeded(), Both(model.Queue(), fastQueue, Budget{}), Conservation()), nil
	case "etcd":
		return All(name, Succeeded(), Linearizable(etcd.New(), Budget{})), nil
	case "tree":
		return Tree(), nil
	}
	return Checker{}, fmt.Errorf("there is no model %q: there are %v", name, Models())
}

// ForModelFrom is ForModel, of objects that hold a value at the start. The error says which models can't.
func ForModelFrom(name string, initial any) (Checker, error) {
	c, err := ForModel(name)
	if err != nil || initial == nil {
		return c, err
	}
	if name != "register" && name != "cas-register" {
		return c, fmt.Errorf("what the model %s holds at the start can't be chosen", name)
	}
	if !history.Plain(initial) {
		return c, fmt.Errorf("%s has parts, and no register holds that", model.TextOf(initial))
	}
	return registerFrom(name, initial), nil
}

func registerFrom(name string, initial any) Checker {
	return All(name, Succeeded(), Both(model.RegisterFrom(initial), fastRegister, Budget{}), Watches())
}
