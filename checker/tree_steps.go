package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model/znode"
)

// treeStep is a transaction, or something that shows the state behind one.
type treeStep struct {
	zxid int64
	// call is the transaction's, or the read's; nil for an end that was not asked for.
	call    *znode.Call
	session int64
	watches *rewatch
	// reaped is the znode that the service removed by itself; nil for the end of a session.
	reaped *reaped
	// config is what the service put in force.
	config *znode.Config
	// acls are those that counted in place of the znodes' own.
	acls map[string][]string
	// begun is the event at which it was asked for, and known the event from which it was known to have happened.
	begun, known int
	op           *history.Operation
	kind         stepKind
	// answered says that the call's result is known; hidden, that it is in no answer and no record; void, that it was
	// refused, whatever the model says.
	answered, hidden, void bool
}

type stepKind uint8

const (
	stepWrite stepKind = iota
	stepEnd            // of a session or a znode, or a change of the ensemble: what the service does by itself
	stepLook           // a read, or the answer to setWatches: behind the transaction of the same zxid
)

// isTransaction says whether an answered request went through the log. One that a server does not know it answers
// itself; a check that stands alone is known, and refused where it would take effect.
func (l *treeLog) isTransaction(c *znode.Call) bool {
	switch {
	case c.Request.Barred != znode.CodeOK, l.localEnds[requestName{c.Session, c.Xid}]:
		return false
	case c.Request.Op == "reconfig": // one that succeeds shows the transaction in which it does
		code := c.Reply.Code
		return code != znode.CodeOK && code != znode.CodeReconfigDisabled && code != znode.CodeNewConfigNoQuorum
	case l.settings.Whole:
		return c.Request.Write() || c.Request.Op == "check"
	}
	return c.Request.Write() && c.Reply.Code != znode.CodeUnimplemented
}

func (l *treeLog) makeSteps(raw treeRaw) {
	l.steps = make([]treeStep, 0, len(l.heard)+len(raw.applied)/8)
	for i := range l.heard {
		h := &l.heard[i]
		s := treeStep{zxid: h.zxid, kind: stepLook, session: h.session, known: h.at, op: h.op}
		switch {
		case h.kind == heardWatches:
			s.watches = h.watches
		case h.kind != heardCall, aboutWatches(h.call.Request.Op), l.refused(h.call),
			l.localEnds[requestName{h.session, h.call.Xid}]:
			continue
		default:
			s.call, s.answered, s.begun = h.call, true, h.call.Op.Call
			if l.isTransaction(h.call) {
				s.kind = stepWrite
			}
		}
		l.steps = append(l.steps, s)
	}
	l.placeLost(raw)
	l.steps = sorted(l.steps)
}

// sorted are steps in the order in which they happened. They are many and large, so it is numbers that are sorted.
func sorted(steps []treeStep) []treeStep {
	type place struct {
		zxid  int64
		known int
		at    int32
		kind  stepKind
	}
	order := make([]place, len(steps))
	for i := range steps {
		order[i] = place{steps[i].zxid, steps[i].known, int32(i), steps[i].kind}
	}
	slices.SortFunc(order, func(a, b place) int {
		switch {
		case a.zxid != b.zxid:
			return cmp.Compare(a.zxid, b.zxid)
		case a.kind != b.kind:
			return cmp.Compare(a.kind, b.kind)
		case a.known != b.known:
			return cmp.Compare(a.known, b.known)
		}
		return cmp.Compare(steps[a.at].begun, steps[b.at].begun)
	})
	out := make([]treeStep, len(steps))
	for i, p := range order {
		out[i] = steps[p.at]
	}
	return out
}

// noteLocalEnds finds the sessions that their servers alone knew, and that were closed there: no transaction is any of
// these ends, and nothing goes with such a session.
func (l *treeLog) noteLocalEnds(raw treeRaw) {
	if !l.settings.Local {
		return
	}
	through := make(map[requestName]bool, len(raw.applied))
	for _, a := range raw.applied {
		through[requestName{a.session, a.xid}] = true
	}
	l.localEnds = map[requestName]bool{}
	for i := range l.calls {
		c := &l.calls[i]
		one := requestName{c.Session, c.Xid}
		if c.Request.Op == "closeSession" && !through[one] {
			l.localEnds[one] = true
			if raw.gap {
				l.missing(c.Zxid, fmt.Sprintf("whether %s was more than the end of a session of one server", callText(c)))
			}
		}
	}
}

// requestName tells a request from all others.
type requestName struct{ session, xid int64 }

