package cluster

import (
	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// start starts what a call needs from the rest of the ensemble, at once and whatever is before it in the queue: the
// log keeps the order of one connection's writes.
func (n *Node) start(c *conn, cl *call) {
	switch {
	case cl.op == wire.OpCloseSession && n.localOf(c) != nil:
		return // when its turn comes
	case c.readOnly && cl.request != nil && !permitsReadOnly(cl.request):
		cl.err = wire.NotReadOnly
		return
	}
	switch cl.request.(type) {
	case wire.CreateRequest, wire.CreateContainerRequest, wire.CreateTTLRequest, wire.DeleteRequest, wire.SetDataRequest,
		wire.SetACLRequest, wire.CheckRequest, wire.MultiRequest, wire.CloseSessionRequest:
		n.write(c, cl)
	case wire.SyncRequest:
		n.beginSync(c, cl)
	case wire.ReconfigRequest:
		if !n.config.Reconfig {
			cl.err = wire.ReconfigDisabled
			return
		}
		n.write(c, cl)
	case wire.GetDataRequest, wire.ExistsRequest, wire.GetChildrenRequest, wire.GetACLRequest,
		wire.GetAllChildrenNumberRequest,
		wire.MultiReadRequest, wire.GetEphemeralsRequest, wire.WhoAmIRequest, wire.AddWatchRequest, wire.CheckWatchesRequest,
		wire.RemoveWatchesRequest, wire.SetWatchesRequest, wire.PingRequest:
	default:
		cl.err = wire.Unimplemented
		if cl.op == wire.OpMulti || cl.op == wire.OpMultiRead {
			cl.err = wire.MarshallingError // something stands in it that may not
		}
	}
}

// write sends a call on its way into the log.
func (n *Node) write(c *conn, cl *call) {
	settings := n.config.Settings
	switch s := n.localOf(c); {
	case s == nil:
	case !makesEphemeral(cl.request):
		settings |= tree.Local
	case !n.config.UpgradeSessions:
		cl.err = wire.EphemeralOnLocalSession
		n.did(RefusedUnowned)
		return
	default:
		n.upgrade(c, s)
	}
	cl.write, cl.request = true, n.bendChecked(cl.request)
	n.submit(c, cl, tree.Txn{
		Session: c.session, Owner: n.ownerOf(c), Xid: cl.xid, TimeMs: n.wallMs(),
		IDs: cl.ids, Settings: settings, Request: cl.request,
	})
}

// replyTo makes the reply to the call at the head of the queue, or reports that it has to wait.
func (n *Node) replyTo(c *conn, cl *call) ([]byte, bool) {
	if cl.err != wire.OK {
		return n.reply(cl, nil, cl.err), true
	}
	switch r := cl.request.(type) {
	case wire.SyncRequest:
		if !cl.confirmed || n.state.index < cl.index {
			return nil, false
		}
		return n.reply(cl, wire.SyncResponse(r), wire.OK), true
	}
	if cl.write || cl.reply != nil {
		return cl.reply, cl.reply != nil
	}
	if n.awaits(c, cl) || n.bendGivesWay(c, cl) {
		return nil, false
	}
	response, code := n.local(c, cl)
	return n.reply(cl, n.bendGoneOn(cl, response), code), true
}

// local answers what this server can answer alone, at once.
func (n *Node) local(c *conn, cl *call) (wire.Response, wire.Code) {
	switch r := cl.request.(type) {
	case wire.PingRequest:
		return nil, wire.OK
	case wire.WhoAmIRequest:
		return whoAmI(cl.ids), wire.OK
	case wire.GetEphemeralsRequest:
		return wire.GetEphemeralsResponse{Paths: n.state.tree.EphemeralsWith(c.session, r.Prefix)}, wire.OK
	case wire.SetWatchesRequest:
		n.setWatches(c, r)
		return nil, wire.OK
	case wire.AddWatchRequest:
		return n.addWatch(c, r)
	case wire.CheckWatchesRequest:
		return nil, n.watches.Check(r.Path, r.Type, c.id)
	case wire.RemoveWatchesRequest:
		return nil, n.watches.Remove(r.Path, r.Type, c.id)
	case wire.CloseSessionRequest:
		delete(n.locals, c.session) // of others it is a write
		return nil, wire.OK
	}
	return n.read(c, cl)
}

// unknownZxid stands in the answer to an unknown operation, as ZooKeeper has it.
const unknownZxid = -1

func (n *Node) reply(cl *call, response wire.Response, code wire.Code) []byte {
	if cl.isUnknown() {
		return wire.EncodeReply(wire.ReplyHeader{Xid: cl.xid, Zxid: unknownZxid, Err: code}, nil)
	}
	return wire.EncodeReply(wire.ReplyHeader{Xid: cl.xid, Zxid: n.state.tree.Zxid(), Err: code}, response)
}
