package cluster

import (
	"slices"

	"ordeal/cluster/wire"
)

// How a read sees what its server knows to be committed (Config.AwaitCommitted). A server applies an entry when it is
// committed and on its own disk, and the disks of a majority may be done before this one is. Who is told there of a
// write, and then reads here, would miss it. So a read waits until what was committed to this server's knowledge,
// when the read came in, is applied; and not longer, since its client may have asked for a write behind it by now,
// which must not show. It does not wait for a disk that is stuck: after awaitTicks it is answered from what is
// applied, and so is every other read until as much is applied as that one waited for.

// awaiting are the reads that wait, in the order in which they began to.
type awaiting struct {
	reads []awaitingRead
	// resigned is the entry that a read last gave up waiting for.
	resigned uint64
}

// awaitingRead is one of them: the next call of its connection to be answered, which wants call.index applied.
type awaitingRead struct {
	conn *conn
	call *call
	due  uint64 // the tick in which it waits no longer
}

// over says that it was answered meanwhile, or will never be.
func (a awaitingRead) over() bool { return len(a.conn.calls) == 0 || a.conn.calls[0] != a.call }

// awaitTicks is how long a read waits at most, the tick in which it begins to counted.
const awaitTicks = 2

// mustSee notes how far a read must see that has come in.
func (n *Node) mustSee(cl *call) {
	if n.config.AwaitCommitted && seesData(cl.request) {
		cl.index = n.role.commit
	}
}

// awaits reports whether a read, whose turn it is, has to wait for its server's disk.
func (n *Node) awaits(c *conn, cl *call) bool {
	n.bendMustSee(cl)
	if n.state.index >= cl.index || n.state.index < n.awaiting.resigned {
		return false
	}
	if !cl.awaits {
		cl.awaits = true
		n.did(AwaitedCommit)
		n.awaiting.reads = append(n.awaiting.reads, awaitingRead{c, cl, n.ticks + awaitTicks})
	}
	return true
}

// seesData says whether the answer to a request tells what is in the tree, and no other server has a part in it.
func seesData(r wire.Request) bool {
	switch r.(type) {
	case wire.GetDataRequest, wire.ExistsRequest, wire.GetChildrenRequest, wire.GetACLRequest,
		wire.GetAllChildrenNumberRequest, wire.MultiReadRequest, wire.GetEphemeralsRequest:
		return true
	}
	return false
}

// answerAwaiting answers the reads that have waited for what is applied by now, or long enough.
func (n *Node) answerAwaiting() {
	var ready []*conn
	n.awaiting.reads = slices.DeleteFunc(n.awaiting.reads, func(a awaitingRead) bool {
		switch {
		case a.over():
			return true
		case n.state.index >= a.call.index:
		case n.ticks >= a.due:
			n.did(GaveUpAwaiting)
			n.awaiting.resigned = max(n.awaiting.resigned, a.call.index)
		default:
			return false
		}
		ready = append(ready, a.conn)
		return true
	})
	for _, c := range ready {
		n.answer(c)
	}
}
