package timeline

import (
	"fmt"
	"slices"

	"ordeal/history"
)

// AddHistory puts the operations of a history into lanes of one process each.
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
	for _, o := range pairs {
		if o.Process < 0 {
			continue
		}
		name := fmt.Sprintf("process %d", o.Process)
		lane := slices.Index(t.Clients, name)
		if lane < 0 {
			lane, t.Clients = len(t.Clients), append(t.Clients, name)
		}
		t.Ops = append(t.Ops, OpOf(o, lane, "", blamed[o.Call]))
		t.Length = max(t.Length, o.Completed, o.Invoked)
	}
}
