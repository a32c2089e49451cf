package model

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
func (t *Tree) remove(zxid int64, path string) []TreeEvent {
	n, above := t.nodes[path], parentPath(path)
	t.unlink(path, n)
	if t.undoable {
		t.undo = append(t.undo, func() { t.link(path, n) })
	}
	parent := t.nodes[above]
	parent.cversion++
	parent.pzxid = max(parent.pzxid, zxid)
	t.put(above, parent)
	return []TreeEvent{n.event(EventDeleted, path), parent.event(EventChildrenChanged, above)}
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
func (t *Tree) Read(session int64, r TreeRequest) TreeReply {
	switch r.Op {
	case "sync":
		return TreeReply{Path: r.Path}
	case "getEphemerals":
		var paths []string
		for path := range t.owned[session] { //house:unordered sorted below
			if strings.HasPrefix(path, r.Path) {
				paths = append(paths, path)
			}
		}
		slices.Sort(paths)
		return TreeReply{Names: paths}
	case "multiRead":
		reply := TreeReply{Parts: make([]TreeReply, len(r.Parts))}
		for i, part := range r.Parts {
			reply.Parts[i] = t.Read(session, part)
		}
		return reply
	}
	n, there := t.nodes[r.Path]
	switch {
	case !there:
		return TreeReply{Code: CodeNoNode}
	case r.Op == "exists":
		return TreeReply{Stat: t.stat(r.Path)}
	case r.Op == "getACL" && n.permits(permRead|permAdmin):
		return TreeReply{ACL: n.acl, Stat: t.stat(r.Path)}
	case !n.permits(permRead):
		return TreeReply{Code: CodeNoAuth}
	}
	switch r.Op {
	case "getData":
		return TreeReply{Data: n.data, Stat: t.stat(r.Path), dataUnknown: n.dataUnknown}
	case "getChildren":
		return TreeReply{Names: t.names[r.Path]}
	case "getChildren2":
		return TreeReply{Names: t.names[r.Path], Stat: t.stat(r.Path)}
	case "getAllChildrenNumber":
		return TreeReply{Number: t.below(r.Path)}
	}
	return TreeReply{Code: CodeUnimplemented}
}

// stat is what a client sees of a znode that is there, but for the times of day.
func (t *Tree) stat(path string) *TreeStat {
	n := t.nodes[path]
	s := &TreeStat{
		Czxid: n.czxid, Mzxid: n.mzxid, Pzxid: n.pzxid,
		Version: n.version, Cversion: n.cversion, Aversion: n.aversion, Owner: n.owner,
		Children: int64(len(t.names[path])), lengthUnknown: n.dataUnknown,
	}
	if data, ok := n.data.(string); ok {
		s.Length = int64(len(data))
	}
	return s
}

// TreeWatches are the watches that a client sets again after a reconnect, by paths: on data, on the coming of a znode,
// and on children. Zxid is the newest that the client has seen.
type TreeWatches struct {
	Zxid               int64
	Data, Exist, Child []string
}

// Missed says which of the watches have to fire at once, and leaves those that are to be set. Whoever has lost its data
// and its child watch to one deletion hears of it once or twice: so the second is told apart, as again.
func (t *Tree) Missed(w TreeWatches) (fire, again []TreeEvent, rearm TreeWatches) {
	gone := map[string]bool{}
	for _, path := range w.Data {
		switch n, there := t.nodes[path]; {
		case !there:
			gone[path] = true
			fire = append(fire, TreeEvent{Type: EventDeleted, Path: path})
		case n.mzxid > w.Zxid:
			fire = append(fire, TreeEvent{Type: EventDataChanged, Path: path})
		default:
			rearm.Data = append(rearm.Data, path)
		}
	}
	for _, path := range w.Exist {
		if _, there := t.nodes[path]; there {
			fire = append(fire, TreeEvent{Type: EventCreated, Path: path})
		} else {
			rearm.Exist = append(rearm.Exist, path)
		}
	}
	for _, path := range w.Child {
		switch n, there := t.nodes[path]; {
		case !there && gone[path]:
			again = append(again, TreeEvent{Type: EventDeleted, Path: path})
		case !there:
			fire = append(fire, TreeEvent{Type: EventDeleted, Path: path})
		case n.pzxid > w.Zxid:
			fire = append(fire, TreeEvent{Type: EventChildrenChanged, Path: path})
		default:
			rearm.Child = append(rearm.Child, path)
		}
	}
	return fire, again, rearm
}
