package checker

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// pnCounter looks at counters that agree in the end: reads that were called once all adds had returned must show the
// sum of those that were ok, and of any of those whose end is unknown. Other reads are not looked at.
func pnCounter() Checker {
	return whole("pn-counter", func(ops []history.Operation) ([]Verdict, []Measure) {
		var bad violations
		sum, lastAdd, finals := int64(0), -1, int64(0)
		maybe := map[int64]bool{0: true} // the sums of some of the unknown adds
		for i := range ops {
			op := &ops[i]
			if op.F != "add" && op.F != "read" {
				bad.malformed(op, noOperation(op, "add", "read"))
				return bad.list, nil
			}
			if op.F == "read" || op.End == history.Fail {
				continue
			}
			n, err := model.Number(op.Argument, "amount")
			if err == nil && (n < -amountMax || n > amountMax) {
				err = fmt.Errorf("the amount %d is too large", n)
			}
			if err != nil {
				bad.malformed(op, err.Error())
				return bad.list, nil
			}
			lastAdd = max(lastAdd, op.Return)
			if op.End == history.OK {
				sum += n
				continue
			}
			if maybe = withAmount(maybe, n); maybe == nil {
				return []Verdict{{Outcome: Unknown, Reason: "the unknown adds have too many sums"}}, nil
			}
		}
		for i := range ops {
			op := &ops[i]
			if op.F != "read" || op.End != history.OK || op.Call < lastAdd {
				continue
			}
			finals++
			n, ok := op.Result.(int64)
			if !ok {
				bad.malformed(op, model.TextOf(op.Result)+" was read where a number belongs")
				return bad.list, nil
			}
			if !maybe[n-sum] {
				bad.add("wrong-sum", fmt.Sprintf("a read at the end shows %d, and what was added is %s", n, sums(sum, maybe)), op)
			}
		}
		if finals == 0 {
			bad.list = append(bad.list, Verdict{Outcome: Unknown, Reason: "no read was called once all adds had returned"})
		}
		return bad.list, []Measure{{"reads at the end", finals, ""}}
	})
}

const (
	// amountMax bounds what is added, so that no sum is too large.
	amountMax = 1 << 40
	// sumsMax is how many different sums of unknown adds are told apart.
	sumsMax = 200_000
)

func withAmount(sums map[int64]bool, n int64) map[int64]bool {
	out := make(map[int64]bool, 2*len(sums))
	for s := range sums { //house:unordered it goes into a set
		out[s], out[s+n] = true, true
	}
	if len(out) > sumsMax {
		return nil
	}
	return out
}

// sums says what a counter may show.
func sums(sum int64, maybe map[int64]bool) string {
	var all []int64
	for s := range maybe { //house:unordered sorted below
		all = append(all, sum+s)
	}
	slices.Sort(all)
	if len(all) == 1 {
		return fmt.Sprint(all[0])
	}
	return fmt.Sprintf("one of %d sums from %d to %d", len(all), all[0], all[len(all)-1])
}
