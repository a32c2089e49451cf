package sim

// dialTimeout gives up a dial that has had no answer.
func (w *World) dialTimeout(e *end) {
	if e.state != connOpening && e.state != connClosing {
		return
	}
	if e.other.state != connUnborn && e.other.state != connGone {
		e.transmit(event{kind: evReset})
	}
	e.shut()
}

// watchStall looks again, after the longest that a connection lives across a cut, at what the cut holds.
func (w *World) watchStall(e *end) {
	w.push(w.now+w.cfg.Network.StallTimeout, event{kind: evStall, m: e.m, from: e.other.m, end: e})
}

// stall breaks a connection if a cut has held a piece of it all the while.
func (w *World) stall(e *end) {
	if len(e.held) > 0 && w.link(e.other.m, e.m).cut && w.now-e.heldSince >= w.cfg.Network.StallTimeout {
		w.breakConn(e)
	}
}

// watchUnheard looks again later if what just arrived at e can't be acknowledged, because the way back is cut.
func (w *World) watchUnheard(e *end) {
	if !e.unheardFrom && w.link(e.m, e.other.m).cut {
		e.unheardFrom = true
		w.push(w.now+w.cfg.Network.StallTimeout, event{kind: evUnheard, m: e.m, from: e.other.m, end: e})
	}
}

// unheard breaks a connection if the way back has been cut all the while.
func (w *World) unheard(e *end) {
	e.unheardFrom = false
	back := w.link(e.m, e.other.m)
	if back.cut && w.now-back.cutSince >= w.cfg.Network.StallTimeout {
		w.breakConn(e)
	}
}

// breakConn ends a connection for both ends at once.
func (w *World) breakConn(e *end) {
	if e.state == connGone && e.other.state == connGone {
		return
	}
	w.stats.Broken++
	for _, each := range []*end{e, e.other} {
		each.held = nil
		each.shut()
	}
}

// dropConns ends the connections of a machine that crashed. What it had sent and a cut still holds is lost with it.
// The other ends hear of it over the network: so not across a cut, until it is mended or has lasted.
func (m *machine) dropConns(power bool) {
	conns := m.conns
	m.conns = nil
	for _, e := range conns {
		e.state = connGone
		e.held, e.early = nil, nil
		e.other.held = nil
		if e.bytes != nil {
			e.bytes.orphan(power)
			continue
		}
		if e.other.state == connOpen || e.other.state == connOpening {
			e.transmit(event{kind: evReset})
		}
	}
}
