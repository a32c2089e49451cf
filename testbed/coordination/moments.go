package coordination

import (
	"slices"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/nemesis"
)

// waiting is a fault that waits for a moment.
type waiting struct {
	moment nemesis.Moment
	f      func(machine host.Addr)
}

// occupations are what a server has just begun at a moment.
var occupations = map[nemesis.Moment]cluster.Doing{
	nemesis.Sending: cluster.Sending, nemesis.Receiving: cluster.Receiving, nemesis.Saving: cluster.Saving,
	nemesis.Joining: cluster.Joint,
}

// Await waits for a moment.
func (o *operator) Await(m nemesis.Moment, f func(machine host.Addr)) (cancel func()) {
	w := &waiting{m, f}
	o.waiting = append(o.waiting, w)
	return func() {
		o.waiting = slices.DeleteFunc(o.waiting, func(other *waiting) bool { return other == w })
	}
}

// moments calls those who wait for what an event of a server has brought about.
func (o *operator) moments(m host.Addr, was, st *cluster.Status) {
	if !slices.ContainsFunc(o.waiting, func(w *waiting) bool { return w.met(was, st) }) {
		return
	}
	var rest []*waiting
	for _, w := range o.waiting {
		if !w.met(was, st) {
			rest = append(rest, w)
			continue
		}
		o.stage.World.At(o.stage.World.Now(), func() { w.f(m) })
	}
	o.waiting = rest
}

// met says whether a server's event has brought the moment.
func (w *waiting) met(was, st *cluster.Status) bool {
	if w.moment == nemesis.Appended {
		return st.Leading && st.LastIndex > was.LastIndex
	}
	begun := occupations[w.moment]
	return st.Doing.Has(begun) && !was.Doing.Has(begun)
}
