package cluster

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// Who decides that a session is over. Servers tell the leader which sessions they heard from; the leader counts, in
// ticks that it handled, and proposes the end of a session that was silent for its timeout. The proposal names the
// leader's term, and is dropped unless it is applied in an entry of that very term: a leader that was deposed meanwhile
// has decided nothing. A new leader gives every session its whole timeout again.

// touchTicks is how often servers tell the leader whom they heard from, and the leader looks who is overdue.
const touchTicks = raftTicksPerTick / 2

// expirer is the leader's memory of sessions.
type expirer struct {
	running bool
	term    uint64
	// deadlines are ticks, by session.
	deadlines map[int64]uint64
}

func (e *expirer) begin(term, now uint64, n *Node) {
	*e = expirer{running: true, term: term, deadlines: make(map[int64]uint64)}
	for _, s := range n.state.tree.Sessions() {
		e.deadlines[s.ID] = now + n.ticksOf(s.TimeoutMs)
		failpoint.Inject("bugNewLeaderExpires", func(_ failpoint.Value) { e.deadlines[s.ID] = now })
		failpoint.Inject("bugSessionsNotTracked", func(_ failpoint.Value) { delete(e.deadlines, s.ID) })
		if n.planted.installed {
			e.deadlines[s.ID] = math.MaxUint64
		}
	}
}

// expiry is when the end of a session was decided, and when it took its place in the log: terms.
type expiry struct{ decidedIn, appliedIn uint64 }

func (e *expirer) stop() { *e = expirer{} }

// ticksOf is how many ticks a session may be silent. One touch may just have missed its message, so that much is added.
func (n *Node) ticksOf(timeoutMs int32) uint64 {
	return uint64(time.Duration(timeoutMs)*time.Millisecond/n.tick) + touchTicks
}

// sessionTicks is the time that sessions are measured by.
func (n *Node) sessionTicks() uint64 {
	now := n.ticks
	failpoint.Inject("bugExpiryByWallClock",
		func(_ failpoint.Value) { now = uint64(n.wallMs()) / uint64(n.tick.Milliseconds()) })
	return now
}

// touch gives a session its whole timeout again, if this node is the one that counts.
func (n *Node) touch(session int64) {
	if !n.expirer.running {
		return
	}
	if s, ok := n.state.tree.Session(session); ok {
		ticks := n.ticksOf(s.TimeoutMs)
		n.expirer.deadlines[session] = n.expirer.bendDeadline(session, n.sessionTicks()+ticks, ticks)
	} else {
		delete(n.expirer.deadlines, session)
	}
}

// touched takes the sessions that another server heard from.
func (n *Node) touched(b []byte) {
	for r := (reader{b: b}); len(r.b) > 0; {
		if id := int64(r.uint64()); !r.bad {
			n.touch(id)
		}
	}
}

// tickSessions tells the leader whom this server heard from and, as leader, ends the sessions that are overdue.
func (n *Node) tickSessions() {
	if n.ticks%touchTicks != 0 {
		return
	}
	heard := bendHeard(n.conns.takeHeard())
	if n.role.leader == n.config.ID {
		for _, id := range heard {
			n.touch(id)
		}
	} else if to, ok := n.addrOf(n.role.leader); ok && len(heard) > 0 {
		b := []byte{byte(peerTouch)}
		for _, id := range heard {
			b = binary.BigEndian.AppendUint64(b, uint64(id))
		}
		n.post(to, b)
	}
	n.expireOverdue()
}

func (n *Node) expireOverdue() {
	if !n.expirer.running {
		return
	}
	var entries []*raftpb.Entry
	now := n.sessionTicks()
	for s := range n.state.tree.EachSession {
		deadline, known := n.expirer.deadlines[s.ID]
		if !known {
			deadline = now + n.ticksOf(s.TimeoutMs)
			failpoint.Inject("bugSessionsNotTracked", func(_ failpoint.Value) { deadline = math.MaxUint64 })
			n.expirer.deadlines[s.ID] = deadline
			continue
		}
		if now < deadline {
			continue
		}
		c := command{kind: commandExpire, term: n.expirer.term, session: s.ID}
		entries = append(entries, &raftpb.Entry{Data: c.encode()})
		// Should the proposal come to nothing, it is made again after a while.
		n.expirer.deadlines[s.ID] = now + touchTicks
	}
	if len(entries) > 0 {
		n.propose(entries)
	}
}

// applyExpire applies a leader's decision that a session is over, if it was leader still when its decision took its
// place in the log.
func (n *Node) applyExpire(term uint64, c command) {
	if c.term != term && !bendDeposed() {
		return
	}
	n.lastExpiry = expiry{decidedIn: c.term, appliedIn: term}
	zxid := n.state.nextZxid(term)
	txn := tree.Txn{Session: c.session, Request: n.bendEnd(term, tree.ExpireSession{ID: c.session})}
	before := n.lookBefore(txn)
	result := n.state.tree.Apply(zxid, txn)
	n.noteApplied(txn, result.Err, before)
	n.recent.note(zxid, term, n.state.index, txn, result)
	n.finish(zxid, result)
	n.sessionEnded(c.session, "expired")
}

// sessionEnded lets go of what this server kept for a session that is over.
func (n *Node) sessionEnded(id int64, cause string) {
	if !bendOver() {
		delete(n.expirer.deadlines, id)
	}
	n.host.Log().Info("session ended", "session", id, "cause", cause)
	if c := n.conns.attached(id); c != nil {
		n.close(c)
	}
}

