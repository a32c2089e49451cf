package remote

import (
	"errors"
	"fmt"
	"slices"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/workloads/uses"
)

// probed are the paths, below that of a trial, of znodes that the service may remove by itself and that no client made.
var probed = []string{"/container", "/ttl"}

// probes are requests for what not every service of ZooKeeper's protocol has, or has switched on. Each may be made
// below path without harm, in this order.
func probeRequests(path string) []wire.Request {
	return []wire.Request{
		wire.CreateContainerRequest{Path: path + probed[0], ACL: openAccess, Flags: wire.FlagContainer},
		wire.CreateTTLRequest{Path: path + probed[1], ACL: openAccess, Flags: wire.FlagTTL, TTLMs: 3_600_000},
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

// needs says which operation the workload can't do without, and the target does not have.
func (v *visit) needs(c *client.Client) error {
	u, _ := uses.ByName(v.Workload)
	for _, req := range []wire.Request{
		wire.MultiRequest{Ops: []wire.Request{wire.CheckRequest{Path: v.base, Version: wire.AnyVersion}}},
		wire.MultiReadRequest{Ops: []wire.Request{wire.GetDataRequest{Path: v.base}}},
	} {
		if !slices.Contains(u.Needs, req.Op()) {
			continue
		}
		if err := c.Submit(req, nil, nil).Wait(); err != nil {
			return fmt.Errorf("the workload %s needs %v, and to that the target says: %w", u.Name, req.Op(), err)
		}
	}
	return nil
}

// openAccess lets everybody do everything.
var openAccess = []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}}

// replacedWatches is the name of what is known of watches of two kinds: see checker.Differences.
const replacedWatches = "ZOOKEEPER-4466"

// probe finds the operations that the target does not have. It notes each: it will not be asked for, and so not be
// judged.
func (v *visit) probe(c *client.Client) map[wire.OpCode]bool {
	// who is in an ensemble that others use is not for a trial to change
	lacking := map[wire.OpCode]bool{wire.OpReconfig: true}
	if v.serves != "" {
		if slices.Contains(v.Find, replacedWatches) {
			lacking[wire.OpCheckWatches], lacking[wire.OpRemoveWatches] = true, true
			v.Note("not judged: checkWatches and removeWatches, which take watches that stay for others there")
		} else {
			lacking[wire.OpAddWatch] = true
			v.Note("not judged: addWatch, since watches take each other's place there")
		}
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
