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
	// begun is the event at which it was asked for, and known the event from which it was known to have happened.
	begun, known int
	// heard is the call, or the answer to setWatches; nil for what the service does by itself.
	heard *treeHeard
	own   *ownStep // nil for most
	kind  stepKind
	// answered says that the call's result is known; hidden, that it is in no answer and no record; void, that it was
	// refused, whatever the model says.
	answered, hidden, void bool
}

// ownStep is what few steps have.
type ownStep struct {
	// session is the one that ended, if there was no call to end it.
	session int64
	// reaped is the znode that the service removed by itself.
	reaped *reaped
	// config is what the service put in force.
	config *znode.Config
	// acls are those that counted in place of the znodes' own.
	acls map[string][]string
}

// isCall says whether it is a client's request.
func (s *treeStep) isCall() bool { return s.heard != nil && s.heard.kind == heardCall }

// op is the operation that it is of; nil for what the service does by itself.
func (s *treeStep) op() *history.Operation {
	if s.heard == nil {
		return nil
	}
	return s.heard.op
}

// session is the one that asked for it, or that ended.
func (s *treeStep) session() int64 {
	switch {
	case s.heard != nil:
		return s.heard.session
	case s.own != nil:
		return s.own.session
	}
	return 0
}

func (s *treeStep) watches() *rewatch {
	if s.heard == nil || s.heard.heardAside == nil {
		return nil
	}
	return s.heard.watches
}

func (s *treeStep) reaped() *reaped {
	if s.own == nil {
		return nil
	}
	return s.own.reaped
}

func (s *treeStep) config() *znode.Config {
	if s.own == nil {
		return nil
	}
	return s.own.config
}

func (s *treeStep) acls() map[string][]string {
	if s.own == nil {
		return nil
	}
	return s.own.acls
}

type stepKind uint8

const (
	stepWrite stepKind = iota
	stepEnd            // of a session or a znode, or a change of the ensemble: what the service does by itself
	stepLook           // a read, or the answer to setWatches: behind the transaction of the same zxid
)

// isTransaction says whether an answered request went through the log. One that a server does not know it answers
// itself; a check that stands alone is known, and refused where it would take effect.
func (l *treeLog) isTransaction(h *treeHeard) bool {
	switch {
	case h.is(aboutBarred), l.localEnds[requestName{h.session, h.xid}]:
		return false
	case h.is(aboutReconfig): // one that succeeds shows the transaction in which it does
		return h.code != znode.CodeOK && h.code != znode.CodeReconfigDisabled && h.code != znode.CodeNewConfigNoQuorum
	case l.settings.Whole:
		return h.is(aboutLog | aboutCheck)
	}
	return h.is(aboutLog) && h.code != znode.CodeUnimplemented
}

func (l *treeLog) makeSteps(raw treeRaw) {
	l.steps = make([]treeStep, 0, len(l.heard)+len(raw.applied)+len(raw.ended))
	for _, h := range l.heard {
		s := treeStep{zxid: h.zxid, kind: stepLook, known: int(h.at), heard: h}
		switch {
		case h.kind == heardWatches:
		case h.kind != heardCall, h.is(aboutOwnWatches), l.refused(h), l.localEnds[requestName{h.session, h.xid}]:
			l.readOnce(h)
			continue
		default:
			s.answered, s.begun = true, h.op.Call
			if l.isTransaction(h) {
				s.kind = stepWrite
			}
		}
		l.steps = append(l.steps, s)
	}
	l.placeLost(raw)
	sortSteps(l.steps)
}

// sortSteps puts steps in the order in which they happened. They are many and large, so it is numbers that are sorted,
// and each step is moved once.
func sortSteps(steps []treeStep) {
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
	for i := range order {
		first, to := steps[i], i
		for from := int(order[to].at); from != i; from = int(order[to].at) {
			steps[to], order[to].at = steps[from], int32(to)
			to = from
		}
		steps[to], order[to].at = first, int32(to)
	}
}

