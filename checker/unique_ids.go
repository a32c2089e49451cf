package checker

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
)

// uniqueIDs looks for two operations that were ok with the same result, whatever they are called.
func uniqueIDs() Checker {
	return whole("unique-ids", func(ops []history.Operation) ([]Verdict, []Measure) {
		var bad violations
		numbers, others := make(map[int64]int32, len(ops)), map[any]int32{}
		for i := range ops {
			op := &ops[i]
			if op.End != history.OK {
				continue
			}
			var before int32
			var there bool
			if n, ok := op.Result.(int64); ok {
				if before, there = numbers[n]; !there {
					numbers[n] = int32(i)
				}
			} else if op.Result == nil {
				bad.malformed(op, "its result is nil where an id belongs")
				return bad.list, nil
			} else if before, there = others[history.Single(op.Result)]; !there {
				others[history.Single(op.Result)] = int32(i)
			}
			if there {
				bad.add("duplicate", fmt.Sprintf("%s was given out twice", model.TextOf(op.Result)), &ops[before], op)
			}
		}
		return bad.list, []Measure{{"ids", int64(len(numbers) + len(others)), ""},
			{"duplicates", bad.counts["duplicate"], ""}}
	})
}
