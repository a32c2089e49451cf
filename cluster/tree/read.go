package tree

import (
	"strings"

	"ordeal/cluster/wire"
)

// Read is ReadAs for a client without any id.
func (t *Tree) Read(r wire.Request) (wire.Response, wire.Code) { return t.ReadAs(nil, r) }

// ReadAs answers an exists, getData, getChildren, getACL, getAllChildrenNumber or multiRead of a client with these ids,
// from the state as it is. It changes nothing, and sets no watch: that is Watches' part. The response shares its data
// and lists with the tree: they are not to be written into.
func (t *Tree) ReadAs(ids []wire.ID, r wire.Request) (wire.Response, wire.Code) {
	switch r := r.(type) {
	case wire.ExistsRequest: // who may not read may know that a znode exists, as in ZooKeeper
		if strings.Contains(r.Path, "\x00") {
			return nil, wire.BadArguments
		}
		if n := t.find(r.Path); n != nil {
			return wire.ExistsResponse{Stat: n.stat()}, wire.OK
		}
		return nil, wire.NoNode
	case wire.GetDataRequest:
		n, code := t.readable(ids, r.Path, wire.PermRead)
		if code != wire.OK {
			return nil, code
		}
		return wire.GetDataResponse{Data: n.data, Stat: n.stat()}, wire.OK
	case wire.GetChildrenRequest:
		n, code := t.readable(ids, r.Path, wire.PermRead)
		if code != wire.OK {
			return nil, code
		}
		return n.children2(r.Stat), wire.OK
	case wire.GetACLRequest:
		n, code := t.readable(ids, r.Path, wire.PermRead|wire.PermAdmin)
		if code != wire.OK {
			return nil, code
		}
		return wire.GetACLResponse{ACL: n.acl.shown(ids), Stat: n.stat()}, wire.OK
	case wire.GetAllChildrenNumberRequest:
		n, code := t.readable(ids, r.Path, wire.PermRead)
		if code != wire.OK {
			return nil, code
		}
		count, _ := n.used()
		if r.Path != "" {
			count-- // itself. For the empty path ZooKeeper counts what begins with a slash: the root too
		}
		return wire.GetAllChildrenNumberResponse{Number: int32(count)}, wire.OK
	case wire.MultiReadRequest:
		return t.multiRead(ids, r), wire.OK
	}
	return nil, wire.Unimplemented
}

// readable finds a znode, and asks whether one of the permissions is granted.
func (t *Tree) readable(ids []wire.ID, path string, perms int32) (*node, wire.Code) {
	n := t.find(path)
	switch {
	case n == nil:
		return nil, wire.NoNode
	case !n.acl.permits(ids, perms):
		return nil, wire.NoAuth
	}
	return n, wire.OK
}

// find finds a znode for a read. As in ZooKeeper, the empty path is the root's too.
func (t *Tree) find(path string) *node {
	if path == "" {
		path = rootPath
	}
	return t.nodes[path]
}

// multiRead answers each read for itself.
func (t *Tree) multiRead(ids []wire.ID, r wire.MultiReadRequest) wire.MultiResponse {
	results := make([]wire.MultiResult, len(r.Ops))
	for i, op := range r.Ops {
		response, code := t.ReadAs(ids, op)
		if code != wire.OK {
			results[i] = wire.MultiResult{Op: wire.OpError, Err: code}
			continue
		}
		results[i] = wire.MultiResult{Op: op.Op(), Response: response}
	}
	return wire.MultiResponse{Results: results}
}

func (n *node) children2(withStat bool) wire.GetChildrenResponse {
	response := wire.GetChildrenResponse{Names: n.names()}
	if withStat {
		stat := n.stat()
		response.Stat = &stat
	}
	return response
}
