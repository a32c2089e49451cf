package checker

import (
	"math"

	"ordeal/history"
	"ordeal/model/znode"
)

// treeHeard is one thing that came from a server: an answer, an event, the answer to setWatches, or the attachment of
// the session to a new connection. A request that was not answered is one, too, though nothing came.
//
// There is one for each operation of the history, so it has what every look at the history needs and no more: the rest
// of a request and its answer is read anew, by call, where a state is judged.
type treeHeard struct {
	session, conn int64
	// xid numbers the session's requests; 0 where it is no request's.
	xid int64
	// zxid is that of the header; of an event it may be -1, and of an attachment it is 0.
	zxid int64
	op   *history.Operation
	*heardAside
	at int32 // index of the event in the history
	// client numbers the sessions of the history from 0.
	client int32
	// code is that of an answer; one that no 32 bits hold is math.MinInt32, which is none either.
	code  int32
	about treeAbout
	kind  heardKind
}

// heardAside is what most answers do not have.
type heardAside struct {
	event   znode.Event
	watches *rewatch
	// anew says of an attachment that the client knows nothing of the session's watches: it took the session over.
	anew bool
	// ids are those that the answer to a claim, or an attachment, leaves the client with; and of a request, who asks.
	ids []string
	// reply is an answer in the form that others would give it, where that differs from the history's.
	reply *znode.Reply
}

type heardKind uint8

const (
	heardAttach heardKind = iota
	heardEvent
	heardWatches
	heardClaim
	heardCall
)

// treeAbout says of a request what it is about.
type treeAbout uint16

const (
	aboutLog         treeAbout = 1 << iota // it goes through the log when it is served
	aboutCheck                             // a check that stands alone
	aboutReconfig                          // another ensemble
	aboutSync                              // a sync
	aboutClose                             // the end of its session
	aboutWatch                             // a read that sets a watch
	aboutStanding                          // an addWatch
	aboutOwnWatches                        // a checkWatches or a removeWatches
	aboutNoLeader                          // barred, since its server has no leader
	aboutNoEphemeral                       // barred, since its session can have no ephemeral znodes

	aboutBarred = aboutNoLeader | aboutNoEphemeral
)

// aboutRequest says what one is about, but for the watch that it sets and what bars it.
func aboutRequest(op string) treeAbout {
	switch op {
	case "closeSession":
		return aboutClose | aboutLog
	case "check":
		return aboutCheck
	case "reconfig":
		return aboutReconfig
	case "sync":
		return aboutSync
	case "addWatch":
		return aboutStanding
	case "checkWatches", "removeWatches":
		return aboutOwnWatches
	}
	if (znode.Request{Op: op}).Write() {
		return aboutLog
	}
	return 0
}

func (h *treeHeard) is(about treeAbout) bool { return h.about&about != 0 }

// heardFrom is a call as the rest of the history is told; it came as event at.
func heardFrom(head znode.Head, op *history.Operation, client int32) treeHeard {
	h := treeHeard{session: head.Session, conn: head.Conn, xid: head.Xid, zxid: head.Zxid, op: op, at: int32(op.Return),
		client: client, code: int32(head.Code), kind: heardCall}
	if int64(h.code) != head.Code {
		h.code = math.MinInt32
	}
	return h
}

// read reads the request and the answer. Their parts are kept in the room, if there is one.
func (h *treeHeard) read(c *znode.Call, room *znode.Room) error {
	head := znode.Head{Session: h.session, Conn: h.conn, Xid: h.xid, Zxid: h.zxid, Code: int64(h.code)}
	another := h.heardAside != nil && h.reply != nil
	var err error
	if another || h.code == math.MinInt32 { // the code is not the history's
		head, err = znode.ReadHead(h.op)
	}
	if err == nil {
		err = c.ParseBehind(head, h.op, room)
	}
	if another {
		c.Reply = *h.reply
	}
	if h.heardAside != nil {
		c.Request.IDs = h.ids
	}
	switch {
	case h.is(aboutNoLeader):
		c.Request.Barred = znode.CodeNotReadOnly
	case h.is(aboutNoEphemeral):
		c.Request.Barred = znode.CodeEphemeralOnLocalSession
	}
	if err != nil {
		err = malformedOp(h.op, err)
	}
	return err
}

// call is the request and the answer. If they are malformed, then that is said where the state is judged.
func (h *treeHeard) call() *znode.Call {
	c := new(znode.Call)
	_ = h.read(c, nil)
	return c
}

// path is that of a read that sets a watch.
func (h *treeHeard) path() string {
	path, _ := h.op.Argument.([]any)[3].(string)
	return path
}

// text is a call as reasons show it.
func (h *treeHeard) text() string { return callText(h.call()) }

// rewatch is what a client asked for to have its watches back, and what the model says of it.
type rewatch struct {
	asked       znode.Watches
	fire, again []znode.Event
	rearm       znode.Watches
}

// treeConn is one connection of a session.
type treeConn struct{ session, conn int64 }

// connection is what is known of one.
type connection struct {
	// client is the number of its session.
	client int32
	// readOnly says that its server had no leader.
	readOnly bool
	// told says that its handshake was answered.
	told bool
	// asks says as whom the client asks, once it has made a claim.
	asks *heardAside
	// taken are the ids of the claims that were answered: who the service is known to take the client for. It is nil
	// where none was.
	taken []string
	// open are the claims that were not answered yet.
	open []claim
	// refused is the answer that refused one.
	refused *history.Operation
}

// connection is the one of that name; a session's number is given when it is named first.
func (l *treeLog) connection(by treeConn) *connection {
	c := l.conns[by]
	if c == nil {
		client, known := l.clients[by.session]
		if !known {
			client = int32(len(l.clients))
			l.clients[by.session] = client
		}
		c = &connection{client: client, readOnly: l.readOnly[by]}
		l.conns[by] = c
	}
	return c
}

// hearAnswers puts the answers among the rest of what was heard, in the order of events.
func (l *treeLog) hearAnswers() {
	last := int32(-1)
	for i := range l.calls {
		last = max(last, l.calls[i].at)
	}
	byEvent := make([]int32, last+1) // which call returned there, from 1
	for i := range l.calls {
		byEvent[l.calls[i].at] = int32(i + 1)
	}
	others := l.heard // in the order of events, too
	l.heard = make([]*treeHeard, 0, len(others)+len(l.calls))
	for event, n := range byEvent {
		if n == 0 {
			continue
		}
		for ; len(others) > 0 && int(others[0].at) < event; others = others[1:] {
			l.heard = append(l.heard, others[0])
		}
		l.heard = append(l.heard, &l.calls[n-1])
	}
	l.heard = append(l.heard, others...)
}
