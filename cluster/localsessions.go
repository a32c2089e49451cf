package cluster

import (
	"crypto/subtle"
	"maps"
	"slices"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// localSession is a session that only this server knows. It ends when nothing was heard of it for its timeout, counted
// in this server's ticks, and with the server.
type localSession struct {
	id        int64
	timeoutMs int32
	passwd    []byte
	heardAt   uint64 // tick
	readOnly  bool   // made while there was no leader
	upgrading bool   // on its way to be one of the ensemble
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

// localOf is the session of a connection, if it is local; nil else.
func (n *Node) localOf(c *conn) *localSession {
	if s := n.locals[c.session]; s != nil && !s.upgrading {
		return s
	}
	return nil
}

// upgrade makes a session of the ensemble of a local one: what is submitted behind that finds it there.
func (n *Node) upgrade(c *conn, s *localSession) {
	s.upgrading = true
	n.did(JoinedIn)
	timeoutMs := s.timeoutMs
	failpoint.Inject("bugUpgradeForgetsTimeout", func(_ failpoint.Value) { timeoutMs = 0 })
	n.submit(c, nil, tree.Txn{
		Session: s.id, Owner: n.ownerOf(c), TimeMs: n.wallMs(),
		Request: tree.CreateSession{ID: s.id, TimeoutMs: timeoutMs, Passwd: s.passwd},
	})
}

// makesEphemeral reports whether a request asks for a znode that ends with its session.
func makesEphemeral(r wire.Request) bool {
	switch r := r.(type) {
	case wire.CreateRequest:
		return r.Flags == wire.FlagEphemeral || r.Flags == wire.FlagEphemeral|wire.FlagSequential
	case wire.MultiRequest:
		return slices.ContainsFunc(r.Ops, func(op wire.Request) bool { return makesEphemeral(tree.InMulti(op)) })
	}
	return false
}

// attachLocal makes a local session, or gives a client its own back.
func (n *Node) attachLocal(c *conn, req wire.ConnectRequest) {
	s := n.locals[req.SessionID]
	switch {
	case req.SessionID == 0: // a new one
		s = &localSession{
			id: n.newSessionID(), passwd: n.newPassword(), readOnly: c.readOnly,
		}
		n.locals[s.id] = s
		n.did(SetApart)
	case s == nil || subtle.ConstantTimeCompare(s.passwd, req.Passwd) != 1:
		n.refuseSession(c)
		return
	}
	s.heardAt, s.timeoutMs = n.ticks, n.grant(req.TimeoutMs)
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
		if c != nil && c.heard && !s.upgrading {
			s.heardAt, c.heard = s.bendHeardOf(n.ticks), false
		}
		if _, global := n.state.tree.Session(s.id); global {
			delete(n.locals, s.id) // it was upgraded in what a snapshot swallowed
			continue
		}
		if s.upgrading || n.ticks-s.heardAt < n.ticksOf(s.timeoutMs) {
			continue
		}
		delete(n.locals, s.id)
		n.host.Log().Info("session ended", "session", s.id, "cause", "expired, local")
		if c != nil {
			n.close(c)
		}
	}
}
