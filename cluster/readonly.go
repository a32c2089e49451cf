package cluster

import (
	"crypto/subtle"

	"ordeal/cluster/wire"
)

// A server without a leader can still say what it knows. If its configuration says so, it then accepts clients that
// have said that they make do with reads: of a state that stands still, and may be long out of date. Whatever asks for
// more is refused with NotReadOnly, sync included. When there is a leader they are all sent away, and come back as
// other clients do.

// readOnlyTicks is for how long a server has had no leader when it begins to serve reads. It has sent its other clients
// away by then: see tickLeaderless.
const readOnlyTicks = raftTicksPerTick

// readOnly reports whether this server has no leader and serves reads to those who asked for that.
func (n *Node) readOnly() bool {
	return n.config.ReadOnly && n.serving && n.role.leader == 0 && n.member() &&
		n.ticks-n.role.leaderlessSince >= readOnlyTicks
}

// endReadOnly sends the clients away that were let in while there was no leader.
func (n *Node) endReadOnly() {
	n.closeThose("there is a leader", func(c *conn) bool { return c.readOnly })
	for _, s := range n.locals.sorted() {
		if s.readOnly && !bendReadOnlyStays() {
			delete(n.locals, s.id)
		}
	}
}

// attachReadOnly answers a handshake without the log. A client that has a session of the ensemble keeps it, as far as
// this server knows of it; one that has none gets one that only this server knows.
func (n *Node) attachReadOnly(c *conn, req wire.ConnectRequest) {
	if !req.ReadOnly {
		n.host.Log().Info("connection refused: this server has no leader, and the client wants more than reads", "peer",
			c.host.Peer())
		n.close(c)
		return
	}
	global, ok := n.state.tree.Session(req.SessionID)
	if ok && (subtle.ConstantTimeCompare(global.Passwd, req.Passwd) == 1 || bendUnasked()) {
		c.session, c.passwd = global.ID, global.Passwd
		n.replaceAttached(c)
		n.welcomeWith(c, n.grant(req.TimeoutMs))
		return
	}
	n.attachLocal(c, req)
}

// permitsReadOnly reports whether a request asks for no more than reads.
func permitsReadOnly(r wire.Request) bool {
	switch r.(type) {
	case wire.GetDataRequest, wire.ExistsRequest, wire.GetChildrenRequest, wire.GetACLRequest,
		wire.GetAllChildrenNumberRequest,
		wire.MultiReadRequest, wire.GetEphemeralsRequest, wire.WhoAmIRequest, wire.AddWatchRequest, wire.CheckWatchesRequest,
		wire.RemoveWatchesRequest, wire.SetWatchesRequest, wire.PingRequest:
		return true
	}
	return bendPermitted(r)
}
