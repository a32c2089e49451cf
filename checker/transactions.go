package checker

import (
	"fmt"
	"strings"

	"ordeal/checker/txn"
	"ordeal/history"
)

// listAppend judges transactions of appends to lists and reads of them, and rwRegister those of writes to registers and
// reads, in the manner of Elle: see package txn. Their verdict says what was found in Transactions. They fail if the
// options name a consistency model or an anomaly that there is none of.
func listAppend(o txn.Options) (Checker, error) {
	return transactions("list-append", txn.ListAppend, o)
}

func rwRegister(o txn.Options) (Checker, error) {
	return transactions("rw-register", txn.RWRegister, o)
}

// isolated judges operations by how far they are isolated from each other.
type isolated func([]history.Operation, txn.Options) (txn.Result, error)

func transactions(name string, judge isolated, o txn.Options) (Checker, error) {
	if _, err := judge(nil, o); err != nil {
		return Checker{}, err
	}
	return All(name, Succeeded(), Checker{"isolation", func(_ history.History, ops []history.Operation) Verdict {
		r, err := judge(ops, o)
		if err != nil {
			return malformed(err)
		}
		return isolation(r)
	}}), nil
}

func isolation(r txn.Result) Verdict {
	v := Verdict{Outcome: Valid, Transactions: &r, Measures: []Measure{
		{"objects", int64(r.Objects), ""}, {"dependencies", int64(r.Dependencies), ""},
	}}
	switch {
	case len(r.Forbidden) > 0:
		v.Outcome, v.Reason = Invalid, fmt.Sprintf("%s: this is not %s", strings.Join(r.Forbidden, ", "),
			strings.Join(r.Not, " and not "))
		for _, a := range r.Found {
			if a.Kind == r.Forbidden[0] {
				v.Evidence = a.Transactions
				break
			}
		}
	case r.Undecided != "":
		v.Outcome, v.Reason = Unknown, r.Undecided
	}
	return v
}
