package model

import (
	"fmt"
	"slices"
	"strings"
)

// The tree of znodes, as ZooKeeper's documentation and its clients have it:
//
//   - every transaction has a zxid, and leaves it on what it changes: czxid and mzxid and pzxid on a znode that it
//     makes, mzxid on one whose data it sets, pzxid on the parent of one that comes or goes;
//   - version counts the times that data was set, cversion the children that came and went, and a sequential name has
//     the number of children that ever came;
//   - an ephemeral znode goes in the transaction that ends its session;
//   - a multi takes effect whole or not at all.

// Codes of replies, as they stand in the protocol.
const (
	CodeOK                      = 0
	CodeRuntimeInconsistency    = -2
	CodeUnimplemented           = -6
	CodeBadArguments            = -8
	CodeNoNode                  = -101
	CodeNoAuth                  = -102
	CodeBadVersion              = -103
	CodeNoChildrenForEphemerals = -108
	CodeNodeExists              = -110
	CodeNotEmpty                = -111
	CodeSessionExpired          = -112
	CodeSessionMoved            = -118
	CodeNoWatcher               = -121
)

// Flags of a create, and the version that matches every other.
const (
	flagEphemeral  = 1
	flagSequential = 2
	flagsKnown     = flagEphemeral | flagSequential
	anyVersion     = -1
)

// Tree is the state at some zxid. It is changed in place: it follows one order of transactions. Clone keeps a state.
type Tree struct {
	nodes map[string]znode
	// names are the children of each znode that has any, sorted.
	names map[string][]string
	// owned are the ephemeral znodes of each session.
	owned map[int64]map[string]bool
	ended map[int64]bool

	// While a multi is under way: how to take back what it has done, and whether that is wanted at all.
	undoable bool
	undo     []func()
}

type znode struct {
	data                any // nil or a string
	dataUnknown         bool
	czxid, mzxid, pzxid int64
	version, cversion   int64
	creates             int64
	owner               int64
	acl                 []string
	aversion            int64
	container           bool
}

// NewTree is the state before the first transaction.
func NewTree() *Tree {
	t := &Tree{
		nodes: map[string]znode{}, names: map[string][]string{},
		owned: map[int64]map[string]bool{}, ended: map[int64]bool{},
	}
	// These were never created by a transaction; so the children that they have are missing from their cversion.
	for path, names := range map[string][]string{ //house:unordered into maps
		"/": {"zookeeper"}, "/zookeeper": {"config", "quota"}, "/zookeeper/config": nil, "/zookeeper/quota": nil,
	} {
		t.nodes[path] = znode{dataUnknown: true, cversion: -int64(len(names)), acl: openACL}
		if names != nil {
			t.names[path] = names
		}
	}
	return t
}

// Len is the number of znodes.
func (t *Tree) Len() int { return len(t.nodes) }

// Clone is a copy that shares nothing which changes.
func (t *Tree) Clone() *Tree {
	c := &Tree{
		nodes: make(map[string]znode, len(t.nodes)), names: make(map[string][]string, len(t.names)),
		owned: make(map[int64]map[string]bool, len(t.owned)), ended: make(map[int64]bool, len(t.ended)),
	}
	for path, n := range t.nodes { //house:unordered into a map
		c.nodes[path] = n
	}
	for path, names := range t.names { //house:unordered into a map
		c.names[path] = slices.Clone(names)
	}
	for session, paths := range t.owned { //house:unordered into a map
		c.owned[session] = make(map[string]bool, len(paths))
		for path := range paths { //house:unordered into a map
			c.owned[session][path] = true
		}
	}
	for session := range t.ended { //house:unordered into a map
		c.ended[session] = true
	}
	return c
}

// TreeEvent is a change that a watch may wait for; Type is as in the protocol. Of one that is Silent nobody is told, since
// nobody may read the znode: but the watches that waited for it are gone.
type TreeEvent struct {
	Type   int64
	Path   string
	Silent bool
}

// event is what those are told who may read a znode.
func (n znode) event(what int64, path string) TreeEvent {
	return TreeEvent{what, path, !n.permits(permRead)}
}

// Types of events.
const (
	EventCreated         = 1
	EventDeleted         = 2
	EventDataChanged     = 3
	EventChildrenChanged = 4
)

// Apply carries out a write of a session at a zxid, and returns what the client is told and the changes in their order.
func (t *Tree) Apply(zxid, session int64, r TreeRequest) (TreeReply, []TreeEvent) {
	if t.ended[session] {
		return TreeReply{Code: CodeSessionExpired}, nil
	}
	switch r.Op {
	case "closeSession":
		return TreeReply{}, t.End(zxid, session)
	case "multi":
		return t.multi(zxid, session, r.Parts)
	}
	return t.write(zxid, session, r)
}

// End ends a session at a zxid: its ephemeral znodes go, in the order of their paths.
func (t *Tree) End(zxid, session int64) []TreeEvent {
	paths := make([]string, 0, len(t.owned[session]))
	for path := range t.owned[session] { //house:unordered sorted below
		paths = append(paths, path)
	}
	slices.Sort(paths)
	var events []TreeEvent
	for _, path := range paths {
		events = append(events, t.remove(zxid, path)...)
	}
	t.ended[session] = true
	return events
}

// Ended says whether a session is over.
func (t *Tree) Ended(session int64) bool { return t.ended[session] }

// Owns says whether a session has ephemeral znodes.
func (t *Tree) Owns(session int64) bool { return len(t.owned[session]) > 0 }

