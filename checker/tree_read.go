package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// treeLog is a history of the tree, sorted out.
type treeLog struct {
	// calls were answered; lost are writes that were not, or not yet.
	calls, lost []model.TreeCall
	// heard is what the clients heard, in that order: answers too.
	heard []treeHeard
	// steps are the transactions, and what shows the state behind one, in the order of their zxids.
	steps []treeStep
	// unplaced says what nobody knows of the transactions; "" if all are known.
	unplaced string
	// unplacedFrom is the zxid behind which it matters.
	unplacedFrom int64
	// serves says who does; "" is the service as its documentation has it.
	serves string
	// unplacedSteps are those writes: their zxids are what the sessions had been shown before.
	unplacedSteps []treeStep
	// doubtful says of some paths what nobody knows about their changes.
	doubtful map[string]string
	// fed says that the service tells what was applied.
	fed bool
	// ordered says that judgeOrder had nothing to object to.
	ordered bool
	placed  int64
}

// treeHeard is one thing that came from a server: an answer, an event, the answer to setWatches, or the attachment of the
// session to a new connection.
type treeHeard struct {
	at            int // index of the event in the history
	session, conn int64
	kind          heardKind
	// zxid is that of the header; of an event it may be -1, and of an attachment it is 0.
	zxid    int64
	call    *model.TreeCall
	event   model.TreeEvent
	watches *rewatch
	op      *history.Operation
}

type heardKind uint8

const (
	heardAttach heardKind = iota
	heardEvent
	heardWatches
	heardCall
)

// rewatch is what a client asked for to have its watches back, and what the model says of it.
type rewatch struct {
	asked       model.TreeWatches
	fire, again []model.TreeEvent
	rearm       model.TreeWatches
}

// treeApplied is a transaction as the service tells it.
type treeApplied struct {
	at                 int // index of the event
	zxid, session, xid int64
	close              bool
	// reaped is the path of a container that the service removed.
	reaped string
}

// treeRaw is what the events of Service say.
type treeRaw struct {
	applied  []treeApplied
	fed, gap bool
	// ended are the ends of sessions that somebody found out about afterwards.
	ended []treeApplied
}

func readTree(ops []history.Operation) (*treeLog, error) {
	l := &treeLog{doubtful: map[string]string{}, calls: make([]model.TreeCall, 0, len(ops))}
	var raw treeRaw
	for i := range ops {
		op := &ops[i]
		var err error
		switch {
		case op.Process == history.Service:
			err = l.readService(op, &raw)
		case op.Process >= 0 && model.TreeOperation(op.F):
			err = l.readCall(op)
		case op.Process >= 0:
			err = fmt.Errorf("the model tree has no operation %q", op.F)
		}
		if err != nil {
			return nil, fmt.Errorf("event %d, %s by process %d, is malformed: %w", op.Call, op.F, op.Process, err)
		}
	}
	for i := range l.calls {
		c := &l.calls[i]
		l.heard = append(l.heard, treeHeard{at: c.Op.Return, session: c.Session, conn: c.Conn, kind: heardCall,
			zxid: c.Zxid, call: c, op: &c.Op})
	}
	slices.SortFunc(l.heard, func(a, b treeHeard) int { return cmp.Compare(a.at, b.at) })
	l.fed = raw.fed
	l.makeSteps(raw)
	return l, nil
}

func (l *treeLog) readCall(op *history.Operation) error {
	if op.End == history.Fail {
		return nil
	}
	c, err := model.ParseTreeCall(*op)
	if err != nil {
		return err
	}
	switch {
	case op.End == history.OK:
		l.calls = append(l.calls, c)
	case c.Request.Write():
		l.lost = append(l.lost, c)
	}
	return nil
}

// readService reads what the service, and the clients' connections, told of their own accord.
func (l *treeLog) readService(op *history.Operation, raw *treeRaw) error {
	v, _ := op.Argument.([]any)
	h := treeHeard{at: op.Call, op: op}
	var kind, zxid, xid int64
	var what string
	switch op.F {
	case "attach":
		h.kind = heardAttach
		if err := fields(v, &h.session, &h.conn); err != nil {
			return err
		}
	case "event":
		h.kind = heardEvent
		if err := fields(v, &h.session, &h.conn, &kind, &h.event.Path, &h.zxid); err != nil {
			return err
		}
		h.event.Type = kind
	case "setWatches":
		h.kind, h.watches = heardWatches, &rewatch{}
		w := &h.watches.asked
		if err := fields(v, &h.session, &h.conn, &h.zxid, &w.Zxid, &w.Data, &w.Exist, &w.Child); err != nil {
			return err
		}
	case "applied":
		a := treeApplied{at: op.Call}
		into := []any{&zxid, &a.session, &xid, &what}
		if len(v) == 5 {
			into = append(into, &a.reaped)
		}
		if err := fields(v, into...); err != nil {
			return err
		}
		a.zxid, a.xid, a.close = zxid, xid, what == "closeSession"
		raw.applied, raw.fed = append(raw.applied, a), true
		return nil
	case "ended":
		a := treeApplied{at: op.Call, close: true}
		if err := fields(v, &a.zxid, &a.session); err != nil {
			return err
		}
		raw.ended = append(raw.ended, a)
		return nil
	case "serves":
		l.serves, _ = op.Argument.(string)
		return nil
	case "gap":
		raw.gap = true
		return nil
	default:
		return nil
	}
	l.heard = append(l.heard, h)
	return nil
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
		case *[]string:
			*to, ok = model.Strings(list[i])
		}
		if !ok {
			return fmt.Errorf("value %d is a %T", i, list[i])
		}
	}
	return nil
}
