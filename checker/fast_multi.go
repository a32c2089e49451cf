package checker

import (
	"strings"

	"ordeal/checker/txn"
	"ordeal/history"
	"ordeal/model"
)

// fastMulti finds multi-registers that no order explains by their dependencies, where all values are different. That
// there is an order it can't say.
func fastMulti(part model.Part[[]model.MultiPart, bool]) finding {
	ops := make([]history.Operation, len(part.Calls))
	for i, c := range part.Calls {
		ops[i] = *c.Op
	}
	r, err := txn.RWRegister(ops, txn.Options{})
	if err != nil || len(r.Forbidden) == 0 {
		return finding{}
	}
	a := r.Found[0]
	reason := a.Kind + ": " + a.Text
	words := make([]string, len(a.Steps))
	for i, s := range a.Steps {
		words[i] = s.Why
	}
	if len(words) > 0 {
		reason += ": " + strings.Join(words, "; ")
	}
	return finding{outcome: Invalid, reason: reason, evidence: a.Transactions}
}
