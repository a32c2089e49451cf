package ordeal

import (
	"slices"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/nemesis"
)

// waiting is somebody who waits for a moment.
type waiting struct {
	moment nemesis.Moment
	f      func(machine host.Addr)
}

// latest is how a server was at its last event.
type latest struct {
	lastIndex uint64
	doing     cluster.Doing
}

// occupations are what a server has just begun at a moment.
var occupations = map[nemesis.Moment]cluster.Doing{
	nemesis.Sending: cluster.Sending, nemesis.Receiving: cluster.Receiving, nemesis.Saving: cluster.Saving, nemesis.Joining: cluster.Joint,
}

// Await waits for a moment. See watch.
func (g *ground) Await(m nemesis.Moment, f func(machine host.Addr)) (cancel func()) {
	w := &waiting{m, f}
	g.waiting = append(g.waiting, w)
	return func() {
		g.waiting = slices.DeleteFunc(g.waiting, func(other *waiting) bool { return other == w })
	}
}

// watch is called after every event of a server that is up, and sees whether somebody's moment has come.
func (g *ground) watch(m host.Addr, st *cluster.Status) {
	if n := g.node(m); g.present[m] != n {
		g.present[m] = n
		g.started(m)
	}
	was, known := g.latest[m]
	g.latest[m] = latest{st.LastIndex, st.Doing}
	if !known || !slices.ContainsFunc(g.waiting, func(w *waiting) bool { return w.met(was, st) }) {
		return
	}
	var rest []*waiting
	for _, w := range g.waiting {
		if !w.met(was, st) {
			rest = append(rest, w)
			continue
		}
		g.World.At(g.World.Now(), func() { w.f(m) })
	}
	g.waiting = rest
}

// met says whether a server's event has brought the moment.
func (w *waiting) met(was latest, st *cluster.Status) bool {
	if w.moment == nemesis.Appended {
		return st.Leading && st.LastIndex > was.lastIndex
	}
	begun := occupations[w.moment]
	return st.Doing.Has(begun) && !was.doing.Has(begun)
}
