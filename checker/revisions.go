package checker

import (
	"ordeal/checker/revisions"
	"ordeal/history"
)

// mvcc judges histories of a store of keys with all their versions, as etcd's clients know it, in time linear in
// their length but for sorting: see package checker/revisions.
func mvcc() Checker {
	return Checker{"mvcc", func(_ history.History, ops []history.Operation) Verdict {
		findings, whole, err := revisions.Judge(ops)
		switch {
		case err != nil:
			return malformed(err)
		case !whole:
			return Verdict{Outcome: Unknown, Reason: "it is not known of all requests whether they were applied"}
		}
		parts := []Verdict{named("succeeded", succeeded(ops))}
		for _, name := range revisions.Parts() {
			v := Verdict{Outcome: Valid, Checker: name}
			for _, f := range findings {
				if f.Part == name && v.Outcome == Valid { // the first is what others may follow from
					v.Outcome, v.Rule, v.Reason, v.Evidence = Invalid, f.Rule, f.Reason, f.Evidence
				}
			}
			parts = append(parts, v)
		}
		return Compose("mvcc", parts...)
	}}
}
