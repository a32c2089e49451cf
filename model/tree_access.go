package model

import (
	"slices"
	"strconv"
	"strings"
)

// Permissions, as in the protocol. Creates and deletes ask the parent.
const (
	permRead   = 1
	permWrite  = 2
	permCreate = 4
	permDelete = 8
	permAdmin  = 16
)

// openACL is what every znode is made with, as far as this model goes. An entry is scheme:id:permissions.
var openACL = []string{"world:anyone:31"}

// permits says whether anybody may do one of the things. Nobody of whom this model knows is more than anybody.
func (n znode) permits(permissions int64) bool {
	for _, entry := range n.acl {
		if rest, ok := strings.CutPrefix(entry, "world:anyone:"); ok {
			if granted, err := strconv.ParseInt(rest, 10, 64); err == nil && granted&permissions != 0 {
				return true
			}
		}
	}
	return false
}

// setACL changes nothing but the ACL and its version, and fires no watch.
func (t *Tree) setACL(r TreeRequest) (TreeReply, []TreeEvent) {
	if !goodPath(r.Path) {
		return TreeReply{Code: CodeBadArguments}, nil
	}
	n, there := t.nodes[r.Path]
	switch {
	case !there:
		return TreeReply{Code: CodeNoNode}, nil
	case !n.permits(permAdmin):
		return TreeReply{Code: CodeNoAuth}, nil
	case r.Version != anyVersion && r.Version != n.aversion:
		return TreeReply{Code: CodeBadVersion}, nil
	}
	n.acl = r.ACL
	n.aversion++
	t.put(r.Path, n)
	return TreeReply{Stat: t.stat(r.Path)}, nil
}

// Reap removes a container at a zxid, as the service does of its own accord. It says what is wrong with that; or "".
func (t *Tree) Reap(zxid int64, path string) ([]TreeEvent, string) {
	n, there := t.nodes[path]
	switch {
	case !there:
		return nil, "there is no such znode"
	case !n.container:
		return nil, "it is no container"
	case len(t.names[path]) > 0:
		return nil, "it has children"
	}
	return t.remove(zxid, path), ""
}

// below counts the znodes under a path.
func (t *Tree) below(path string) int64 {
	var count int64
	for _, name := range t.names[path] {
		count += 1 + t.below(strings.TrimSuffix(path, "/")+"/"+name)
	}
	return count
}

// Reapable are the containers that the service may remove by itself, sorted: those that had children and have none.
func (t *Tree) Reapable() []string {
	var paths []string
	for path, n := range t.nodes { //house:unordered sorted below
		if n.container && n.creates > 0 && len(t.names[path]) == 0 {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// Changed is the newest transaction that changed a znode or its children.
func (t *Tree) Changed(path string) int64 { return max(t.nodes[path].mzxid, t.nodes[path].pzxid) }

// ACL is a znode's; nil if there is none.
func (t *Tree) ACL(path string) []string { return t.nodes[path].acl }

// SwapACL gives a znode another ACL without a transaction, if there is one, and returns the one that it had.
func (t *Tree) SwapACL(path string, acl []string) []string {
	n, there := t.nodes[path]
	before := n.acl
	if n.acl = acl; there {
		t.nodes[path] = n
	}
	return before
}
