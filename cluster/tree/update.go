package tree

import (
	"fmt"
	"strings"

	"ordeal/cluster/wire"
)

// update is one transaction's changes to the znodes while they are being made. An operation checks first and changes
// then, so one alone needs no way back; a multi keeps in undo how to take back what its operations have done.
type update struct {
	t      *Tree
	txn    Txn
	events []Event

	undoable bool
	undo     []func()
}

// write carries out one operation that may stand in a multi. When the code is not OK it has changed nothing.
func (u *update) write(r wire.Request) (wire.Response, wire.Code) {
	switch r := r.(type) {
	case wire.CreateRequest:
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

func (u *update) create(r wire.CreateRequest) (wire.Response, wire.Code) {
	path, parent, code := u.checkCreate(r)
	if code != wire.OK {
		return nil, code
	}
	n := newNode(path, r.Data)
	n.czxid, n.mzxid, n.pzxid = u.t.zxid, u.t.zxid, u.t.zxid
	n.ctime, n.mtime = u.txn.TimeMs, u.txn.TimeMs
	if r.Flags&wire.FlagEphemeral != 0 {
		n.owner = u.txn.Session
	}
	u.insert(n, parent)
	response := wire.CreateResponse{Path: path}
	if r.Stat {
		stat := n.stat()
		response.Stat = &stat
	}
	return response, wire.OK
}

// checkCreate returns the path that the new znode is to have, and its parent.
func (u *update) checkCreate(r wire.CreateRequest) (string, *node, wire.Code) {
	sequential := r.Flags&wire.FlagSequential != 0
	if code := checkFlags(r.Flags); code != wire.OK {
		return "", nil, code
	}
	// A sequential path may end in a slash: the number is then the whole name.
	if !validPath(r.Path) && !(sequential && validPath(r.Path+"0")) {
		return "", nil, wire.BadArguments
	}
	if code := checkACL(r.ACL); code != wire.OK {
		return "", nil, code
	}
	parent := u.t.nodes[parentOf(r.Path)]
	if parent == nil {
		return "", nil, wire.NoNode
	}
	if parent.path == configPath {
		return "", nil, wire.NoAuth
	}
	path := r.Path
	if sequential {
		path += fmt.Sprintf("%010d", parent.creates)
	}
	if u.t.nodes[path] != nil {
		return "", nil, wire.NodeExists
	}
	if parent.owner != 0 {
		return "", nil, wire.NoChildrenForEphemerals
	}
	return path, parent, wire.OK
}

// checkFlags: 4 to 6 are ZooKeeper's container and TTL znodes.
func checkFlags(flags int32) wire.Code {
	switch {
	case flags < 0 || flags > 6:
		return wire.BadArguments
	case flags > wire.FlagEphemeral|wire.FlagSequential:
		return wire.Unimplemented
	}
	return wire.OK
}

func (u *update) delete(r wire.DeleteRequest) wire.Code {
	if !strings.Contains(r.Path, "/") || strings.Contains(r.Path, "\x00") || isFixed(r.Path) {
		return wire.BadArguments
	}
	n := u.t.nodes[r.Path]
	switch {
	case n == nil:
		return wire.NoNode
	case !versionMatches(n, r.Version):
		return wire.BadVersion
	case n.numChildren() > 0:
		return wire.NotEmpty
	}
	u.remove(n)
	return wire.OK
}

func (u *update) setData(r wire.SetDataRequest) (wire.Response, wire.Code) {
	n, code := u.find(r.Path)
	switch {
	case code != wire.OK:
		return nil, code
	case n.path == configPath:
		return nil, wire.NoAuth
	case !versionMatches(n, r.Version):
		return nil, wire.BadVersion
	}
	u.replace(n, r.Data)
	return wire.SetDataResponse{Stat: n.stat()}, wire.OK
}

func (u *update) check(r wire.CheckRequest) wire.Code {
	n, code := u.find(r.Path)
	if code == wire.OK && !versionMatches(n, r.Version) {
		return wire.BadVersion
	}
	return code
}

func (u *update) find(path string) (*node, wire.Code) {
	if !validPath(path) {
		return nil, wire.BadArguments
	}
	if n := u.t.nodes[path]; n != nil {
		return n, wire.OK
	}
	return nil, wire.NoNode
}

func versionMatches(n *node, version int32) bool {
	return version == wire.AnyVersion || version == n.version
}
