package checker

import (
	"cmp"
	"slices"

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
			return against(shown(last.op, s.op), "two transactions have the zxid 0x%x: %s and %s",
				s.zxid, last.text(), s.text())
		}
		last = s
	}
	return nil
}

func (s *treeStep) text() string {
	switch {
	case s.reaped != nil:
		return "the removal of " + s.reaped.path
	case s.config != nil:
		return "the change of the ensemble"
	case s.call == nil:
		return "the end of a session"
	}
	return callText(s.call)
}

// realTime holds that what was over before a transaction was asked for does not come behind it, or show it.
func (l *treeLog) realTime() *objection {
	var latest *treeStep // the transaction that was asked for last, of those up to here
	for i := range l.steps {
		s := &l.steps[i]
		if latest != nil && s.known < latest.begun {
			return against(shown(latest.op, s.op),
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
	last := map[int64]*treeHeard{}
	for i := range l.heard {
		h := &l.heard[i]
		if h.kind == heardAttach && h.anew && l.readOnly[treeConn{h.session, h.conn}] {
			delete(last, h.session)
		}
		if h.kind != heardCall && h.kind != heardWatches {
			continue
		}
		before := last[h.session]
		last[h.session] = h
		switch {
		case before == nil:
		case h.zxid < before.zxid:
			return against(shown(before.op, h.op),
				"session 0x%x went back: event %d shows zxid 0x%x, and event %d before it 0x%x",
				uint64(h.session), h.at, h.zxid, before.at, before.zxid)
		case h.zxid == before.zxid && h.call != nil && l.isTransaction(h.call):
			return against(shown(before.op, h.op),
				"event %d showed session 0x%x the state behind 0x%x before the answer to its %s, which is that transaction",
				before.at, uint64(h.session), h.zxid, callText(h.call))
		}
	}
	return nil
}

// requestOrder holds that a session's requests take effect in the order in which they were made, those whose answers
// were lost too; and that none takes effect before what its session had been shown by then.
func (l *treeLog) requestOrder() *objection {
	bySession := map[int64][]*treeStep{}
	var order []int64
	for i := range l.steps {
		if s := &l.steps[i]; s.kind == stepWrite {
			if bySession[s.session] == nil {
				order = append(order, s.session)
			}
			bySession[s.session] = append(bySession[s.session], s)
		}
	}
	for _, session := range order {
		writes := bySession[session] // in the order of their zxids
		for i := 1; i < len(writes); i++ {
			if a, b := writes[i-1], writes[i]; a.call.Xid >= b.call.Xid {
				return against(shown(a.op, b.op),
					"%s, with xid %d and zxid 0x%x, took effect before %s, with xid %d and zxid 0x%x",
					callText(a.call), a.call.Xid, a.zxid, callText(b.call), b.call.Xid, b.zxid)
			}
		}
	}
	return l.answersOrder()
}

// answersOrder holds that a connection's requests are answered in the order in which they were made.
func (l *treeLog) answersOrder() *objection {
	last := map[int64]*treeHeard{}
	for i := range l.heard {
		h := &l.heard[i]
		if h.kind != heardCall {
			continue
		}
		before := last[h.session]
		last[h.session] = h
		if before != nil && (h.call.Xid <= before.call.Xid || h.conn < before.conn) {
			return against(shown(before.op, h.op), "xid %d was answered behind xid %d of session 0x%x",
				h.call.Xid, before.call.Xid, uint64(h.session))
		}
	}
	return nil
}

// syncs holds that the answer to a sync shows everything that any client had been shown before the sync was asked for.
func (l *treeLog) syncs() *objection {
	var asked []*znode.Call
	for i := range l.calls {
		if c := &l.calls[i]; c.Request.Op == "sync" && c.Reply.Code == znode.CodeOK {
			asked = append(asked, c)
		}
	}
	slices.SortFunc(asked, func(a, b *znode.Call) int { return cmp.Compare(a.Op.Call, b.Op.Call) })
	var newest *treeHeard
	next := 0
	for _, c := range asked {
		for ; next < len(l.heard) && l.heard[next].at < c.Op.Call; next++ {
			if h := &l.heard[next]; newest == nil || h.zxid > newest.zxid {
				newest = h
			}
		}
		if newest != nil && c.Zxid < newest.zxid {
			return against(shown(newest.op, c.Op),
				"%s shows zxid 0x%x, and before it was asked for, event %d had shown 0x%x", callText(c), c.Zxid, newest.at,
				newest.zxid)
		}
	}
	return nil
}