// placeLost finds the zxids of the transactions that no answer names.
func (l *treeLog) placeLost(raw treeRaw) {
	applied := make(map[requestName]treeApplied, len(raw.applied))
	for _, a := range raw.applied {
		switch {
		case a.config != nil:
			l.steps = append(l.steps, treeStep{zxid: a.zxid, kind: stepEnd, known: a.at, config: &znode.Config{
				Text: *a.config, Asked: a.xid != 0, Request: l.reconfigs[requestName{a.session, a.xid}]}})
		case a.xid != 0:
			applied[requestName{a.session, a.xid}] = a
		case a.reaped != nil:
			l.steps = append(l.steps, treeStep{zxid: a.zxid, kind: stepEnd, reaped: a.reaped, known: a.at})
		case a.close:
			l.steps = append(l.steps, treeStep{zxid: a.zxid, kind: stepEnd, session: a.session, known: a.at})
		}
	}
	ended := l.placeEnds(raw.ended)
	var shown map[string]int64
	if !raw.fed {
		shown = l.sightings()
	}
	before, closed := l.shownBefore(), l.closings()
	for i := range l.lost {
		c := &l.lost[i]
		if c.Request.Op == "closeSession" && ended[c.Session] {
			continue // it is that end, or came too late for one
		}
		a, found := applied[requestName{c.Session, c.Xid}]
		if !found && (raw.fed && !raw.gap || closed[c.Session] != 0 && closed[c.Session] < c.Xid) {
			continue // it never took effect, or its session was closed before it
		}
		zxid, known := a.zxid, a.at
		if !found {
			known = endless
			zxid, found = whereSeen(c.Request, shown)
		}
		if !found {
			l.missing(before[i], fmt.Sprintf("whether and when %s took effect", callText(c)))
			l.unplacedSteps = append(l.unplacedSteps, treeStep{zxid: before[i], kind: stepWrite, call: c, session: c.Session,
				begun: c.Op.Call, known: endless, op: c.Op, hidden: true})
			continue
		}
		l.placed++
		l.steps = append(l.steps, treeStep{zxid: zxid, kind: stepWrite, call: c, session: c.Session,
			begun: c.Op.Call, known: known, op: c.Op})
	}
	if !raw.fed || raw.gap {
		l.noteUnendedSessions()
	}
}

// placeEnds places the ends of sessions that were found out about afterwards.
func (l *treeLog) placeEnds(ends []treeApplied) (ended map[int64]bool) {
	ended = make(map[int64]bool, len(ends))
	for _, e := range ends {
		ended[e.session] = true
		l.steps = append(l.steps, treeStep{zxid: e.zxid, kind: stepEnd, session: e.session, known: e.at})
	}
	return ended
}

// closings are the xids with which sessions were closed.
func (l *treeLog) closings() map[int64]int64 {
	closed := map[int64]int64{}
	for i := range l.calls {
		if c := &l.calls[i]; c.Request.Op == "closeSession" && c.Reply.Code == znode.CodeOK {
			closed[c.Session] = c.Xid
		}
	}
	return closed
}

// missing notes something that is not known, and that matters behind a zxid only.
func (l *treeLog) missing(from int64, what string) {
	if l.unplaced == "" || from < l.unplacedFrom {
		l.unplaced, l.unplacedFrom = what, from
	}
}

// shownBefore is, for each lost write, the newest zxid that its session had been shown when it was asked for.
func (l *treeLog) shownBefore() []int64 {
	shown, newest, next := make([]int64, len(l.lost)), map[int64]int64{}, 0
	for i := range l.lost {
		for ; next < len(l.heard) && l.heard[next].at < l.lost[i].Op.Call; next++ {
			if h := &l.heard[next]; h.kind == heardCall || h.kind == heardWatches {
				newest[h.session] = max(newest[h.session], h.zxid)
			}
		}
		shown[i] = newest[l.lost[i].Session]
	}
	return shown
}

// noteUnendedSessions looks for sessions with ephemeral znodes that are not known to have ended: they may have expired,
// but not before what they were answered last.
func (l *treeLog) noteUnendedSessions() {
	closed, last := map[int64]bool{}, map[int64]int64{}
	for i := range l.calls {
		c := &l.calls[i]
		closed[c.Session] = closed[c.Session] || c.Request.Op == "closeSession" && c.Reply.Code == znode.CodeOK
		if c.Reply.Code != znode.CodeSessionExpired && c.Reply.Code != znode.CodeSessionMoved {
			last[c.Session] = max(last[c.Session], c.Zxid)
		}
	}
	for _, s := range l.steps {
		closed[s.session] = closed[s.session] || s.kind == stepEnd
	}
	for i := range l.calls {
		c := &l.calls[i]
		if !closed[c.Session] && c.Reply.Code == znode.CodeOK && c.Request.MakesEphemeral() {
			l.missing(last[c.Session], fmt.Sprintf("whether session 0x%x has expired", uint64(c.Session)))
		}
	}
	for i := range l.lost {
		if c := &l.lost[i]; !closed[c.Session] && c.Request.MakesEphemeral() {
			l.missing(last[c.Session], fmt.Sprintf("whether session 0x%x has expired", uint64(c.Session)))
		}
	}
}

// sightings are the transactions that a read shows to have written some data, and that no answer is from.
func (l *treeLog) sightings() map[string]int64 {
	known := make(map[int64]bool, len(l.steps))
	for _, s := range l.steps {
		if s.kind == stepWrite {
			known[s.zxid] = true
		}
	}
	shown := map[string]int64{}
	for i := range l.calls {
		c := &l.calls[i]
		data, _ := c.Reply.Data.(string)
		if data != "" && c.Reply.Stat != nil && !known[c.Reply.Stat.Mzxid] {
			shown[data] = c.Reply.Stat.Mzxid
		}
	}
	return shown
}

// whereSeen finds the zxid at which a lost write was seen to have taken effect: by its data, which no other client
// writes.
func whereSeen(r znode.Request, shown map[string]int64) (int64, bool) {
	if r.Op == "multi" {
		for _, p := range r.Parts {
			if zxid, found := whereSeen(p, shown); found {
				return zxid, true
			}
		}
		return 0, false
	}
	data, _ := r.Data.(string)
	zxid, found := shown[data]
	return zxid, found
}
