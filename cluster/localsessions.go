package cluster

import (
	"crypto/subtle"
	"maps"
	"slices"

	"ordeal/cluster/wire"
)

// localSession is a session that only this server knows. It ends when nothing was heard of it for its timeout, counted in
// this server's ticks, and with the server.
type localSession struct {
	id        int64
	timeoutMs int32
	passwd    []byte
	heardAt   uint64 // tick
	readOnly  bool   // made while there was no leader
}

// locals are the local sessions, by id.
type locals map[int64]*localSession

// sorted lists them by id.
func (ls locals) sorted() []*localSession {
	var list []*localSession
	for _, id := range slices.Sorted(maps.Keys(ls)) {
		list = append(list, ls[id])
	}
	return list
}

// attachLocal makes a local session, or gives a client its own back.
func (n *Node) attachLocal(c *conn, req wire.ConnectRequest) {
	s := n.locals[req.SessionID]
	switch {
	case req.SessionID == 0:
		s = &localSession{
			id: n.newSessionID(), timeoutMs: n.config.clampTimeout(req.TimeoutMs), passwd: n.newPassword(), readOnly: c.readOnly,
		}
		n.locals[s.id] = s
	case s == nil || subtle.ConstantTimeCompare(s.passwd, req.Passwd) != 1:
		n.refuseSession(c)
		return
	}
	s.heardAt = n.ticks
	c.session, c.passwd = s.id, s.passwd
	n.replaceAttached(c)
	n.welcomeWith(c, s.timeoutMs)
}

// replaceAttached closes the connection that a session had before.
func (n *Node) replaceAttached(c *conn) {
	if before := n.conns.attached(c.session); before != nil {
		n.close(before)
	}
}

// tickLocals ends the local sessions of which nothing was heard for too long.
func (n *Node) tickLocals() {
	if len(n.locals) == 0 || n.ticks%touchTicks != 0 {
		return
	}
	for _, s := range n.locals.sorted() {
		c := n.conns.attached(s.id)
		if c != nil && c.heard {
			s.heardAt, c.heard = n.ticks, false
		}
		if n.ticks-s.heardAt < n.ticksOf(s.timeoutMs) {
			continue
		}
		delete(n.locals, s.id)
		n.host.Log().Info("session ended", "session", s.id, "cause", "expired, local")
		if c != nil {
			n.close(c)
		}
	}
}
