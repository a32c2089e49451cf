package znode

import (
	"fmt"
	"strings"
)

// The values that a create's flags can have.
const (
	flagEphemeral           = 1
	flagSequential          = 2
	flagEphemeralSequential = 3
	flagContainer           = 4
	flagTTL                 = 5
	flagSequentialTTL       = 6

	ttlMax = 1<<40 - 1 // milliseconds
	// foreverMs is a time to live that no history is as long as.
	foreverMs = 3_600_000
)

// creates says which operations make a znode.
func creates(op string) bool {
	return op == "create" || op == "create2" || op == "createContainer" || op == "createTTL"
}

// opInMulti is what ZooKeeper 3.8 believes a part of a multi to be: it tells creates apart by their flags.
func (r Request) opInMulti() string {
	switch {
	case (r.Op == "create" || r.Op == "create2") && r.Flags == flagContainer:
		return "createContainer"
	case r.Op == "create2", r.Op == "createContainer" && r.Flags != flagContainer:
		return "create"
	}
	return r.Op
}

func sequential(flags int64) bool {
	return flags == flagSequential || flags == flagEphemeralSequential || flags == flagSequentialTTL
}

func (t *Tree) create(zxid, session int64, r Request) (Reply, []Change) {
	path, acl, code := t.mayCreate(r)
	if code != CodeOK {
		return Reply{Code: code}, nil
	}
	n := znode{data: r.Data, czxid: zxid, mzxid: zxid, pzxid: zxid, acl: acl, container: r.Op == "createContainer"}
	switch {
	case n.container:
	case r.Op == "createTTL":
		n.ttl = r.TTL
	case r.Flags == flagEphemeral, r.Flags == flagEphemeralSequential:
		n.owner = session
	}
	above := parentPath(path)
	parent := t.nodes[above]
	parent.creates++
	parent.cversion++
	parent.pzxid = max(parent.pzxid, zxid)
	t.put(above, parent)
	t.insert(path, n)
	reply := Reply{Path: path}
	if r.Op != "create" {
		reply.Stat = t.stat(path)
	}
	t.countUsed(path)
	t.account(path, length(r.Data), 1)
	return reply, []Change{n.changed(EventCreated, path), parent.changed(EventChildrenChanged, above)}
}

// mayCreate returns the path and the ACL that the znode is to have, or why there can't be one. The order of the checks
// is ZooKeeper's: flags, whether there is a parent in the path at all, the ACL, the parent, the permission, and then
// only what the path is made of.
func (t *Tree) mayCreate(r Request) (path string, acl []string, code int64) {
	if code := t.mayBeMade(r); code != CodeOK {
		return "", nil, code
	}
	if !strings.Contains(r.Path, "/") || strings.Contains(r.Path, "\x00") {
		return "", nil, CodeBadArguments
	}
	if acl, code = t.Settings.granted(r.ACL, r.IDs); code != CodeOK {
		return "", nil, code
	}
	parent, there := t.nodes[parentPath(r.Path)]
	switch {
	case !there:
		return "", nil, CodeNoNode
	case !permits(parent.acl, r.IDs, permCreate):
		return "", nil, CodeNoAuth
	}
	path = r.Path
	if sequential(r.Flags) {
		path += fmt.Sprintf("%010d", parent.creates)
	}
	switch _, taken := t.nodes[path]; {
	case !goodPath(path):
		return "", nil, CodeBadArguments
	case taken:
		return "", nil, CodeNodeExists
	case parent.owner != 0:
		return "", nil, CodeNoChildrenForEphemerals
	case t.overQuota(path, length(r.Data), 1):
		return "", nil, CodeQuotaExceeded
	}
	return path, acl, CodeOK
}

// Misshapen says that the flags or the time to live of a create are wrong, whatever the tree is like.
func (r Request) Misshapen() bool {
	return creates(r.Op) && new(Tree).mayBeMade(r) == CodeBadArguments
}

// mayBeMade judges the flags and the time to live.
func (t *Tree) mayBeMade(r Request) int64 {
	timed := r.Flags == flagTTL || r.Flags == flagSequentialTTL
	switch {
	case r.Flags < 0 || r.Flags > flagSequentialTTL:
		return CodeBadArguments
	case timed && t.Settings.Whole && !t.Settings.TTL:
		return CodeUnimplemented
	case timed && (r.Op != "createTTL" || r.TTL <= 0 || r.TTL > ttlMax), !timed && r.Op == "createTTL":
		return CodeBadArguments
	}
	return CodeOK
}
