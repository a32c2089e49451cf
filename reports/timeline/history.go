package timeline

import (
	"fmt"
	"slices"

	"ordeal/history"
)

// AddHistory puts the operations of a history into lanes of one process each, in the order of their numbers.
func (t *Timeline) AddHistory(h history.History) {
	pairs, err := h.Pair()
	if err != nil {
		t.Missing = append(t.Missing, fmt.Sprintf("The history can't be drawn: %v.", err))
		return
	}
	blamed := make(map[int]bool)
	for _, v := range t.Trial.Verdicts {
		for _, e := range v.Evidence {
			blamed[e.Index] = true
			t.Moment = max(t.Moment, e.Time)
		}
	}
	var processes []int
	for _, o := range pairs {
		if o.Process >= 0 {
			processes = append(processes, o.Process)
		}
	}
	slices.Sort(processes)
	processes = slices.Compact(processes)
	before := len(t.Clients)
	for _, p := range processes {
		t.Clients = append(t.Clients, fmt.Sprintf("process %d", p))
	}
	var words Wording
	for i := range pairs {
		o := &pairs[i]
		lane, asked := slices.BinarySearch(processes, o.Process)
		if !asked {
			continue
		}
		t.Ops = append(t.Ops, words.Op(o, before+lane, blamed[o.Call]))
		t.Length = max(t.Length, o.Completed, o.Invoked)
	}
}
