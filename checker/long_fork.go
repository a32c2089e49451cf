package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// longFork looks at reads of several registers, each of which is written once. Of two reads of the same registers,
// one must show all that the other does: if each shows a write that the other lacks, they saw two writes in opposite
// orders. An operation is a list of ["r" key value] or ["w" key value].
func longFork() Checker {
	return whole("long-fork", func(ops []history.Operation) ([]Verdict, []Measure) {
		var bad violations
		groups := map[string][]forkRead{}
		reads := int64(0)
		written := map[any]*history.Operation{}
		for i := range ops {
			op := &ops[i]
			if op.End == history.Fail {
				continue
			}
			in, unknown, err := model.MultiRegister().Parse(*op)
			if err != nil {
				bad.malformed(op, err.Error())
				return bad.list, nil
			}
			r := forkRead{op: op}
			for _, p := range in {
				if p.Write {
					if _, again := written[p.Key]; again {
						bad.malformed(op, fmt.Sprintf("it writes to %s, which was written to before", model.TextOf(p.Key)))
						return bad.list, nil
					}
					written[p.Key] = op
					continue
				}
				r.keys = append(r.keys, p.Key)
				if p.Value != nil {
					r.shows = append(r.shows, p.Key)
				}
			}
			if len(r.keys) > 1 && !unknown {
				slices.SortFunc(r.keys, history.Compare)
				slices.SortFunc(r.shows, history.Compare)
				reads++
				groups[model.TextOf(r.keys)] = append(groups[model.TextOf(r.keys)], r)
			}
		}
		for _, name := range sortedKeys(groups) {
			forks(&bad, groups[name])
		}
		return bad.list, []Measure{{"reads", reads, ""}, {"groups", int64(len(groups)), ""}}
	})
}

// forkRead is a read of several registers: which, and which of them had been written to.
type forkRead struct {
	op          *history.Operation
	keys, shows []any
}

// forks holds the reads of a group against each other, in the order of how much they show: it is enough that each shows
// what the one before does.
func forks(bad *violations, reads []forkRead) {
	slices.SortStableFunc(reads, func(a, b forkRead) int { return cmp.Compare(len(a.shows), len(b.shows)) })
	for i := 1; i < len(reads); i++ {
		a, b := reads[i-1], reads[i]
		for _, key := range a.shows {
			if _, there := slices.BinarySearchFunc(b.shows, key, history.Compare); !there {
				bad.add("long-fork", fmt.Sprintf("of two reads, each shows a write that the other does not; one of them to %s",
					model.TextOf(key)), a.op, b.op)
				break
			}
		}
	}
}
