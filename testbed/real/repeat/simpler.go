package repeat

import (
	"slices"
	"time"

	"ordeal/testbed/real"
)

// The least that is left of a trial.
const (
	lengthMin = 3 * time.Second
	rateMin   = 5
)

// simpler are records with less in them: half of the plan, one step less, fewer operations, a shorter time.
func simpler(r real.Record) (list []real.Record) {
	add := func(change func(r *real.Record)) {
		one := r
		one.Plan = slices.Clone(r.Plan)
		change(&one)
		list = append(list, one)
	}
	if n := len(r.Plan); n > 1 {
		add(func(one *real.Record) { one.Plan = one.Plan[:n/2] })
		add(func(one *real.Record) { one.Plan = one.Plan[n/2:] })
	}
	if r.Length/2 >= lengthMin {
		add(func(one *real.Record) { one.Length = (r.Length / 2).Round(time.Second) })
	}
	if r.Rate/2 >= rateMin {
		add(func(one *real.Record) { one.Rate = r.Rate / 2 })
	}
	if len(r.Plan) > 2 {
		for i := range r.Plan {
			add(func(one *real.Record) { one.Plan = slices.Delete(one.Plan, i, i+1) })
		}
	}
	return list
}
