package cluster

import (
	"fmt"

	"ordeal/cluster/kv"
	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// applyCommand applies one command of the log. Whatever it decides, it decides from the state and the command alone:
// every node must come to the same.
func (n *Node) applyCommand(term uint64, c command) {
	switch c.kind {
	case commandExpire:
		n.applyExpire(term, c)
		return
	case commandAbandon:
		n.applyAbandon(c)
		return
	case commandSettled:
		n.applySettled(term, c)
		return
	case commandLeaseExpire:
		n.applyLeaseExpire(term, c)
		return
	}
	own := c.server == n.config.ID && c.incarnation == n.outbox.incarnation && n.serving && !n.outbox.bendPast(c.seq)
	if !n.state.admit(c) {
		return
	}
	if len(c.txn) > 0 && c.txn[0] == kv.Mark {
		n.applyKeys(c, own)
		return
	}
	txn, err := tree.DecodeTxn(c.txn)
	if err != nil {
		panic(fmt.Sprintf("cluster: request %d of server %d: %v", c.seq, c.server, err))
	}
	txn.TimeMs, txn.Request = n.bendTime(txn.TimeMs), n.bendEnd(term, txn.Request)
	before := n.lookBefore(txn)
	zxid := n.state.nextZxid(term)
	result := n.state.tree.Apply(zxid, txn)
	n.noteApplied(txn, result.Err, before)
	n.bendForget(txn.Request)
	accepted := false
	if r, ok := txn.Request.(wire.ReconfigRequest); ok && (result.Err == wire.OK || result.Err == wire.NoAuth) {
		result.Err = n.consider(c, txn, r, result.Err)
		accepted = result.Err == wire.OK
	}
	n.recent.note(zxid, term, n.state.index, txn, result)
	n.finish(zxid, result)
	ok := result.Err == wire.OK
	switch txn.Request.(type) {
	case tree.CreateSession, tree.AttachSession:
		if ok {
			n.sessionAttached(txn.Session, txn.Owner)
		}
	}
	if own {
		n.outbox.sentAt = n.ticks
		asked := n.outbox.pop(c.seq)
		n.noteOwn(asked, term, before)
		if accepted {
			n.changing.waiting = asked
		} else {
			n.deliver(asked, result)
		}
	}
	if _, closed := txn.Request.(wire.CloseSessionRequest); closed && ok {
		n.sessionEnded(txn.Session, "closed")
	}
}

// finish sends the events of a transaction. It comes before every answer that shows what the transaction did.
func (n *Node) finish(zxid int64, result tree.Result) {
	if n.watches.None() {
		return
	}
	for k := range result.Events {
		i := bendOrder(k, len(result.Events))
		for _, watcher := range n.watches.Fire(result.Events[i]) {
			switch c := n.conns.byID(watcher); {
			case c == nil:
			case result.Tells(i, c.ids):
				n.send(firedEvent{watcher, eventFrame(zxid, result.Events[i])})
			default:
				c.untold = true
			}
		}
	}
}

// deliver answers a request of this server's own, and whatever waited behind it.
func (n *Node) deliver(r *request, result tree.Result) {
	if r.call == nil {
		n.welcome(r.conn, result)
		return
	}
	if r.conn.phase == phaseGone {
		return
	}
	r.call.reply = n.reply(r.call, result.Response, result.Err)
	n.answer(r.conn)
}
