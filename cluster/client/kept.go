package client

import (
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
)

// Kept is what a client keeps of its session. The server that carries it keeps the same, and where nothing is under way
// between the two they agree.
type Kept struct {
	Server  host.Addr
	Session int64
	Timeout time.Duration
	// Sent and Received count the frames of the connection, and LastXid is the request that was answered last on it.
	Sent, Received uint64
	LastXid        int32
	// Xids are the requests that have no answer, and Claiming says that a claim has none.
	Xids     []int32
	Claiming bool
	// Said are the claims that were made on this connection, and Held those that last, whenever they were made.
	Said, Held []wire.AuthRequest
	// Watches is what would be set again on another connection, by the paths that the servers know. Forgot says that
	// some are forgotten here that the server may still have.
	Watches wire.SetWatchesRequest
	Forgot  bool
}

// Kept is what the client keeps; ok is false while no connection carries the session, or one to a server without a
// leader does.
func (c *Client) Kept() (k Kept, ok bool) {
	l := c.link
	if c.state != serving || l == nil || l.readOnly {
		return k, false
	}
	k = Kept{Server: l.server, Session: c.id, Timeout: c.timeout, Sent: l.outgoing, Received: l.incoming,
		LastXid: l.answered, Claiming: len(l.claims) > 0, Forgot: l.forgot}
	for _, call := range l.flying {
		k.Xids = append(k.Xids, call.xid)
	}
	k.Said, k.Held = requests(l.said), requests(c.claims)
	kinds := c.watches.paths()
	for i, to := range []*[]string{
		&k.Watches.Data, &k.Watches.Exist, &k.Watches.Child, &k.Watches.Persistent, &k.Watches.PersistentRecursive,
	} {
		*to = all(kinds[i], c.chroot.in)
	}
	return k, true
}

func requests(claims []*claim) []wire.AuthRequest {
	list := make([]wire.AuthRequest, len(claims))
	for i, a := range claims {
		list[i] = a.req
	}
	return list
}
