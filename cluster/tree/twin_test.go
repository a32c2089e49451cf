package tree

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"ordeal/cluster/wire"
)

// twin is the dumb twin of Tree: a map of paths, searched from end to end for everything, and copied whole before
// every transaction so that a failure can be forgotten. It shares no code with the tree.
type twin struct {
	nodes    map[string]twinNode
	sessions map[int64]Session
	ended    uint64
}

type twinNode struct {
	data    []byte
	stat    wire.Stat // but for NumChildren, which is counted when asked for
	creates int
	acl     []wire.ACL
	// kind is "", "container" or "ttl".
	kind string
	ttl  int64
}

func newTwin() *twin {
	tw := &twin{nodes: map[string]twinNode{}, sessions: map[int64]Session{}}
	tw.nodes["/"] = twinNode{data: []byte{}, stat: wire.Stat{Cversion: -1}, acl: open}
	tw.nodes["/zookeeper"] = twinNode{data: []byte{}, stat: wire.Stat{Cversion: -2}, acl: open}
	tw.nodes["/zookeeper/config"] = twinNode{data: []byte{}, stat: wire.Stat{Aversion: -1},
		acl: []wire.ACL{{Perms: 1, ID: wire.ID{Scheme: "world", ID: "anyone"}}}}
	tw.nodes["/zookeeper/quota"] = twinNode{data: []byte{}, acl: open}
	return tw
}

func (tw *twin) clone() *twin {
	return &twin{nodes: maps.Clone(tw.nodes), sessions: maps.Clone(tw.sessions), ended: tw.ended}
}

