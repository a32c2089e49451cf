package tree

import (
	"fmt"
	"strings"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// creation is what the four requests that make a znode come to.
type creation struct {
	path  string
	data  []byte
	acl   []wire.ACL
	flags int32
	owner int64
	// withStat says that the reply has the Stat.
	withStat bool
}

func isSequential(flags int32) bool {
	return flags == wire.FlagSequential || flags == wire.FlagSequential|wire.FlagEphemeral ||
		flags == wire.FlagSequentialTTL
}

func isTTL(flags int32) bool { return flags == wire.FlagTTL || flags == wire.FlagSequentialTTL }

// creationOf judges the flags of a request. What they mean depends on the operation, as in ZooKeeper: a plain create
// with the flag of a container makes a znode that is none, and createContainer makes one whatever the flags.
func (u *update) creationOf(r wire.Request) (creation, wire.Code) {
	var c creation
	ttlMs := int64(-1)
	switch r := r.(type) {
	case wire.CreateRequest:
		c = creation{path: r.Path, data: r.Data, acl: r.ACL, flags: r.Flags, withStat: r.Stat}
		if r.Flags == wire.FlagEphemeral || r.Flags == wire.FlagEphemeral|wire.FlagSequential {
			c.owner = u.txn.Session
		}
		if c.owner != 0 && u.txn.Settings&Local != 0 {
			return c, wire.EphemeralOnLocalSession
		}
	case wire.CreateContainerRequest:
		c = creation{path: r.Path, data: r.Data, acl: r.ACL, flags: r.Flags, owner: containerOwner, withStat: true}
	case wire.CreateTTLRequest:
		c = creation{path: r.Path, data: r.Data, acl: r.ACL, flags: r.Flags, withStat: true}
		ttlMs = r.TTLMs
	}
	_, takesTTL := r.(wire.CreateTTLRequest)
	switch {
	case c.flags < 0 || c.flags > wire.FlagSequentialTTL:
		return c, wire.BadArguments
	case isTTL(c.flags) && u.txn.Settings&ExtendedTypes == 0:
		return c, wire.Unimplemented
	case isTTL(c.flags):
		var ok bool
		if c.owner, ok = ttlOwner(ttlMs); !ok {
			return c, wire.BadArguments
		}
	case takesTTL:
		return c, wire.BadArguments
	}
	return c, wire.OK
}

// InMulti is what ZooKeeper takes a create inside a multi for: the flags alone say what it makes, and only containers
// and znodes with a time to live are answered with a Stat.
func InMulti(r wire.Request) wire.Request {
	switch op := r.(type) {
	case wire.CreateRequest:
		if op.Flags == wire.FlagContainer {
			return wire.CreateContainerRequest{Path: op.Path, Data: op.Data, ACL: op.ACL, Flags: op.Flags}
		}
		op.Stat = false
		return op
	case wire.CreateContainerRequest:
		failpoint.Inject("bugMultiFlags", func(_ failpoint.Value) { failpoint.Return(r) })
		if op.Flags != wire.FlagContainer {
			return wire.CreateRequest{Path: op.Path, Data: op.Data, ACL: op.ACL, Flags: op.Flags}
		}
	case wire.CreateTTLRequest:
		if !isTTL(op.Flags) {
			return InMulti(wire.CreateRequest{Path: op.Path, Data: op.Data, ACL: op.ACL, Flags: op.Flags})
		}
	}
	return r
}

func (u *update) create(r wire.Request) (wire.Response, wire.Code) {
	c, code := u.creationOf(r)
	if code != wire.OK {
		return nil, code
	}
	path, parent, list, code := u.checkCreate(c)
	if code != wire.OK {
		return nil, code
	}
	n := newNode(path, c.data)
	n.acl = u.t.aclOf(list)
	n.czxid, n.mzxid, n.pzxid = u.t.zxid, u.t.zxid, u.t.zxid
	n.ctime, n.mtime = u.txn.TimeMs, u.txn.TimeMs
	n.owner = c.owner
	response := wire.CreateResponse{Path: path}
	if c.withStat {
		stat := n.stat()
		response.Stat = &stat
	}
	u.insert(n, parent)
	return response, wire.OK
}

// checkCreate returns the path that the new znode is to have, its parent, and its ACL.
func (u *update) checkCreate(c creation) (string, *node, []wire.ACL, wire.Code) {
	refuse := func(code wire.Code) (string, *node, []wire.ACL, wire.Code) { return "", nil, nil, code }
	if !strings.Contains(c.path, "/") || strings.Contains(c.path, "\x00") {
		return refuse(wire.BadArguments)
	}
	list, code := u.fixACL(c.acl)
	if code != wire.OK {
		return refuse(code)
	}
	parent := u.t.nodes[parentOf(c.path)]
	switch {
	case parent == nil:
		return refuse(wire.NoNode)
	case !u.permits(parent, wire.PermCreate):
		return refuse(wire.NoAuth)
	}
	path := c.path
	if isSequential(c.flags) {
		// A sequential path may end in a slash: the number is then the whole name.
		path += fmt.Sprintf("%010d", parent.creates)
	}
	switch {
	case !wire.ValidPath(path):
		return refuse(wire.BadArguments)
	case u.t.nodes[path] != nil:
		return refuse(wire.NodeExists)
	case isSession(parent.owner):
		return refuse(wire.NoChildrenForEphemerals)
	}
	return path, parent, list, u.checkQuota(path, int64(len(c.data)), 1)
}
