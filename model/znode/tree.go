// Package znode says what a tree of znodes does: the sequential specification of the coordination service, pure, and
// sharing no code with the service. Package model has the specifications of everything that is used by way of a recipe.
package znode

import (
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
	CodeMarshalling             = -5
	CodeUnimplemented           = -6
	CodeBadArguments            = -8
	CodeNewConfigNoQuorum       = -13
	CodeReconfigInProgress      = -14
	CodeNoNode                  = -101
	CodeNoAuth                  = -102
	CodeBadVersion              = -103
	CodeNoChildrenForEphemerals = -108
	CodeNodeExists              = -110
	CodeNotEmpty                = -111
	CodeSessionExpired          = -112
	CodeInvalidACL              = -114
	CodeAuthFailed              = -115
	CodeSessionMoved            = -118
	CodeNotReadOnly             = -119
	CodeEphemeralOnLocalSession = -120
	CodeNoWatcher               = -121
	CodeReconfigDisabled        = -123
	CodeQuotaExceeded           = -125
)

// anyVersion matches every other.
const anyVersion = -1

// Settings is how a service is set up, as far as what it answers depends on that.
type Settings struct {
	// Super is the id, "digest:user:hash", whose owner may do everything; "" if there is none.
	Super string
	// Whole says that it knows every operation. Otherwise what it does not know is not judged.
	Whole bool
	// TTL says that znodes may have a time to live.
	TTL bool
	// Quota says that what is over a hard limit is refused.
	Quota bool
	// Reconfig says that clients may change the ensemble.
	Reconfig bool
	// Everybody says that everybody may do everything.
	Everybody bool
	// Local says that a session may be one that its server alone knows; and Unowned that such a session has no ephemeral
	// znodes, rather than that it becomes one of the ensemble when it makes its first.
	Local, Unowned bool
	// Unused is after how long a container goes that never had a child, in milliseconds; 0 for never.
	Unused int64
	// IPv4 says that no ACL can name an address of IPv6.
	IPv4 bool
}

// Tree is the state at some zxid. It is changed in place: it follows one order of transactions. Clone keeps a state.
type Tree struct {
	// Settings are the service's. They are not to be changed once a transaction was applied.
	Settings Settings

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
	// ttl is the time to live, in milliseconds; 0 for ever.
	ttl int64
}

// New is the state before the first transaction.
func New() *Tree {
	t := &Tree{
		nodes: map[string]znode{}, names: map[string][]string{},
		owned: map[int64]map[string]bool{}, ended: map[int64]bool{},
	}
	// These were never created by a transaction; so the children that they have are missing from their cversion.
	for path, names := range map[string][]string{ //house:unordered into maps
		"/": {"zookeeper"}, "/zookeeper": {"config", "quota"}, configPath: nil, "/zookeeper/quota": nil,
	} {
		n := znode{dataUnknown: true, cversion: -int64(len(names)), acl: openACL}
		if path == configPath {
			n.acl, n.aversion = readOnlyACL, -1 // it was given the ACL before any transaction
		}
		t.nodes[path] = n
		if names != nil {
			t.names[path] = slices.Clone(names)
		}
	}
	return t
}

// special says which znodes are there from the start, and for ever.
func special(path string) bool {
	return path == "/" || path == "/zookeeper" || path == configPath || path == "/zookeeper/quota"
}

// Len is the number of znodes.
func (t *Tree) Len() int { return len(t.nodes) }

