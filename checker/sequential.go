package checker

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
)

// sequential looks at keys that are written one after the other by one client each time, first to last, and read from
// the last to the first: a read that shows a key must show all that were written before it. A read is a list of
// values in the order in which they were read, nil for what was not there; what writes there were is not looked at.
func sequential() Checker {
	return whole("sequential", func(ops []history.Operation) ([]Verdict, []Measure) {
		var bad violations
		var none, some, all int64
		for i := range ops {
			op := &ops[i]
			if op.F != "read" || op.End != history.OK {
				continue
			}
			list, ok := op.Result.([]any)
			if inner, pair := sequentialPair(list); pair {
				list = inner
			}
			if !ok {
				bad.malformed(op, fmt.Sprintf("%s was read where a list belongs", model.TextOf(op.Result)))
				return bad.list, nil
			}
			shown, missing := 0, -1
			for i, v := range list {
				switch {
				case v != nil:
					shown++
				case shown > 0 && missing < 0:
					missing = i
				}
			}
			switch {
			case missing >= 0:
				bad.add("trailing-nil", fmt.Sprintf("a read shows %d of the keys, and not the one at %d, which was "+
					"written before", shown, missing), op)
			case shown == 0:
				none++
			case shown < len(list):
				some++
			default:
				all++
			}
		}
		return bad.list, []Measure{{"nothing", none, "reads"}, {"a part", some, "reads"}, {"everything", all, "reads"}}
	})
}

// sequentialPair takes [key [value …]] apart.
func sequentialPair(list []any) (inner []any, ok bool) {
	if len(list) != 2 {
		return nil, false
	}
	inner, ok = list[1].([]any)
	return inner, ok
}
