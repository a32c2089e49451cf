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

// presence is a server's program, and what it said of itself after its last event.
type presence struct {
	node *cluster.Node
	said cluster.Status
	up   bool // no event since has left it down
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

// watch is called after every event of a server that is up, and sees whether somebody's moment has come. It reports false if
// the server says what it said before, as it does after most events: then there is nothing new to hold it to.
func (g *ground) watch(m host.Addr, n *cluster.Node, st *cluster.Status) (news bool) {
	p := g.present[m]
	if p == nil {
		p = new(presence)
		g.present[m] = p
	}
	if p.node == n && p.said == *st {
		return false
	}
	if p.node != n {
		p.node = n
		g.started(m)
	}
	if p.up {
		g.moments(m, &p.said, st)
	}
	p.said, p.up = *st, true
	return true
}

// moments calls those whose moment an event of a server has brought.
func (g *ground) moments(m host.Addr, was, st *cluster.Status) {
	if !slices.ContainsFunc(g.waiting, func(w *waiting) bool { return w.met(was, st) }) {
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
func (w *waiting) met(was, st *cluster.Status) bool {
	if w.moment == nemesis.Appended {
		return st.Leading && st.LastIndex > was.LastIndex
	}
	begun := occupations[w.moment]
	return st.Doing.Has(begun) && !was.Doing.Has(begun)
}