// Clone is a copy that shares nothing which changes.
func (t *Tree) Clone() *Tree {
	c := &Tree{
		Settings: t.Settings,
		nodes:    make(map[string]znode, len(t.nodes)), names: make(map[string][]string, len(t.names)),
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

// Event is what a watch may wait for; Type is as in the protocol.
type Event struct {
	Type int64
	Path string
}

// Change is an event of a transaction. It is sent only to clients that might read the znode at that moment; the
// others' watches are gone all the same.
type Change struct {
	Event
	readers []string
}

// Tells says whether the event is for a client with these ids.
func (c Change) Tells(ids []string) bool { return permits(c.readers, ids, permRead) }

// changed is an event of a znode.
func (n znode) changed(what int64, path string) Change {
	return Change{Event{what, path}, n.acl}
}

// Types of events.
const (
	EventCreated         = 1
	EventDeleted         = 2
	EventDataChanged     = 3
	EventChildrenChanged = 4
)

// Apply carries out a write of a session at a zxid, and returns the client's reply and the changes in their order.
func (t *Tree) Apply(zxid, session int64, r Request) (Reply, []Change) {
	if t.ended[session] {
		return Reply{Code: CodeSessionExpired}, nil
	}
	switch r.Op {
	case "closeSession":
		return Reply{}, t.End(zxid, session)
	case "multi":
		return t.multi(zxid, session, r)
	case "check":
		return Reply{Code: CodeUnimplemented}, nil // it stands in a multi only
	case "reconfig":
		return t.refusedReconfig(r), nil
	}
	return t.write(zxid, session, r)
}

// End ends a session at a zxid: its ephemeral znodes go, in the order of their paths.
func (t *Tree) End(zxid, session int64) []Change {
	paths := make([]string, 0, len(t.owned[session]))
	for path := range t.owned[session] { //house:unordered sorted below
		paths = append(paths, path)
	}
	slices.Sort(paths)
	var events []Change
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

func (t *Tree) multi(zxid, session int64, r Request) (Reply, []Change) {
	parts := r.Parts
	t.undoable = true
	defer func() { t.undoable, t.undo = false, nil }()
	reply := Reply{Parts: make([]Reply, len(parts))}
	var events []Change
	for i, part := range parts {
		part.Op, part.IDs = part.opInMulti(), r.IDs
		one, changes := t.write(zxid, session, part)
		if lacksTTL(part) {
			t.takeBack()
			return Reply{Code: CodeMarshalling}, nil
		}
		if one.Code == CodeOK {
			reply.Parts[i] = one
			events = append(events, changes...)
			continue
		}
		t.takeBack()
		for k := range parts {
			reply.Parts[k] = Reply{}
			if k > i {
				reply.Parts[k].Code = CodeRuntimeInconsistency
			}
		}
		reply.Parts[i].Code = one.Code
		return reply, nil
	}
	return reply, events
}

// takeBack undoes what a multi has done.
func (t *Tree) takeBack() {
	for k := len(t.undo) - 1; k >= 0; k-- {
		t.undo[k]()
	}
}

// lacksTTL says of a create in a multi whether it asks for a time to live and can't name one. ZooKeeper fails at it and
// refuses the multi as unreadable, whatever is behind it.
func lacksTTL(r Request) bool {
	return creates(r.Op) && r.Op != "createTTL" && (r.Flags == flagTTL || r.Flags == flagSequentialTTL)
}

// write carries out what may stand in a multi.
func (t *Tree) write(zxid, session int64, r Request) (Reply, []Change) {
	switch r.Op {
	case "create", "create2", "createContainer", "createTTL":
		return t.create(zxid, session, r)
	case "setACL":
		return t.setACL(r)
	case "delete":
		if code := t.mayDelete(r); code != CodeOK {
			return Reply{Code: code}, nil
		}
		return Reply{}, t.remove(zxid, r.Path)
	case "setData":
		if code := t.maySet(r); code != CodeOK {
			return Reply{Code: code}, nil
		}
		if r.Path == configPath && t.configured() {
			return Reply{Code: CodeBadArguments}, nil
		}
		return t.set(zxid, r)
	case "check":
		return Reply{Code: t.mayTouch(r, permRead)}, nil
	}
	return Reply{Code: CodeUnimplemented}, nil
}

func (t *Tree) mayDelete(r Request) int64 {
	if !strings.Contains(r.Path, "/") || strings.Contains(r.Path, "\x00") || special(r.Path) {
		return CodeBadArguments
	}
	parent, above := t.nodes[parentPath(r.Path)]
	n, there := t.nodes[r.Path]
	switch {
	case !above:
		return CodeNoNode
	case !permits(parent.acl, r.IDs, permDelete): // asked before the znode is looked for
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
func (t *Tree) mayTouch(r Request, permission int64) int64 {
	if !goodPath(r.Path) {
		return CodeBadArguments
	}
	n, there := t.nodes[r.Path]
	switch {
	case !there:
		return CodeNoNode
	case !permits(n.acl, r.IDs, permission):
		return CodeNoAuth
	case r.Version != anyVersion && r.Version != n.version:
		return CodeBadVersion
	}
	return CodeOK
}

// maySet looks at the version last of all.
func (t *Tree) maySet(r Request) int64 {
	any := r
	any.Version = anyVersion
	if code := t.mayTouch(any, permWrite); code != CodeOK {
		return code
	}
	if t.overQuota(r.Path, length(r.Data)-length(t.nodes[r.Path].data), 0) {
		return CodeQuotaExceeded
	}
	return t.mayTouch(r, permWrite)
}

func (t *Tree) set(zxid int64, r Request) (Reply, []Change) {
	n := t.nodes[r.Path]
	more := length(r.Data) - length(n.data)
	n.data, n.mzxid, n.dataUnknown = r.Data, zxid, false
	n.version++
	t.put(r.Path, n)
	reply := Reply{Stat: t.stat(r.Path)}
	t.account(r.Path, more, 0)
	return reply, []Change{n.changed(EventDataChanged, r.Path)}
}