func (t *Tree) multi(zxid, session int64, parts []TreeRequest) (TreeReply, []TreeEvent) {
	t.undoable = true
	defer func() { t.undoable, t.undo = false, nil }()
	reply := TreeReply{Parts: make([]TreeReply, len(parts))}
	var events []TreeEvent
	for i, part := range parts {
		if part.Op == "create2" {
			part.Op = "create" // ZooKeeper 3.8 tells the two apart by their flags only, inside a multi
		}
		one, changes := t.write(zxid, session, part)
		if one.Code == CodeOK {
			reply.Parts[i] = one
			events = append(events, changes...)
			continue
		}
		for k := len(t.undo) - 1; k >= 0; k-- {
			t.undo[k]()
		}
		for k := range parts {
			reply.Parts[k] = TreeReply{}
			if k > i {
				reply.Parts[k].Code = CodeRuntimeInconsistency
			}
		}
		reply.Parts[i].Code = one.Code
		return reply, nil
	}
	return reply, events
}

// write carries out what may stand in a multi.
func (t *Tree) write(zxid, session int64, r TreeRequest) (TreeReply, []TreeEvent) {
	switch r.Op {
	case "create", "create2", "createContainer":
		return t.create(zxid, session, r)
	case "setACL":
		return t.setACL(r)
	case "delete":
		if code := t.mayDelete(r); code != CodeOK {
			return TreeReply{Code: code}, nil
		}
		return TreeReply{}, t.remove(zxid, r.Path)
	case "setData":
		if code := t.mayTouch(r, permWrite); code != CodeOK {
			return TreeReply{Code: code}, nil
		}
		return t.set(zxid, r)
	case "check":
		return TreeReply{Code: t.mayTouch(r, permRead)}, nil
	}
	return TreeReply{Code: CodeUnimplemented}, nil
}

func (t *Tree) create(zxid, session int64, r TreeRequest) (TreeReply, []TreeEvent) {
	path, code := t.mayCreate(r)
	if code != CodeOK {
		return TreeReply{Code: code}, nil
	}
	n := znode{data: r.Data, czxid: zxid, mzxid: zxid, pzxid: zxid, acl: openACL, container: r.Op == "createContainer"}
	if r.Flags&flagEphemeral != 0 {
		n.owner = session
	}
	above := parentPath(path)
	parent := t.nodes[above]
	parent.creates++
	parent.cversion++
	parent.pzxid = max(parent.pzxid, zxid)
	t.put(above, parent)
	t.insert(path, n)
	reply := TreeReply{Path: path}
	if r.Op != "create" {
		reply.Stat = t.stat(path)
	}
	return reply, []TreeEvent{n.event(EventCreated, path), parent.event(EventChildrenChanged, above)}
}

// mayCreate returns the path that the znode is to have, or why there can't be one. The order of the checks is
// ZooKeeper's.
func (t *Tree) mayCreate(r TreeRequest) (string, int64) {
	sequential := r.Flags&flagSequential != 0
	if r.Flags < 0 || r.Flags > flagsKnown {
		return "", CodeBadArguments
	}
	if !goodPath(r.Path) && !(sequential && goodPath(r.Path+"0")) {
		return "", CodeBadArguments
	}
	parent, there := t.nodes[parentPath(r.Path)]
	switch {
	case !there:
		return "", CodeNoNode
	case !parent.permits(permCreate):
		return "", CodeNoAuth
	}
	path := r.Path
	if sequential {
		path += fmt.Sprintf("%010d", parent.creates)
	}
	switch _, taken := t.nodes[path]; {
	case taken:
		return "", CodeNodeExists
	case parent.owner != 0:
		return "", CodeNoChildrenForEphemerals
	}
	return path, CodeOK
}

func (t *Tree) mayDelete(r TreeRequest) int64 {
	if !strings.Contains(r.Path, "/") || t.nodes[r.Path].dataUnknown {
		return CodeBadArguments
	}
	parent, above := t.nodes[parentPath(r.Path)]
	n, there := t.nodes[r.Path]
	switch {
	case above && !parent.permits(permDelete): // asked before the znode is looked for
		return CodeNoAuth
	case !there:
		return CodeNoNode
	case r.Version != anyVersion && r.Version != n.version:
		return CodeBadVersion
	case len(t.names[r.Path]) > 0:
		return CodeNotEmpty
	}
	return CodeOK
}

// mayTouch is what setData and check ask for.
func (t *Tree) mayTouch(r TreeRequest, permission int64) int64 {
	if !goodPath(r.Path) {
		return CodeBadArguments
	}
	n, there := t.nodes[r.Path]
	switch {
	case !there:
		return CodeNoNode
	case !n.permits(permission):
		return CodeNoAuth
	case r.Version != anyVersion && r.Version != n.version:
		return CodeBadVersion
	}
	return CodeOK
}

func (t *Tree) set(zxid int64, r TreeRequest) (TreeReply, []TreeEvent) {
	n := t.nodes[r.Path]
	n.data, n.mzxid, n.dataUnknown = r.Data, zxid, false
	n.version++
	t.put(r.Path, n)
	return TreeReply{Stat: t.stat(r.Path)}, []TreeEvent{n.event(EventDataChanged, r.Path)}
}

// goodPath says whether a znode may have this path. The rules about single characters are left out: no client of a
// trial tries them.
func goodPath(path string) bool {
	if path == "/" {
		return true
	}
	if !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") {
		return false
	}
	for name := range strings.SplitSeq(path[1:], "/") {
		if name == "" || name == "." || name == ".." {
			return false
		}
	}
	return true
}

func parentPath(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}