// sessionAttached notes that a session has a new owner: it was just heard from, and a connection that it had here
// before is no longer its own.
func (n *Node) sessionAttached(id int64, owner tree.Owner) {
	if !n.bendNotTouched(id) {
		n.touch(id)
	}
	n.expirer.bendAttached(id)
	delete(n.locals, id) // if it was one, it is no longer
	if c := n.conns.attached(id); c != nil && n.ownerOf(c) != owner {
		n.close(c)
	}
	n.closeOvertaken(id, owner)
}

// closeOvertaken closes the connections that wait for a session here which has gone to another one meanwhile: their
// client is there by now. If their turn came, what it had sent behind its handshake would be done behind what it has
// asked for since.
func (n *Node) closeOvertaken(id int64, owner tree.Owner) {
	for _, r := range n.outbox.waiting {
		c := r.conn
		if r.call == nil && c != nil && c.phase == phaseAttaching && c.session == id && n.ownerOf(c) != owner {
			n.close(c)
		}
	}
}

// newSessionID makes an id that no server made before: server, boot, count.
func (n *Node) newSessionID() int64 {
	n.conns.sessionsMade++
	return int64(n.config.ID<<56 | n.outbox.incarnation&0xff_ffff<<32 | n.conns.sessionsMade&0xffff_ffff)
}

// ownerOf is the name that a connection has in the log.
func (n *Node) ownerOf(c *conn) tree.Owner {
	return tree.Owner{Server: n.config.ID, Incarnation: n.outbox.incarnation, Conn: c.id}
}

// handshake takes the first frame of a connection, and asks the log for a session or for its own back.
func (n *Node) handshake(c *conn, frame []byte) {
	req, err := wire.DecodeConnectRequest(frame)
	if err != nil {
		n.host.Log().Warn("not a handshake", "peer", c.host.Peer(), "err", err)
		n.conns.traffic.garbage++
		n.close(c)
		return
	}
	if req.LastZxidSeen > n.state.tree.Zxid() && !bendAhead(req.SessionID) && !c.bendBehind() {
		// The client has seen more than this server: here it would go back in time.
		n.did(RefusedAhead)
		n.close(c)
		return
	}
	c.phase, c.hasReadOnly, c.ids = phaseAttaching, req.HasReadOnly, n.firstIDs(c.host)
	if c.readOnly {
		n.attachReadOnly(c, req)
		return
	}
	known := n.locals[req.SessionID]
	if n.config.LocalSessions && req.SessionID == 0 || known != nil && !known.upgrading {
		n.attachLocal(c, req)
		return
	}
	txn := tree.Txn{Owner: n.ownerOf(c), TimeMs: n.wallMs()}
	timeoutMs := n.grant(req.TimeoutMs)
	if req.SessionID == 0 {
		c.session, c.passwd = n.newSessionID(), n.newPassword()
		txn.Request = tree.CreateSession{ID: c.session, TimeoutMs: timeoutMs, Passwd: c.passwd}
	} else {
		failpoint.Inject("bugTimeoutUnbounded", func(_ failpoint.Value) { timeoutMs = req.TimeoutMs })
		c.session, c.passwd = req.SessionID, req.Passwd
		txn.Request = tree.AttachSession{ID: req.SessionID, Passwd: req.Passwd, TimeoutMs: timeoutMs}
	}
	txn.Session = c.session
	n.submit(c, nil, txn)
	n.bendAttaching(c, req.SessionID)
}

// grant is the timeout of a session that asks for one.
func (n *Node) grant(ms int32) int32 {
	granted := n.config.clampTimeout(ms)
	if granted != ms {
		n.did(GrantedOther)
	}
	return granted
}

func (n *Node) newPassword() []byte {
	b := binary.BigEndian.AppendUint64(nil, n.host.Rand().Uint64())
	return binary.BigEndian.AppendUint64(b, n.host.Rand().Uint64())
}

func (n *Node) wallMs() int64 { return n.host.Clock().Wall().UnixMilli() }

// welcome answers a handshake. A session that can't be had is told so with zeros, which the client takes as expiry.
func (n *Node) welcome(c *conn, result tree.Result) {
	if c.phase != phaseAttaching { // gone, or a local session that was upgraded
		return
	}
	s, ok := n.state.tree.Session(c.session)
	if result.Err != wire.OK || !ok {
		n.refuseSession(c)
		return
	}
	n.welcomeWith(c, s.TimeoutMs)
}

func (n *Node) refuseSession(c *conn) {
	n.did(RefusedGone)
	c.send(wire.ConnectResponse{Passwd: make([]byte, 16), HasReadOnly: c.hasReadOnly, ReadOnly: c.readOnly}.Encode())
	n.close(c)
}

// welcomeWith tells a client that it has its session.
func (n *Node) welcomeWith(c *conn, timeoutMs int32) {
	c.phase, c.heardAt = phaseAttached, n.ticks
	n.conns.attach(c)
	c.usage.timeoutMs = timeoutMs
	if c.readOnly {
		n.did(WelcomedReadOnly)
	}
	c.welcomed(n.state.tree.Zxid(), n.host.Clock().Now())
	c.send(wire.ConnectResponse{
		TimeoutMs: timeoutMs, SessionID: c.session, Passwd: slices.Clone(c.passwd), HasReadOnly: c.hasReadOnly,
		ReadOnly: c.readOnly,
	}.Encode())
	n.takeEarly(c)
}

// isLeader reports whether this node leads, as far as it knows.
func (n *Node) isLeader() bool { return n.role.state == raft.StateLeader }
