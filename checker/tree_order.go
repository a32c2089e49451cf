package checker

import (
	"cmp"
	"slices"

	"ordeal/history"
	"ordeal/model/znode"
)

// judgeOrder judges the order of zxids: against real time, against each session's own order, and against syncs.
func (l *treeLog) judgeOrder() Verdict {
	for _, look := range []func() *objection{l.oneEach, l.realTime, l.sessions, l.requestOrder, l.syncs} {
		if c := look(); c != nil {
			return l.verdict(treeOrder, 0, c)
		}
	}
	l.ordered = true
	v := l.verdict(treeOrder, 0, nil)
	var writes int64
	for _, s := range l.steps {
		if s.kind != stepLook {
			writes++
		}
	}
	v.Measures = []Measure{{"transactions", writes, ""}, {"without an answer", l.placed, "transactions"}}
	return v
}

// oneEach holds that every transaction has a zxid of its own.
func (l *treeLog) oneEach() *objection {
	var last *treeStep
	for i := range l.steps {
		s := &l.steps[i]
		if s.kind == stepLook {
			continue
		}
		if last != nil && last.zxid == s.zxid {
			return against(shown(last.op(), s.op()), "two transactions have the zxid 0x%x: %s and %s",
				s.zxid, last.text(), s.text())
		}
		last = s
	}
	return nil
}

func (s *treeStep) text() string {
	switch {
	case s.reaped() != nil:
		return "the removal of " + s.reaped().path
	case s.config() != nil:
		return "the change of the ensemble"
	case s.heard == nil || s.heard.kind != heardCall:
		return "the end of a session"
	}
	return s.heard.text()
}

// realTime holds that what was over before a transaction was asked for does not come behind it, or show it.
func (l *treeLog) realTime() *objection {
	var latest *treeStep // the transaction that was asked for last, of those up to here
	for i := range l.steps {
		s := &l.steps[i]
		if latest != nil && s.known < latest.begun {
			return against(shown(latest.op(), s.op()),
				"%s was over before %s was asked for, and has zxid 0x%x, which is not below 0x%x",
				s.text(), latest.text(), s.zxid, latest.zxid)
		}
		if s.kind != stepLook && (latest == nil || s.begun > latest.begun) {
			latest = s
		}
	}
	return nil
}

// sessions holds that no session goes back: what it hears shows an ever later state, and a write of its own comes
// behind all that it was shown before. Whoever takes a session over has seen nothing yet, and a server without a leader
// can't tell what the session has.
func (l *treeLog) sessions() *objection {
	last := make([]*treeHeard, len(l.clients))
	for _, h := range l.heard {
		if h.kind == heardAttach && h.anew && l.readOnly[treeConn{h.session, h.conn}] {
			last[h.client] = nil
		}
		if h.kind != heardCall && h.kind != heardWatches {
			continue
		}
		before := last[h.client]
		last[h.client] = h
		switch {
		case before == nil:
		case h.zxid < before.zxid:
			return against(shown(before.op, h.op),
				"session 0x%x went back: event %d shows zxid 0x%x, and event %d before it 0x%x",
				uint64(h.session), h.at, h.zxid, before.at, before.zxid)
		case h.zxid == before.zxid && h.kind == heardCall && l.isTransaction(h):
			return against(shown(before.op, h.op),
				"event %d showed session 0x%x the state behind 0x%x before the answer to its %s, which is that transaction",
				before.at, uint64(h.session), h.zxid, h.text())
		}
	}
	return nil
}

// requestOrder holds that a session's requests take effect in the order in which they were made, those whose answers
// were lost too; and that none takes effect before what its session had been shown by then.
func (l *treeLog) requestOrder() *objection {
	last := make([]*treeStep, len(l.clients))
	for i := range l.steps { // in the order of their zxids
		b := &l.steps[i]
		if b.kind != stepWrite {
			continue
		}
		a := last[b.heard.client]
		if a != nil && l.cameLate(a.heard, b.heard) {
			continue
		}
		last[b.heard.client] = b
		if a != nil && a.heard.xid >= b.heard.xid {
			return against(shown(a.op(), b.op()),
				"%s, with xid %d and zxid 0x%x, took effect before %s, with xid %d and zxid 0x%x",
				a.text(), a.heard.xid, a.zxid, b.text(), b.heard.xid, b.zxid)
		}
	}
	return l.answersOrder()
}

// cameLate reports whether b may take effect behind a newer request of its session: it was sent right behind a
// handshake that had no answer, on a connection that the client gave up. On its way it may have been overtaken by the
// client, which no server can see: the handshake takes the session back, as it would if the newer connection were the
// one given up.
func (l *treeLog) cameLate(a, b *treeHeard) bool {
	return a.xid > b.xid && a.conn > b.conn && b.op.End != history.OK && !l.connection(treeConn{b.session, b.conn}).told
}

// answersOrder holds that a connection's requests are answered in the order in which they were made.
func (l *treeLog) answersOrder() *objection {
	last := make([]*treeHeard, len(l.clients))
	for _, h := range l.heard {
		if h.kind != heardCall {
			continue
		}
		before := last[h.client]
		last[h.client] = h
		if before != nil && (h.xid <= before.xid || h.conn < before.conn) {
			return against(shown(before.op, h.op), "xid %d was answered behind xid %d of session 0x%x",
				h.xid, before.xid, uint64(h.session))
		}
	}
	return nil
}

// syncs holds that the answer to a sync shows everything that any client had been shown before the sync was asked for.
func (l *treeLog) syncs() *objection {
	var asked []*treeHeard
	for i := range l.calls {
		if h := &l.calls[i]; h.is(aboutSync) && h.code == znode.CodeOK {
			asked = append(asked, h)
		}
	}
	slices.SortFunc(asked, func(a, b *treeHeard) int { return cmp.Compare(a.op.Call, b.op.Call) })
	var newest *treeHeard
	next := 0
	for _, c := range asked {
		for ; next < len(l.heard) && int(l.heard[next].at) < c.op.Call; next++ {
			if h := l.heard[next]; newest == nil || h.zxid > newest.zxid {
				newest = h
			}
		}
		if newest != nil && c.zxid < newest.zxid {
			return against(shown(newest.op, c.op),
				"%s shows zxid 0x%x, and before it was asked for, event %d had shown 0x%x", c.text(), c.zxid, newest.at,
				newest.zxid)
		}
	}
	return nil
}
