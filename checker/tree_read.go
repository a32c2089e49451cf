package checker

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model/znode"
)

// treeLog is a history of the tree, sorted out.
type treeLog struct {
	// calls were answered; lost are writes that were not, or not yet.
	calls, lost []znode.Call
	// heard is what the clients heard, in that order: answers too.
	heard []treeHeard
	// steps are the transactions, and what shows the state behind one, in the order of their zxids.
	steps []treeStep
	// unplaced says what is not known of the transactions; "" if all are known.
	unplaced string
	// unplacedFrom is the zxid behind which it matters.
	unplacedFrom int64
	// serves says who does; "" is the service as its documentation has it.
	serves string
	// over are the sessions that have ended, where that must be known before everything else; else nil.
	over map[int64]bool
	// unplacedSteps are those writes: their zxids are what the sessions had been shown before.
	unplacedSteps []treeStep
	// doubtful says of some paths what is not known about their changes.
	doubtful map[string]string
	// fed says that the service tells what was applied.
	fed bool
	// kept are the states before some steps.
	kept map[int]znode.At
	// ordered says that judgeOrder had nothing to object to.
	ordered bool
	placed  int64
	// settings are the service's, if it told them.
	settings znode.Settings
	// readOnly are the connections to servers that had no leader.
	readOnly map[treeConn]bool
	// localEnds are the requests that ended a session which its server alone knew.
	localEnds map[requestName]bool
	// reconfigs are what clients asked for who is to be in the ensemble.
	reconfigs map[requestName]*znode.Request
	// claims are the answers to what clients claimed to be.
	claims claimed
	// standing are the watches that stay when they fire, of all clients.
	standing map[watchSpot]bool
}

// treeHeard is one thing that came from a server: an answer, an event, the answer to setWatches, or the attachment of
// the session to a new connection.
type treeHeard struct {
	at            int // index of the event in the history
	session, conn int64
	// zxid is that of the header; of an event it may be -1, and of an attachment it is 0.
	zxid int64
	call *znode.Call // of a heardCall
	op   *history.Operation
	*heardAside
	kind heardKind
}

// heardAside is what an answer to a call does not have.
type heardAside struct {
	event   znode.Event
	watches *rewatch
	// anew says of an attachment that the client knows nothing of the session's watches: it took the session over.
	anew bool
	// ids are those that the answer to a claim, or an attachment, leaves the client with.
	ids []string
}

type heardKind uint8

const (
	heardAttach heardKind = iota
	heardEvent
	heardWatches
	heardClaim
	heardCall
)

// rewatch is what a client asked for to have its watches back, and what the model says of it.
type rewatch struct {
	asked       znode.Watches
	fire, again []znode.Event
	rearm       znode.Watches
}

// treeConn is one connection of a session.
type treeConn struct{ session, conn int64 }

func readTree(ops []history.Operation) (*treeLog, error) {
	l := &treeLog{calls: make([]znode.Call, 0, answers(ops)), doubtful: map[string]string{}, claims: newClaimed(),
		standing: map[watchSpot]bool{}, reconfigs: map[requestName]*znode.Request{}, readOnly: map[treeConn]bool{}}
	l.noteReadOnly(ops)
	var raw treeRaw
	for i := range ops {
		op := &ops[i]
		var err error
		switch {
		case op.Process == history.Service:
			err = l.readService(op, &raw)
		case op.Process >= 0 && znode.IsOperation(op.F):
			err = l.readCall(op)
		case op.Process >= 0:
			err = fmt.Errorf("the model tree has no operation %q", op.F)
		}
		if err != nil {
			return nil, fmt.Errorf("event %d, %s by process %d, is malformed: %w", op.Call, op.F, op.Process, err)
		}
	}
	l.hearAnswers()
	l.translate(raw)
	l.fed = raw.fed
	l.noteLocalEnds(raw)
	l.makeSteps(raw)
	return l, nil
}

// noteReadOnly finds the connections to servers that had no leader: a client may ask before it is told so.
func (l *treeLog) noteReadOnly(ops []history.Operation) {
	for i := range ops {
		v, _ := ops[i].Argument.([]any)
		var by treeConn
		if ops[i].Process == history.Service && ops[i].F == "attach" && slices.Contains(v, any("read-only")) &&
			fields(v[:min(2, len(v))], &by.session, &by.conn) == nil {
			l.readOnly[by] = true
		}
	}
}

func (l *treeLog) readCall(op *history.Operation) error {
	if op.End == history.Fail {
		return nil
	}
	list := &l.calls
	if op.End == history.Info {
		list = &l.lost
	}
	n := len(*list)
	*list = append(*list, znode.Call{})
	c := &(*list)[n]
	if err := c.Parse(op); err != nil {
		return err
	}
	by := treeConn{c.Session, c.Conn}
	c.Request.IDs = l.claims.of(l.claims.ids, by, l.settings)
	switch {
	case l.readOnly[by] && c.Request.AsksForMore():
		c.Request.Barred = znode.CodeNotReadOnly
	case l.settings.Unowned && c.Request.MakesEphemeral():
		c.Request.Barred = znode.CodeEphemeralOnLocalSession
	}
	if c.Request.Op == "addWatch" {
		l.standing[standingSpot(c.Request)] = true
	}
	if c.Request.Op == "reconfig" {
		request := c.Request // a copy: the place of a call that is lost may become another's
		l.reconfigs[requestName{c.Session, c.Xid}] = &request
	}
	if op.End == history.Info && !(c.Request.Write() && c.Request.Barred == znode.CodeOK) {
		l.lost = l.lost[:n]
	}
	return nil
}

// answers is how many requests of clients were answered.
func answers(ops []history.Operation) int {
	n := 0
	for i := range ops {
		if ops[i].Process >= 0 && ops[i].End == history.OK {
			n++
		}
	}
	return n
}

// hearAnswers puts the answers among the rest of what was heard, in the order of events.
func (l *treeLog) hearAnswers() {
	last := -1
	for i := range l.calls {
		last = max(last, l.calls[i].Op.Return)
	}
	byEvent := make([]int32, last+1) // which call returned there, from 1
	for i := range l.calls {
		byEvent[l.calls[i].Op.Return] = int32(i + 1)
	}
	others := l.heard // in the order of events, too
	l.heard = make([]treeHeard, 0, len(others)+len(l.calls))
	for event, n := range byEvent {
		if n == 0 {
			continue
		}
		for ; len(others) > 0 && others[0].at < event; others = others[1:] {
			l.heard = append(l.heard, others[0])
		}
		c := &l.calls[n-1]
		l.heard = append(l.heard, treeHeard{at: event, session: c.Session, conn: c.Conn, kind: heardCall, zxid: c.Zxid,
			call: c, op: c.Op})
	}
	l.heard = append(l.heard, others...)
}

// fields reads a list into variables of the kinds that histories have.
func fields(list []any, into ...any) error {
	if len(list) != len(into) {
		return fmt.Errorf("%d values where %d belong", len(list), len(into))
	}
	for i, to := range into {
		var ok bool
		switch to := to.(type) {
		case *int64:
			*to, ok = list[i].(int64)
		case *string:
			*to, ok = list[i].(string)
		case *any:
			*to, ok = list[i], true
		case *[]string:
			*to, ok = znode.Strings(list[i])
		}
		if !ok {
			return fmt.Errorf("value %d is a %T", i, list[i])
		}
	}
	return nil
}
