package remote

import (
	"errors"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// probes are requests for what not every service of ZooKeeper's protocol has, or has switched on. Each may be made
// below path without harm, in this order.
func probeRequests(path string) []wire.Request {
	return []wire.Request{
		wire.CreateContainerRequest{Path: path + "/container", ACL: openAccess, Flags: wire.FlagContainer},
		wire.CreateTTLRequest{Path: path + "/ttl", ACL: openAccess, Flags: wire.FlagTTL, TTLMs: 3_600_000},
		wire.CreateRequest{Path: path + "/stat", ACL: openAccess, Stat: true},
		wire.GetAllChildrenNumberRequest{Path: path},
		wire.GetEphemeralsRequest{Prefix: path},
		wire.WhoAmIRequest{},
		wire.MultiReadRequest{Ops: []wire.Request{wire.GetDataRequest{Path: path}}},
		wire.CheckWatchesRequest{Path: path, Type: wire.WatcherData},
		wire.AddWatchRequest{Path: path, Mode: wire.ModePersistent},
		wire.RemoveWatchesRequest{Path: path, Type: wire.WatcherPersistent},
		wire.CheckRequest{Path: path, Version: wire.AnyVersion},
	}
}

// openAccess lets everybody do everything.
var openAccess = []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}}

// probe finds the operations that the target does not have. It notes each: it will not be asked for, and so not be
// judged.
func (v *visit) probe(c *client.Client) map[wire.OpCode]bool {
	// who is in an ensemble that others use is not for a trial to change
	lacking := map[wire.OpCode]bool{wire.OpReconfig: true}
	if v.serves != "" {
		lacking[wire.OpAddWatch] = true
		v.Note("not judged: addWatch, since watches take each other's place there")
		// Not sent to servers of that version.
		lacking[wire.OpCheck] = true
		v.Note("not judged: check alone, which is not sent to a server of that version")
	}
	for _, req := range probeRequests(v.base) {
		if lacking[req.Op()] {
			continue
		}
		// One that is not known at all may cost the connection, or never be answered.
		err := c.Submit(req, nil, nil).Wait()
		if errors.Is(err, wire.Unimplemented) || errors.Is(err, client.ErrConnectionLoss) {
			lacking[req.Op()] = true
			v.Note("not judged: %v, since the target says %v", req.Op(), err)
		}
	}
	return lacking
}
