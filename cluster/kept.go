package cluster

import (
	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// Kept is what this server keeps of a client that has its session here. The client keeps the same, and where nothing
// is under way between the two they agree.
type Kept struct {
	// Received and Sent count the frames of the connection, and LastXid is the request that was answered last.
	Received, Sent uint64
	LastXid        int32
	// Xids are the requests that have no answer, pings left out.
	Xids []int32
	// TimeoutMs is the session's, IDs are who the client is, and Watches visits its watches, in the order of paths.
	TimeoutMs int32
	IDs       []wire.ID
	Watches   func(visit func(tree.Watch))
	// Untold says that one has fired of which the client was not told, since it may not read the znode.
	Untold bool
}

// Kept is what this server keeps of a client; ok is false if it has no connection with the session, or the session has
// moved.
func (n *Node) Kept(session int64) (k Kept, ok bool) {
	c := n.conns.attached(session)
	if c == nil || c.readOnly {
		return k, false
	}
	if local := n.locals[session]; local != nil {
		k.TimeoutMs = local.timeoutMs
	} else if s, lives := n.state.tree.Session(session); lives && s.Owner == n.ownerOf(c) {
		k.TimeoutMs = s.TimeoutMs
	} else {
		return k, false
	}
	k.Received, k.Sent, k.LastXid, k.IDs = c.usage.received, c.usage.sent, c.usage.lastXid, c.ids
	k.Untold = c.untold
	for _, cl := range c.calls {
		if cl.xid != wire.XidPing {
			k.Xids = append(k.Xids, cl.xid)
		}
	}
	k.Watches = func(visit func(tree.Watch)) { n.watches.EachOf(c.id, visit) }
	return k, true
}
