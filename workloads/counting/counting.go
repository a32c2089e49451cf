// Package counting is what clients do with the counter and the shared value: the workloads count and value.
package counting

import (
	"time"

	"ordeal/cluster/recipes"
	"ordeal/workloads"
)

// All are the workloads of the package.
func All() []workloads.Workload {
	return []workloads.Workload{
		workloads.Write("count", 120, 4, workloads.Steps{Step: count, Probe: probeCount, Drain: readCount}),
		workloads.Write("value", 120, 4, workloads.Steps{Step: value, Probe: probeValue, Drain: drainValue}),
	}
}

// count adds one, or reads: of adds of one amount it is known what the sums are.
func count(h workloads.Hand) {
	o := h.Object()
	if h.Chance(30) {
		readCount(h, o)
		return
	}
	add(h, o)
}

func add(h workloads.Hand, o *workloads.Object) bool {
	_, outcome := h.Do(o, "add-and-get", int64(1), func() (any, recipes.Outcome, error) {
		sum, outcome, err := recipes.NewCounter(h, h.Session(), o.Path()).Add(1, h.Patience())
		if err != nil {
			return nil, outcome, err
		}
		return sum, outcome, nil
	})
	return outcome == recipes.Done
}

func readCount(h workloads.Hand, o *workloads.Object) bool {
	_, outcome := h.Do(o, "read", nil, func() (any, recipes.Outcome, error) {
		sum, err := recipes.NewCounter(h, h.Session(), o.Path()).Read(h.Patience())
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		return sum, recipes.Done, nil
	})
	return outcome == recipes.Done
}

func probeCount(h workloads.Hand, o *workloads.Object) bool { return add(h, o) }

// How long a client looks at a value that it keeps, and how long it waits for changes in that time.
const (
	looksMax = 6
	waitMax  = 400 * time.Millisecond
)
