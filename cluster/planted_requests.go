package cluster

import (
	"bytes"
	"strings"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// What the planted bugs of requests and sessions do; see planted.go.

// bendPast reports, for bugForwardTwice, whether a request is not the next that waits for its result: one that comes a
// second time is not waited for any more.
func (o *outbox) bendPast(seq uint64) bool {
	past := false
	failpoint.Inject("bugForwardTwice", func(_ failpoint.Value) { past = len(o.waiting) == 0 || o.waiting[0].seq != seq })
	return past
}

// bendAgain reports whether a request that was applied before is applied again.
func (c *command) bendAgain(at cursor) bool {
	again := false
	failpoint.Inject("bugForwardTwice", func(_ failpoint.Value) {
		again = c.incarnation == at.incarnation && c.seq <= at.seq
	})
	return again
}

// bendKnown reports whether a leader proposes a request that it has proposed before.
func bendKnown() bool {
	forgotten := false
	failpoint.Inject("bugForwardTwice", func(_ failpoint.Value) { forgotten = true })
	return forgotten
}

// bendCursors returns the cursors that a snapshot has.
func bendCursors(cursors []cursor) []cursor {
	failpoint.Inject("bugForwardsNotInSnapshot", func(_ failpoint.Value) { cursors = nil })
	return cursors
}

// bendTime returns the time of a transaction that is applied.
func (n *Node) bendTime(ms int64) int64 {
	if n.planted.ownClock {
		return n.wallMs()
	}
	return ms
}

// bendEnd returns what is applied for a request that was proposed in a term: for bugSessionEndSkipped, the end of a
// session that comes from an earlier term ends none.
func (n *Node) bendEnd(term uint64, r wire.Request) wire.Request {
	skipped := false
	if term != n.role.term {
		failpoint.Inject("bugSessionEndSkipped", func(_ failpoint.Value) { skipped = true })
	}
	if skipped {
		switch r.(type) {
		case wire.CloseSessionRequest, tree.ExpireSession:
			return tree.ExpireSession{}
		}
	}
	return r
}

// bendSilent reports whether an operation keeps no session alive: for bugReadsDontTouch, all that the leader does not
// hear of anyway, but for pings.
func bendSilent(op wire.OpCode) bool {
	silent := false
	switch op {
	case wire.OpExists, wire.OpGetData, wire.OpGetChildren, wire.OpGetChildren2, wire.OpSync, wire.OpGetACL,
		wire.OpMultiRead:
		failpoint.Inject("bugReadsDontTouch", func(_ failpoint.Value) { silent = true })
	}
	return silent
}

// bendDeposed reports whether a leader that was deposed goes on to end sessions.
func bendDeposed() bool {
	goesOn := false
	failpoint.Inject("bugDeposedLeaderExpires", func(_ failpoint.Value) { goesOn = true })
	return goesOn
}

// bendAhead reports whether a client that comes back to its session is served although it has seen more than this
// server.
func bendAhead(session int64) bool {
	served := false
	failpoint.Inject("bugAttachFromMemory", func(_ failpoint.Value) { served = session != 0 })
	return served
}

// bendAttaching is called when a client has asked for its session back, 0 for a new one: bugAttachFromMemory has the
// server welcome it by what the server has applied, without waiting for the log.
func (n *Node) bendAttaching(c *conn, session int64) {
	failpoint.Inject("bugAttachFromMemory", func(_ failpoint.Value) {
		if s, ok := n.state.tree.Session(session); ok && bytes.Equal(s.Passwd, c.passwd) {
			n.welcome(c, tree.Result{})
		}
	})
}

// bendOvertaking is called with a request that came in: for bugReadOvertakesWrite, a read sees the state at its
// arrival, not that behind the writes before it.
func (n *Node) bendOvertaking(c *conn, cl *call) {
	if len(c.calls) <= 1 {
		return
	}
	failpoint.Inject("bugReadOvertakesWrite", func(_ failpoint.Value) {
		switch cl.request.(type) {
		case wire.GetDataRequest, wire.ExistsRequest, wire.GetChildrenRequest:
			response, code := n.read(c, cl)
			cl.reply = n.reply(cl, response, code)
		}
	})
}

// bendSync is called when a client of the leader asks for a sync. It reports whether the leader answers from what it
// has applied, and then confirms the call.
func (n *Node) bendSync(cl *call) bool {
	failpoint.Inject("bugStaleSync", func(_ failpoint.Value) { cl.confirmed = true })
	failpoint.Inject("bugSyncBeforeTerm", func(_ failpoint.Value) {
		cl.confirmed, cl.index = !n.intake.open, n.state.index
	})
	return cl.confirmed
}

// bendElected is called when an election is won: for bugSyncBeforeTerm, the syncs that wait are answered from what has
// been applied.
func (n *Node) bendElected() {
	failpoint.Inject("bugSyncBeforeTerm", func(_ failpoint.Value) {
		for _, w := range n.syncs.waiting {
			w.call.index, w.call.confirmed = n.state.index, true
		}
		n.syncsApplied()
	})
}

// bendLease reports whether a leader answers how far to read without asking whether it leads still.
func bendLease() bool {
	trusted := false
	failpoint.Inject("bugLeaseRead", func(_ failpoint.Value) { trusted = true })
	return trusted
}

// bendBehind reports whether a client that makes do with reads is let in although it has seen more than this server.
func (c *conn) bendBehind() bool {
	behind := false
	failpoint.Inject("bugReadOnlyBehind", func(_ failpoint.Value) { behind = c.readOnly })
	return behind
}

// bendHeard leaves out those sessions that would make a message to the leader long.
func bendHeard(sessions []int64) []int64 {
	failpoint.Inject("bugHeardCut", func(_ failpoint.Value) { sessions = sessions[:min(len(sessions), 64)] })
	return sessions
}

// bendMustSee has a read wait for what is committed when its turn comes.
func (n *Node) bendMustSee(cl *call) {
	if cl.index > 0 && !cl.awaits {
		failpoint.Inject("bugReadAwaitsPastWrite", func(_ failpoint.Value) { cl.index = n.role.commit })
	}
}

// bendSuper returns the digest that a client has claimed: for bugSuperByName, that of whoever has the same name.
func bendSuper(claimed, super string) string {
	failpoint.Inject("bugSuperByName", func(_ failpoint.Value) {
		if name, _, _ := strings.Cut(super, ":"); strings.HasPrefix(claimed, name+":") {
			claimed = super
		}
	})
	return claimed
}

// bendTaken reports whether the address of a server that joins is another's: for bugAddressTaken, it never is.
func bendTaken(taken bool) bool {
	failpoint.Inject("bugAddressTaken", func(_ failpoint.Value) { taken = false })
	return taken
}

// bendLearners reports whether servers that were taken out of the ensemble go on being sent the log.
func bendLearners() bool {
	stay := false
	failpoint.Inject("bugLearnersStay", func(_ failpoint.Value) { stay = true })
	return stay
}
