package tree

import (
	"fmt"

	"ordeal/cluster/wire"
)

// Result is what became of a transaction.
type Result struct {
	// Err is the code for the reply's header. It is OK for a multi that failed: the Response tells.
	Err wire.Code
	// Response is nil where the protocol has no body, and when Err is not OK.
	Response wire.Response
	// Events are the changes, in order: what Watches.Fire wants, one by one. They are good until the next transaction.
	Events []Event
	// readers says, event by event, whose reading the ACL permits: see Tells.
	readers []*acl
	// Session is the session that was created or attached, as it is now, or that ended, as it was; else nil.
	Session *Session
}

// Event is a change that a watch may wait for.
type Event struct {
	Type wire.EventType
	Path string
}

// Tells says whether an event is for a client with these ids: for those who may read the znode, as its ACL was when the
// event came about. Who may not has lost the watch all the same. (So ZooKeeper has it since CVE-2024-23944.)
func (r Result) Tells(event int, ids []wire.ID) bool {
	return r.readers[event].permits(ids, wire.PermRead)
}

// Apply carries out one transaction. zxid must be greater than every one before; anything else is a fault of the log,
// and panics. The tree keeps the transaction's bytes: they are not to be written into any more.
func (t *Tree) Apply(zxid int64, txn Txn) Result {
	if zxid <= t.zxid {
		panic(fmt.Sprintf("tree: transaction %#x was applied behind %#x", zxid, t.zxid))
	}
	t.zxid = zxid
	switch r := txn.Request.(type) {
	case CreateSession:
		return t.createSession(r, txn.Owner)
	case AttachSession:
		return t.attachSession(r, txn.Owner)
	case ExpireSession:
		s := t.session(r.ID)
		if s == nil {
			return Result{Err: wire.SessionExpired}
		}
		return t.endSession(s, &update{t: t, txn: txn})
	case DeleteContainer:
		return t.reap(r, &update{t: t, txn: txn})
	case SetConfig:
		u := &update{t: t, txn: txn}
		n := t.nodes[wire.ConfigPath]
		u.replace(n, r.Data, configVersion)
		return Result{Response: wire.SetDataResponse{Stat: n.stat()}, Events: u.events, readers: u.readers}
	}
	return t.applyOwned(txn)
}

// applyOwned carries out what only a session's owner may ask for.
func (t *Tree) applyOwned(txn Txn) Result {
	s := t.session(txn.Session)
	_, closes := txn.Request.(wire.CloseSessionRequest)
	switch local := txn.Settings&Local != 0; {
	case local && !closes, s == nil && !closes && bendClosed():
	case s == nil:
		return Result{Err: wire.SessionExpired}
	case s.Owner != txn.Owner && !bendMoved():
		return Result{Err: wire.SessionMoved}
	}
	u := &t.update
	*u = update{t: t, txn: txn}
	switch r := txn.Request.(type) {
	case wire.CloseSessionRequest:
		return t.endSession(s, u)
	case wire.MultiRequest:
		response, code := u.multi(r)
		return Result{Err: code, Response: response, Events: u.events, readers: u.readers}
	case wire.ReconfigRequest:
		return Result{Err: t.Permits(txn.IDs, wire.ConfigPath, wire.PermWrite)} // the rest is not the tree's to do
	case wire.CheckRequest:
		return Result{Err: wire.Unimplemented} // as in ZooKeeper: only inside a multi
	}
	response, code := u.alone(txn.Request)
	if code != wire.OK {
		return Result{Err: code}
	}
	return Result{Response: response, Events: u.events, readers: u.readers}
}

// alone carries out an operation that is a transaction by itself.
func (u *update) alone(r wire.Request) (wire.Response, wire.Code) {
	if r, ok := r.(wire.SetACLRequest); ok {
		return u.setACL(r)
	}
	return u.write(r)
}
