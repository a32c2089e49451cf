package tree

import (
	"strings"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// update is one transaction's changes to the znodes while they are being made. An operation checks first and changes
// then, so one alone needs no way back; a multi keeps in undo how to take back what its operations have done.
type update struct {
	t      *Tree
	txn    Txn
	events []Event
	// readers are the ACLs of the znodes that the events are about.
	readers []*acl
	// An operation alone has two events at most: they lie here.
	eventRoom  [2]Event
	readerRoom [2]*acl

	undoable bool
	undo     []func()
}

// write carries out one operation that may stand in a multi. When the code is not OK it has changed nothing.
func (u *update) write(r wire.Request) (wire.Response, wire.Code) {
	switch r := r.(type) {
	case wire.CreateRequest, wire.CreateContainerRequest, wire.CreateTTLRequest:
		return u.create(r)
	case wire.DeleteRequest:
		return nil, u.delete(r)
	case wire.SetDataRequest:
		return u.setData(r)
	case wire.CheckRequest:
		return nil, u.check(r)
	}
	return nil, wire.Unimplemented
}

func (u *update) delete(r wire.DeleteRequest) wire.Code {
	if !strings.Contains(r.Path, "/") || strings.Contains(r.Path, "\x00") || isFixed(r.Path) {
		return wire.BadArguments
	}
	parent := u.t.nodes[parentOf(r.Path)]
	switch {
	case parent == nil:
		return wire.NoNode
	case !u.permits(parent, wire.PermDelete):
		return wire.NoAuth
	}
	n := u.t.nodes[r.Path]
	switch {
	case n == nil:
		return wire.NoNode
	case !versionMatches(n.version, r.Version):
		return wire.BadVersion
	case n.numChildren() > 0:
		return wire.NotEmpty
	}
	u.remove(n)
	return wire.OK
}

func (u *update) setData(r wire.SetDataRequest) (wire.Response, wire.Code) {
	n, code := u.find(r.Path, wire.PermWrite)
	if code != wire.OK {
		return nil, code
	}
	more := int64(len(r.Data) - len(n.data))
	if code := u.checkQuota(n.path, more, 0); code != wire.OK {
		return nil, code
	}
	if !versionMatches(n.version, r.Version) {
		return nil, wire.BadVersion
	}
	if n.path == wire.ConfigPath && n.version == configVersion { // the service goes by what it has written there
		return nil, wire.BadArguments
	}
	u.replace(n, r.Data, n.version+1)
	response := wire.SetDataResponse{Stat: n.stat()}
	u.account(n.path, more, 0)
	return response, wire.OK
}

// setACL is no part of write: ZooKeeper takes none in a multi.
func (u *update) setACL(r wire.SetACLRequest) (wire.Response, wire.Code) {
	if !wire.ValidPath(r.Path) {
		return nil, wire.BadArguments
	}
	list, code := u.fixACL(r.ACL)
	if code != wire.OK {
		return nil, code
	}
	n, code := u.find(r.Path, wire.PermAdmin)
	switch {
	case code != wire.OK:
		return nil, code
	case !versionMatches(n.aversion, r.Version):
		return nil, wire.BadVersion
	}
	u.protect(n, u.t.aclOf(list))
	return wire.SetACLResponse{Stat: n.stat()}, wire.OK
}

func (u *update) check(r wire.CheckRequest) wire.Code {
	n, code := u.find(r.Path, wire.PermRead)
	failpoint.Inject("bugCheckOfVersionIgnored", func(_ failpoint.Value) { r.Version = wire.AnyVersion })
	if code == wire.OK && !versionMatches(n.version, r.Version) {
		return wire.BadVersion
	}
	return code
}

// find finds a znode that the requester may do something with.
func (u *update) find(path string, perm int32) (*node, wire.Code) {
	if !wire.ValidPath(path) {
		return nil, wire.BadArguments
	}
	n := u.t.nodes[path]
	switch {
	case n == nil:
		return nil, wire.NoNode
	case !u.permits(n, perm):
		return nil, wire.NoAuth
	}
	return n, wire.OK
}

func (u *update) permits(n *node, perm int32) bool {
	return n.acl.permits(u.txn.IDs, perm) || u.t.bendDenied()
}

func versionMatches(version, wanted int32) bool {
	if wanted == 0 {
		failpoint.Inject("bugVersionZeroIsAny", func(_ failpoint.Value) { wanted = wire.AnyVersion })
	}
	return wanted == wire.AnyVersion || wanted == version
}
