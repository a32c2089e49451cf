package cluster

import (
	"errors"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// read answers a read from this server's state, and sets the watch that it asks for.
func (n *Node) read(c *conn, cl *call) (wire.Response, wire.Code) {
	response, code := n.state.tree.ReadAs(cl.ids, cl.request)
	response = n.bendListed(cl.request, response)
	if !n.bendWatch(c, cl.request, code) {
		n.watchFor(c, cl.request, code)
	}
	return response, code
}

// watchFor sets the watch that a read asks for, by how the read came out.
func (n *Node) watchFor(c *conn, r wire.Request, code wire.Code) {
	switch r := r.(type) {
	case wire.GetDataRequest:
		if r.Watch && code == wire.OK {
			n.watches.Add(tree.Data, r.Path, c.id)
		}
	case wire.ExistsRequest:
		// A watch for a znode to come into being is set on one that is not there.
		if r.Watch && (code == wire.OK || code == wire.NoNode) {
			n.watches.Add(tree.Data, r.Path, c.id)
		}
	case wire.GetChildrenRequest:
		if r.Watch && code == wire.OK {
			n.watches.Add(tree.Child, r.Path, c.id)
		}
	}
}

// firedEvent is an event on its way to a watcher.
type firedEvent struct {
	watcher uint64
	frame   []byte
}

func eventFrame(zxid int64, e tree.Event) []byte {
	return wire.EncodeEvent(wire.WatcherEvent{Type: e.Type, State: wire.StateSyncConnected, Path: e.Path}, zxid)
}

func (n *Node) send(f firedEvent) {
	if !n.bendEvent(f) {
		n.deliverEvent(f)
	}
}

func (n *Node) deliverEvent(f firedEvent) {
	if c := n.conns.byID(f.watcher); c != nil {
		c.send(f.frame)
	}
}

// addWatch sets a watch that stays when it fires.
func (n *Node) addWatch(c *conn, r wire.AddWatchRequest) (wire.Response, wire.Code) {
	kind, code := tree.KindOf(r.Mode)
	if code != wire.OK {
		return nil, code
	}
	if !bendRoot(r.Path) {
		n.watches.Add(kind, r.Path, c.id)
	}
	return wire.ErrorResponse{}, wire.OK
}

// setWatches sets a client's watches again after it came back. What it missed is sent at once.
func (n *Node) setWatches(c *conn, r wire.SetWatchesRequest) {
	missed, rearm := tree.Missed(n.state.tree, bendSeen(r))
	failpoint.Inject("bugWatchesLostAtReattach", func(_ failpoint.Value) { missed, rearm = nil, nil })
	if len(missed) > 0 {
		n.did(ToldMissed)
	}
	if len(rearm) > 0 {
		n.did(SetWatchesAgain)
	}
	for _, e := range missed {
		c.send(eventFrame(n.state.tree.Zxid(), e))
	}
	for _, w := range rearm {
		n.watches.Add(w.Kind, w.Path, c.id)
	}
}

func isUnknownOp(err error) bool { return errors.Is(err, wire.ErrUnknownOp) }
