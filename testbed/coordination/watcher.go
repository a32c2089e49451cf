package coordination

import (
	"ordeal/cluster"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/coordination/questions"
)

// watcher is the instance as a monitor: it looks at a server after each of its events, and lets those look who hold it
// to something, if it says anything new.
type watcher instance

// watched is a server's program, and what it said of itself after its last event.
type watched struct {
	server host.Addr
	node   *cluster.Node
	said   cluster.Status
	up     bool // no event since has left it down
	doer   doer
	asks   *questions.Server
}

// of is what is known of a server, nil before its first event.
func (w *watcher) of(server host.Addr) *watched {
	for _, p := range w.watched {
		if p.server == server {
			return p
		}
	}
	return nil
}

// saysNews reports whether a program says anything that it did not say before. After most events it does not. There are
// few servers: to compare their programs costs less than to hash a name.
func (w *watcher) saysNews(n *cluster.Node) bool {
	for _, p := range w.watched {
		if p.node == n {
			w.questions.Look(p.asks, n)
			return !n.Says(&p.said)
		}
	}
	return true
}

// Event implements trial.Monitor.
func (w *watcher) Event(machine host.Addr, program host.Program) {
	n, _ := program.(*cluster.Node)
	if n == nil {
		w.invariants.gone(machine)
		if p := w.of(machine); p != nil {
			p.up = false
		}
		return
	}
	if !w.saysNews(n) {
		return // there is nothing new to hold it to
	}
	st := n.Status()
	w.news(machine, n, &st)
	i := (*instance)(w)
	w.invariants.look(machine, n, &st)
	w.paths.look(machine, n, &st)
	i.lives(n, &st)
	if w.examining {
		return
	}
	if w.tellsEnds {
		w.sessions.look(n, &st, w.stage.Record)
	}
	switch {
	case w.keys != nil:
		w.keys.Look(n, &st)
	case w.workload == "tree":
		w.applied.look(n, &st, w.stage.Machines.ClockError(), w.stage.Record)
	default:
		w.truth.look(n, &st, len(w.stage.Record.Ops()))
	}
}

// news takes what a server says that is new. It also sees whether a moment has come that a fault waits for.
func (w *watcher) news(m host.Addr, n *cluster.Node, st *cluster.Status) {
	p := w.of(m)
	if p == nil {
		p = &watched{server: m, asks: w.questions.Of(m)}
		w.watched = append(w.watched, p)
	}
	p.node = n
	w.questions.Said(p.asks, n, st)
	if p.up {
		w.operator.moments(m, &p.said, st)
	}
	if st.Leading && st.Doing.Has(cluster.Joint) && !p.said.Doing.Has(cluster.Joint) {
		w.bounds.Changes(m, n.Voters)
	}
	w.deeds(p, n, st)
	p.said, p.up = *st, true
}

// Fault implements trial.Monitor.
func (w *watcher) Fault(e nemesis.Event) {
	w.paths.fault(e)
	w.bounds.Fault(e)
}

// End implements trial.Monitor.
func (w *watcher) End() { w.paths.end() }