// noteLocalEnds finds the sessions that their servers alone knew, and that were closed there: no transaction is any of
// these ends, and nothing goes with such a session.
func (l *treeLog) noteLocalEnds(raw treeRaw) {
	if !l.settings.Local {
		return
	}
	through := make(map[requestName]bool, len(raw.applied)) // of the ends of sessions, all
	for _, a := range raw.applied {
		through[requestName{a.session, a.xid}] = true
	}
	l.localEnds = map[requestName]bool{}
	for i := range l.calls {
		h := &l.calls[i]
		one := requestName{h.session, h.xid}
		if h.is(aboutClose) && !through[one] {
			l.localEnds[one] = true
			if raw.gap {
				l.missing(h.zxid, fmt.Sprintf("whether %s was more than the end of a session of one server", h.text()))
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
			config := &znode.Config{Text: *a.config, Asked: a.xid != 0, Request: l.reconfigs[requestName{a.session, a.xid}]}
			l.placeOwn(a, &ownStep{config: config})
		case a.xid != 0:
			applied[requestName{a.session, a.xid}] = a
		case a.reaped != nil:
			l.placeOwn(a, &ownStep{reaped: a.reaped})
		case a.close:
			l.placeOwn(a, &ownStep{session: a.session})
		}
	}
	ended := l.placeEnds(raw.ended)
	var shown map[string]int64
	if !raw.fed {
		shown = l.sightings()
	}
	before, closed := l.shownBefore(), l.closings()
	for i := range l.lost {
		h := &l.lost[i]
		if h.is(aboutClose) && ended[h.session] {
			continue // it is that end, or came too late for one
		}
		a, found := applied[requestName{h.session, h.xid}]
		if !found && (raw.fed && !raw.gap || closed[h.session] != 0 && closed[h.session] < h.xid) {
			continue // it never took effect, or its session was closed before it
		}
		s := treeStep{zxid: a.zxid, kind: stepWrite, heard: h, begun: h.op.Call, known: a.at}
		if !found {
			s.known = endless
			s.zxid, found = whereSeen(h.call().Request, shown)
		}
		if !found {
			l.missing(before[i], fmt.Sprintf("whether and when %s took effect", h.text()))
			s.zxid, s.hidden = before[i], true
			l.unplacedSteps = append(l.unplacedSteps, s)
			continue
		}
		l.placed++
		l.steps = append(l.steps, s)
	}
	if !raw.fed || raw.gap {
		l.noteUnendedSessions()
	}
}

// placeOwn places what the service did by itself.
func (l *treeLog) placeOwn(a treeApplied, own *ownStep) {
	l.steps = append(l.steps, treeStep{zxid: a.zxid, kind: stepEnd, known: a.at, own: own})
}

// placeEnds places the ends of sessions that were found out about afterwards.
func (l *treeLog) placeEnds(ends []treeApplied) (ended map[int64]bool) {
	ended = make(map[int64]bool, len(ends))
	for _, e := range ends {
		ended[e.session] = true
		l.placeOwn(e, &ownStep{session: e.session})
	}
	return ended
}

// closings are the xids with which sessions were closed.
func (l *treeLog) closings() map[int64]int64 {
	closed := map[int64]int64{}
	for i := range l.calls {
		if h := &l.calls[i]; h.is(aboutClose) && h.code == znode.CodeOK {
			closed[h.session] = h.xid
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
		for ; next < len(l.heard) && int(l.heard[next].at) < l.lost[i].op.Call; next++ {
			if h := l.heard[next]; h.kind == heardCall || h.kind == heardWatches {
				newest[h.session] = max(newest[h.session], h.zxid)
			}
		}
		shown[i] = newest[l.lost[i].session]
	}
	return shown
}

// noteUnendedSessions looks for sessions with ephemeral znodes that are not known to have ended: they may have expired,
// but not before what they were answered last.
func (l *treeLog) noteUnendedSessions() {
	closed, last := map[int64]bool{}, map[int64]int64{}
	for i := range l.calls {
		h := &l.calls[i]
		closed[h.session] = closed[h.session] || h.is(aboutClose) && h.code == znode.CodeOK
		if h.code != znode.CodeSessionExpired && h.code != znode.CodeSessionMoved {
			last[h.session] = max(last[h.session], h.zxid)
		}
	}
	for i := range l.steps {
		s := &l.steps[i]
		closed[s.session()] = closed[s.session()] || s.kind == stepEnd
	}
	for _, list := range [...][]treeHeard{l.calls, l.lost} {
		for i := range list { // the code of what was not answered is that of no error
			h := &list[i]
			if !closed[h.session] && h.code == znode.CodeOK && h.is(aboutLog) && h.call().Request.MakesEphemeral() {
				l.missing(last[h.session], fmt.Sprintf("whether session 0x%x has expired", uint64(h.session)))
			}
		}
	}
}

// sightings are the transactions that a read shows to have written some data, and that no answer is from.
func (l *treeLog) sightings() map[string]int64 {
	known := make(map[int64]bool, len(l.steps))
	for i := range l.steps {
		if s := &l.steps[i]; s.kind == stepWrite {
			known[s.zxid] = true
		}
	}
	shown := map[string]int64{}
	for i := range l.calls {
		c := l.calls[i].call()
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
