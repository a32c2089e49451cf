package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// monotonic looks at values that only grow. A read is a number, or a map of numbers by key; a write or an add may be
// there and is not looked at. There must be an order of all reads, within that of each process, in which no key's value
// goes back.
func monotonic() Checker {
	return whole("monotonic", func(ops []history.Operation) ([]Verdict, []Measure) {
		var bad violations
		var reads []*history.Operation
		for i := range ops {
			op := &ops[i]
			if op.F == "read" && op.End == history.OK {
				reads = append(reads, op)
			}
		}
		p := newPrecedence(len(reads))
		if op, why := growing(p, reads); why != "" {
			bad.malformed(op, why)
			return bad.list, nil
		}
		last := map[int]int{}
		for i, op := range reads {
			if before, ok := last[op.Process]; ok && op.Process != history.Anonymous {
				p.before(before, i)
			}
			last[op.Process] = i
		}
		if cycle := p.cycle(); cycle != nil {
			var circle []*history.Operation
			for _, n := range cycle {
				if n < len(reads) {
					circle = append(circle, reads[n])
				}
			}
			slices.SortFunc(circle, func(a, b *history.Operation) int { return a.Call - b.Call })
			bad.add("nonmonotonic", "these reads have no order in which no value goes back", circle...)
		}
		return bad.list, []Measure{{"reads", int64(len(reads)), ""}}
	})
}

// growing adds that reads with smaller values of a key are before those with greater ones.
func growing(p *precedence, reads []*history.Operation) (op *history.Operation, why string) {
	type at struct {
		value int64
		read  int
	}
	keys := map[any]int{}
	var values [][]at
	for i, op := range reads {
		m, isMap := op.Result.(history.Map)
		if !isMap {
			m = history.Map{{Key: nil, Value: op.Result}}
		}
		for _, pair := range m {
			n, ok := pair.Value.(int64)
			if pair.Value != nil && !ok {
				return op, fmt.Sprintf("%s was read where a number belongs", model.TextOf(pair.Value))
			}
			if pair.Value == nil {
				continue
			}
			k, there := keys[history.Single(pair.Key)]
			if !there {
				k = len(values)
				keys[history.Single(pair.Key)] = k
				values = append(values, nil)
			}
			values[k] = append(values[k], at{n, i})
		}
	}
	for _, list := range values {
		slices.SortStableFunc(list, func(a, b at) int { return cmp.Compare(a.value, b.value) })
		gate := -1 // behind all reads with smaller values
		for from := 0; from < len(list); {
			to := from
			next := p.node()
			if gate >= 0 {
				p.before(gate, next)
			}
			for ; to < len(list) && list[to].value == list[from].value; to++ {
				if gate >= 0 {
					p.before(gate, list[to].read)
				}
				p.before(list[to].read, next)
			}
			gate, from = next, to
		}
	}
	return nil, ""
}
