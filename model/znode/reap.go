package znode

import (
	"slices"
	"strings"
)

// Reap removes a container or a znode with a time to live at a zxid, as the service does of its own accord. It says
// what is wrong with that; or "". Whether the time has passed is for a caller to judge that knows the instants: see
// Lifetime.
func (t *Tree) Reap(zxid int64, path string) ([]Change, string) {
	n, there := t.nodes[path]
	switch {
	case !there:
		return nil, "there is no such znode"
	case !n.container && n.ttl == 0:
		return nil, "it is no container and has no time to live"
	case n.container && n.creates == 0 && t.Settings.Unused == 0:
		return nil, "it never had a child"
	case len(t.names[path]) > 0:
		return nil, "it has children"
	}
	return t.remove(zxid, path), ""
}

// Lifetime is how long a znode is to live, in milliseconds, from when it was made or its data was set last, and the
// zxid of that. It is 0 for those that live for ever, or until something else ends them. A container lives like that
// until it has had a child.
func (t *Tree) Lifetime(path string) (ms, from int64) {
	n := t.nodes[path]
	if n.container && n.creates == 0 {
		return t.Settings.Unused, n.mzxid
	}
	return n.ttl, n.mzxid
}

// below counts the znodes under a path.
func (t *Tree) below(path string) int64 {
	var count int64
	for _, name := range t.names[path] {
		count += 1 + t.below(strings.TrimSuffix(path, "/")+"/"+name)
	}
	return count
}

// Reapable are the znodes without children that the service may remove by itself, sorted: containers that had some, and
// those with a time to live, whether or not that is over.
func (t *Tree) Reapable() []string {
	var paths []string
	for path, n := range t.nodes { //house:unordered sorted below
		mortal := n.container && (n.creates > 0 || t.Settings.Unused > 0) || n.ttl > 0 && n.ttl < foreverMs
		if mortal && len(t.names[path]) == 0 {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// Changed is the newest transaction that changed a znode or its children.
func (t *Tree) Changed(path string) int64 { return max(t.nodes[path].mzxid, t.nodes[path].pzxid) }

// Pzxid is the newest transaction that changed a znode's children; 0 if there is no such znode.
func (t *Tree) Pzxid(path string) int64 { return t.nodes[path].pzxid }