func (tw *twin) children(path string) []string {
	prefix := strings.TrimSuffix(path, "/") + "/"
	var names []string
	for p := range tw.nodes {
		if name, ok := strings.CutPrefix(p, prefix); ok && name != "" && !strings.Contains(name, "/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (tw *twin) ephemerals(id int64) []string {
	var paths []string
	for p, n := range tw.nodes {
		if n.stat.EphemeralOwner == id {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return paths
}

func (tw *twin) stat(path string) wire.Stat {
	n := tw.nodes[path]
	n.stat.NumChildren = int32(len(tw.children(path)))
	n.stat.DataLength = int32(len(n.data))
	return n.stat
}

func (tw *twin) apply(zxid int64, txn Txn) Result {
	next := tw.clone()
	result := next.try(zxid, txn)
	failed := result.Err != wire.OK
	if m, ok := result.Response.(wire.MultiResponse); ok {
		if code, _ := m.Failed(); code != wire.OK {
			failed, result.Events = true, nil
		}
	}
	if !failed {
		*tw = *next
	}
	return result
}

func (tw *twin) try(zxid int64, txn Txn) Result {
	var events []Event
	end := func(id int64) Result {
		s := tw.sessions[id]
		for _, p := range tw.ephemerals(id) {
			events = append(events, tw.remove(zxid, p)...)
		}
		delete(tw.sessions, id)
		tw.ended++
		return Result{Events: events, Session: &s}
	}
	switch r := txn.Request.(type) {
	case CreateSession:
		if _, ok := tw.sessions[r.ID]; ok {
			return Result{Err: wire.BadArguments}
		}
		s := Session{r.ID, r.TimeoutMs, r.Passwd, txn.Owner}
		tw.sessions[r.ID] = s
		return Result{Session: &s}
	case AttachSession:
		s, ok := tw.sessions[r.ID]
		if !ok || !bytes.Equal(s.Passwd, r.Passwd) {
			return Result{Err: wire.SessionExpired}
		}
		s.Owner = txn.Owner
		tw.sessions[r.ID] = s
		return Result{Session: &s}
	case ExpireSession:
		if _, ok := tw.sessions[r.ID]; !ok {
			return Result{Err: wire.SessionExpired}
		}
		return end(r.ID)
	case DeleteContainer:
		return tw.reap(zxid, txn, r)
	case SetConfig:
		n := tw.nodes["/zookeeper/config"]
		n.data, n.stat.Version, n.stat.Mzxid, n.stat.Mtime = r.Data, -1, zxid, txn.TimeMs
		tw.nodes["/zookeeper/config"] = n
		return Result{Response: wire.SetDataResponse{Stat: tw.stat("/zookeeper/config")},
			Events: []Event{{wire.EventDataChanged, "/zookeeper/config"}}}
	}
	if s, ok := tw.sessions[txn.Session]; !ok {
		return Result{Err: wire.SessionExpired}
	} else if s.Owner != txn.Owner {
		return Result{Err: wire.SessionMoved}
	}
	switch r := txn.Request.(type) {
	case wire.CloseSessionRequest:
		return end(txn.Session)
	case wire.MultiRequest:
		return tw.multi(zxid, txn, r)
	case wire.SetACLRequest:
		response, code := tw.setACL(txn, r)
		return Result{Err: code, Response: response}
	}
	response, events, code := tw.one(zxid, txn, txn.Request, false)
	return Result{Err: code, Response: response, Events: events}
}

func (tw *twin) multi(zxid int64, txn Txn, r wire.MultiRequest) Result {
	results := []wire.MultiResult{}
	var events []Event
	bad := wire.OK
	for _, op := range r.Ops {
		if bad != wire.OK {
			results = append(results, wire.MultiResult{Op: wire.OpError, Err: wire.RuntimeInconsistency})
			continue
		}
		if flags := flagsOf(op); (flags == 5 || flags == 6) && op.Op() != wire.OpCreateTTL {
			return Result{Err: wire.MarshallingError}
		}
		response, more, code := tw.one(zxid, txn, op, true)
		if code != wire.OK {
			for i := range results {
				results[i] = wire.MultiResult{Op: wire.OpError}
			}
			bad = code
			results = append(results, wire.MultiResult{Op: wire.OpError, Err: code})
			continue
		}
		events = append(events, more...)
		result := wire.MultiResult{Op: op.Op(), Response: response}
		if r, ok := response.(wire.CreateResponse); ok && r.Stat == nil {
			result.Op = 1
		} else if ok {
			result.Op = 15
		}
		results = append(results, result)
	}
	return Result{Response: wire.MultiResponse{Results: results}, Events: events}
}

func (tw *twin) one(zxid int64, txn Txn, r wire.Request, inMulti bool) (wire.Response, []Event, wire.Code) {
	switch r := r.(type) {
	case wire.CreateRequest, wire.CreateContainerRequest, wire.CreateTTLRequest:
		return tw.create(zxid, txn, r, inMulti)
	case wire.DeleteRequest:
		n, ok := tw.nodes[r.Path]
		parent, hasParent := tw.nodes[up(r.Path)]
		switch {
		case undeletable.MatchString(r.Path):
			return nil, nil, wire.BadArguments
		case !hasParent:
			return nil, nil, wire.NoNode
		case !twinPermits(parent.acl, txn.IDs, 8):
			return nil, nil, wire.NoAuth
		case !ok:
			return nil, nil, wire.NoNode
		case r.Version != -1 && r.Version != n.stat.Version:
			return nil, nil, wire.BadVersion
		case len(tw.children(r.Path)) > 0:
			return nil, nil, wire.NotEmpty
		}
		return nil, tw.remove(zxid, r.Path), wire.OK
	case wire.SetDataRequest:
		if code := tw.expect(r.Path, -1, txn.IDs, 2); code != wire.OK {
			return nil, nil, code
		}
		more := len(r.Data) - len(tw.nodes[r.Path].data)
		if tw.overQuota(txn, r.Path, more, 0) {
			return nil, nil, wire.QuotaExceeded
		}
		if code := tw.expect(r.Path, r.Version, txn.IDs, 2); code != wire.OK {
			return nil, nil, code
		}
		if r.Path == wire.ConfigPath && tw.nodes[r.Path].stat.Version == -1 { // the service has set it
			return nil, nil, wire.BadArguments
		}
		n := tw.nodes[r.Path]
		n.data = r.Data
		n.stat.Version++
		n.stat.Mzxid, n.stat.Mtime = zxid, txn.TimeMs
		tw.nodes[r.Path] = n
		response := wire.SetDataResponse{Stat: tw.stat(r.Path)}
		tw.book(r.Path, more, 0)
		return response, []Event{{wire.EventDataChanged, r.Path}}, wire.OK
	case wire.CheckRequest:
		return nil, nil, tw.expect(r.Path, r.Version, txn.IDs, 1)
	}
	panic("the twin knows no such operation")
}

func (tw *twin) expect(path string, version int32, ids []wire.ID, perm int32) wire.Code {
	n, ok := tw.nodes[path]
	switch {
	case !goodPath.MatchString(path):
		return wire.BadArguments
	case !ok:
		return wire.NoNode
	case !twinPermits(n.acl, ids, perm):
		return wire.NoAuth
	case version != -1 && version != n.stat.Version:
		return wire.BadVersion
	}
	return wire.OK
}

// goodPath is for the paths that the generator makes.
var goodPath = regexp.MustCompile(`^/$|^(/[-a-z0-9_]+)+$`)

var undeletable = regexp.MustCompile(`^/(zookeeper(/config|/quota)?)?$`)

func up(path string) string {
	if i := strings.LastIndex(path, "/"); i > 0 {
		return path[:i]
	}
	return "/"
}

func (tw *twin) remove(zxid int64, path string) []Event {
	up, size := up(path), len(tw.nodes[path].data)
	delete(tw.nodes, path)
	parent := tw.nodes[up]
	parent.stat.Cversion++
	parent.stat.Pzxid = zxid
	tw.nodes[up] = parent
	tw.book(path, -size, -1)
	return []Event{{wire.EventDeleted, path}, {wire.EventChildrenChanged, up}}
}

// dump tells the whole state but for the zxid.
func (tw *twin) dump() string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(tw.nodes)) {
		n := tw.nodes[path]
		fmt.Fprintf(&b, "%s %#v %+v %d %v %s %d\n", path, n.data, tw.stat(path), n.creates, n.acl, n.kind, n.ttl)
	}
	for _, id := range slices.Sorted(maps.Keys(tw.sessions)) {
		fmt.Fprintf(&b, "%+v\n", tw.sessions[id])
	}
	fmt.Fprintf(&b, "%d\n", tw.ended)
	return b.String()
}
