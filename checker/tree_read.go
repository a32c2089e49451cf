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
	calls, lost []treeHeard
	// heard is what the clients heard, in that order: answers too.
	heard []*treeHeard
	// conns are the connections, and clients number the sessions.
	conns   map[treeConn]*connection
	clients map[int64]int32
	// everybody says as whom a client asks that has claimed nothing, where that has ids.
	everybody *heardAside
	// steps are the transactions, and what shows the state behind one, in the order of their zxids.
	steps []treeStep
	// unplaced says what is not known of the transactions; "" if all are known.
	unplaced string
	// unplacedFrom is the zxid behind which it matters.
	unplacedFrom int64
	// serves says who does; "" is the service as its documentation has it.
	serves string
	// found are the names of differences of whoever serves that are not let pass.
	found []string
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
	// malformed says what is wrong with a call that was read for its state.
	malformed error
	// settings are the service's, if it told them.
	settings znode.Settings
	// readOnly are the connections to servers that had no leader.
	readOnly map[treeConn]bool
	// localEnds are the requests that ended a session which its server alone knew.
	localEnds map[requestName]bool
	// reconfigs are what clients asked for who is to be in the ensemble.
	reconfigs map[requestName]*znode.Request
	// claims is what was found of the answers to what clients claimed to be.
	claims judgedClaims
	// watched are the watches that were asked for, by any client.
	watched map[watchSpot]bool
	// room has the parts of the call that is looked at.
	room znode.Room
}

func readTree(ops []history.Operation) (*treeLog, error) {
	l := &treeLog{calls: make([]treeHeard, 0, answers(ops)), doubtful: map[string]string{}, watched: map[watchSpot]bool{},
		reconfigs: map[requestName]*znode.Request{}, readOnly: map[treeConn]bool{}, conns: map[treeConn]*connection{},
		clients: map[int64]int32{}}
	raw := treeRaw{unanswered: unanswered(ops)}
	l.noteReadOnly(ops)
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
			return nil, malformedOp(op, err)
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
	head, err := znode.ReadHead(op)
	if err != nil {
		return err
	}
	by := l.connection(treeConn{head.Session, head.Conn})
	h := heardFrom(head, op, by.client)
	h.about = aboutRequest(op.F)
	// Of most answers the rest is read when its state is judged.
	if op.End != history.OK || l.settings.Unowned || asksWatch(op) || op.F == "reconfig" {
		if err := l.readRequest(&h, head); err != nil {
			return err
		}
	}
	if h.heardAside = by.asks; by.asks == nil {
		h.heardAside = l.everybody
	}
	if by.readOnly && (znode.Request{Op: op.F}).AsksForMore() {
		h.about = h.about&^aboutNoEphemeral | aboutNoLeader
	}
	if h.is(aboutReconfig) {
		l.reconfigs[requestName{h.session, h.xid}] = &h.call().Request
	}
	switch {
	case op.End == history.OK:
		l.calls = append(l.calls, h)
	case h.is(aboutLog) && !h.is(aboutBarred):
		l.lost = append(l.lost, h)
	}
	return nil
}

// readRequest reads a request of which more is to be known than who asked.
func (l *treeLog) readRequest(h *treeHeard, head znode.Head) error {
	l.room.Empty()
	var c znode.Call
	if err := c.ParseBehind(head, h.op, &l.room); err != nil {
		return err
	}
	if c.Request.Watch {
		h.about = aboutWatch
	}
	if l.settings.Unowned && c.Request.MakesEphemeral() {
		h.about |= aboutNoEphemeral
	}
	if h.is(aboutWatch | aboutStanding) {
		l.watched[spotOf(&c.Request)] = true
	}
	return nil
}

func malformedOp(op *history.Operation, err error) error {
	return fmt.Errorf("event %d, %s by process %d, is malformed: %w", op.Call, op.F, op.Process, err)
}

// asksWatch says whether an operation sets a watch, as far as that can be told at a glance.
func asksWatch(op *history.Operation) bool {
	switch op.F {
	case "exists", "getData", "getChildren", "getChildren2":
		v, _ := op.Argument.([]any)
		return len(v) < 5 || v[4] != false
	}
	return op.F == "addWatch"
}

// unanswered are the requests that were not answered.
func unanswered(ops []history.Operation) map[requestName]bool {
	names := map[requestName]bool{}
	for i := range ops {
		if v, _ := ops[i].Argument.([]any); ops[i].End == history.Info && ops[i].Process >= 0 && len(v) > 2 {
			var one requestName
			var conn int64
			if fields(v[:3], &one.session, &conn, &one.xid) == nil {
				names[one] = true
			}
		}
	}
	return names
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
