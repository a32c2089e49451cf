package znode

import (
	"slices"
	"strings"
)

// The three ways in which the state changes. Each leaves a way back while a multi is under way.

func (t *Tree) put(path string, n znode) {
	if t.undoable {
		before := t.nodes[path]
		t.undo = append(t.undo, func() { t.nodes[path] = before })
	}
	t.nodes[path] = n
}

func (t *Tree) insert(path string, n znode) {
	t.link(path, n)
	if t.undoable {
		t.undo = append(t.undo, func() { t.unlink(path, n) })
	}
}

// remove deletes a znode without children.
func (t *Tree) remove(zxid int64, path string) []Change {
	n, above := t.nodes[path], parentPath(path)
	t.unlink(path, n)
	if t.undoable {
		t.undo = append(t.undo, func() { t.link(path, n) })
	}
	parent := t.nodes[above]
	parent.cversion++
	parent.pzxid = max(parent.pzxid, zxid)
	t.put(above, parent)
	t.account(path, -length(n.data), -1)
	return []Change{n.changed(EventDeleted, path), parent.changed(EventChildrenChanged, above)}
}

func (t *Tree) link(path string, n znode) {
	t.nodes[path] = n
	above, name := parentPath(path), path[strings.LastIndexByte(path, '/')+1:]
	names := t.names[above]
	i, _ := slices.BinarySearch(names, name)
	t.names[above] = slices.Insert(names, i, name)
	if n.owner != 0 {
		if t.owned[n.owner] == nil {
			t.owned[n.owner] = map[string]bool{}
		}
		t.owned[n.owner][path] = true
	}
}

func (t *Tree) unlink(path string, n znode) {
	delete(t.nodes, path)
	above, name := parentPath(path), path[strings.LastIndexByte(path, '/')+1:]
	names := t.names[above]
	if i, found := slices.BinarySearch(names, name); found {
		t.names[above] = slices.Delete(names, i, i+1)
	}
	if len(t.names[above]) == 0 {
		delete(t.names, above)
	}
	if n.owner != 0 {
		delete(t.owned[n.owner], path)
	}
}

// Read answers a session's read from the state as it is. Names are sorted.
func (t *Tree) Read(session int64, r Request) Reply {
	if r.Barred != CodeOK {
		return r.barred()
	}
	switch r.Op {
	case "sync":
		return Reply{Path: r.Path}
	case "reconfig":
		return t.reconfigured()
	case "whoAmI":
		return Reply{Names: shownIDs(r.IDs)}
	case "addWatch":
		if r.Flags != modePersistent && r.Flags != modeRecursive {
			return Reply{Code: CodeMarshalling}
		}
		return Reply{}
	case "getEphemerals":
		var paths []string
		for path := range t.owned[session] { //house:unordered sorted below
			if strings.HasPrefix(path, r.Path) {
				paths = append(paths, path)
			}
		}
		slices.Sort(paths)
		return Reply{Names: paths}
	case "multiRead":
		reply := Reply{Parts: make([]Reply, len(r.Parts))}
		for i, part := range r.Parts {
			part.IDs = r.IDs
			reply.Parts[i] = t.Read(session, part)
		}
		return reply
	}
	n, path, there := t.find(r.Path)
	switch {
	case r.Op == "exists" && strings.Contains(r.Path, "\x00"):
		return Reply{Code: CodeBadArguments}
	case !there:
		return Reply{Code: CodeNoNode}
	case r.Op == "exists": // a client that may not read may know that it is there
		return Reply{Stat: t.stat(path)}
	case r.Op == "getACL" && permits(n.acl, r.IDs, permRead|permAdmin):
		return Reply{ACL: n.shownACL(r.IDs), Stat: t.stat(path)}
	case !permits(n.acl, r.IDs, permRead):
		return Reply{Code: CodeNoAuth}
	}
	switch r.Op {
	case "getData":
		return Reply{Data: n.data, Stat: t.stat(path), dataUnknown: n.dataUnknown}
	case "getChildren":
		return Reply{Names: t.names[path]}
	case "getChildren2":
		return Reply{Names: t.names[path], Stat: t.stat(path)}
	case "getAllChildrenNumber":
		if r.Path == "" {
			return Reply{Number: 1 + t.below("/")} // ZooKeeper counts what begins with a slash: the root too
		}
		return Reply{Number: t.below(r.Path)}
	}
	return Reply{Code: CodeUnimplemented}
}

// barred is the answer to what may not be asked for. A session that its server alone knows can be closed nevertheless.
func (r Request) barred() Reply {
	reply := Reply{Code: r.Barred}
	if r.Op == "closeSession" {
		reply.or = CodeNotReadOnly
		reply.Code = CodeOK
	}
	return reply
}

// find finds a znode for a read, for which the empty path is the root's too.
func (t *Tree) find(path string) (n znode, at string, there bool) {
	if path == "" {
		path = "/"
	}
	n, there = t.nodes[path]
	return n, path, there
}

// stat is what a client sees of a znode that is there, but for the times of day.
func (t *Tree) stat(path string) *Stat {
	n := t.nodes[path]
	s := &Stat{
		Czxid: n.czxid, Mzxid: n.mzxid, Pzxid: n.pzxid,
		Version: n.version, Cversion: n.cversion, Aversion: n.aversion, Owner: n.owner,
		Children: int64(len(t.names[path])), lengthUnknown: n.dataUnknown,
	}
	if data, ok := n.data.(string); ok {
		s.Length = int64(len(data))
	}
	return s
}
