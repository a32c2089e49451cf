package cluster

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ordeal/cluster/wire"
)

// Wait is something that waits on this node for an answer or for its end: for operators, when clients say that
// nothing comes back.
type Wait struct {
	// What says what it is, in words: "a create of session 0x… (xid 3)".
	What string
	// For is for how long, on this node's monotonic clock.
	For time.Duration
	// Change says that it is a change of the ensemble that is under way, or waits for one: newcomers may have much to
	// catch up on.
	Change bool
	// Alone says that it waits on a connection for reads only, of a server without a leader: no other has a part in it.
	Alone bool
}

// Waiting lists what has waited for at least so long, the longest first. It is to be called between two calls of the
// node.
func (n *Node) Waiting(least time.Duration) (list []Wait) {
	now, stepped := n.host.Clock().Now(), n.sinceTick(n.changing.since)
	alone := false
	note := func(since time.Duration, change bool, what func() string) {
		if waited := now - since; waited >= least {
			list = append(list, Wait{what(), waited, change, alone})
		}
	}
	for _, c := range n.conns.list {
		alone = c.readOnly && n.role.leader == 0
		switch {
		case c.phase == phaseAttaching:
			note(c.usage.lastAt, false, func() string {
				return fmt.Sprintf("the handshake of session %#x", uint64(c.session))
			})
		case len(c.calls) > 0 && c.calls[0].op == wire.OpReconfig:
			note(max(c.calls[0].since, stepped), n.state.next != nil, func() string { return c.calls[0].text(c.session) })
		case len(c.calls) > 0:
			note(c.calls[0].since, false, func() string { return c.calls[0].text(c.session) })
		}
	}
	alone = false
	for _, w := range n.syncs.waiting {
		if w.etcd != nil && !w.gone() {
			note(w.call.since, false, func() string { return w.etcd.head.Method + ", " + n.awaited(w) })
		}
	}
	if w := n.outbox.waiting; len(w) > 0 {
		note(n.sinceTick(w[0].made), false, func() string {
			return fmt.Sprintf("request %d of this server, in the outbox", w[0].seq)
		})
	}
	if next := n.state.next; next != nil {
		note(stepped, true, func() string {
			return fmt.Sprintf("a change of the ensemble, in its stage %d of %d", next.stage+1, stages)
		})
	}
	slices.SortFunc(list, func(a, b Wait) int { return cmp.Or(cmp.Compare(b.For, a.For), cmp.Compare(a.What, b.What)) })
	return list
}

// sinceTick is about when a tick was handled, on the monotonic clock.
func (n *Node) sinceTick(tick uint64) time.Duration {
	return n.nextTick - n.tick - time.Duration(n.ticks-tick)*n.tick
}

// text names a request that waits, and what it waits for.
func (cl *call) text(session int64) string {
	what := fmt.Sprintf("%s of session %#x (xid %d)", cl.op, uint64(session), cl.xid)
	switch {
	case cl.held:
		return what + ", behind a sync or a change of the ensemble"
	case cl.op == wire.OpSync && !cl.confirmed:
		return what + ", for the leader's word"
	case cl.op == wire.OpSync:
		return fmt.Sprintf("%s, for entry %d to be applied", what, cl.index)
	case cl.write:
		return what + ", for its place in the log"
	}
	return what
}
