package tree

import (
	"github.com/google/btree"

	"ordeal/cluster/wire"
)

// node is a znode. Its data is replaced, never written into: whoever was shown it may keep it.
type node struct {
	path string
	record
	// children is nil until there is one.
	children *nodeSet
}

// nodeSet is nodes in the order of their paths: of siblings, that is the order of their names.
type nodeSet = btree.BTreeG[*node]

func byPath(a, b *node) bool { return a.path < b.path }

// record is what a node holds by value, so that a multi can put it back as it was.
type record struct {
	data         []byte
	czxid, mzxid int64
	ctime, mtime int64
	version      int32
	// creates counts the children that the node was ever given: the next sequential name. Deletes don't lower it.
	creates  int32
	aversion int32
	// counted is what the node adds to the tree's bytes.
	counted int32
	// owner: see owner.go.
	owner int64
	pzxid int64
	acl   *acl

	// contentHash is that of path and data, which may be large; hash is what the node adds to the tree's sum.
	contentHash, hash uint64
}

func (n *node) numChildren() int {
	if n.children == nil {
		return 0
	}
	return n.children.Len()
}

// stat is what clients see. They are shown creates + deletes as the child version, which is 2·creates − children.
// So a new tree's root, which was born with a child, shows −1, as ZooKeeper's does.
func (n *node) stat() wire.Stat {
	children := int32(n.numChildren())
	return wire.Stat{
		Czxid: n.czxid, Mzxid: n.mzxid,
		Ctime: n.ctime, Mtime: n.mtime,
		Version:        n.version,
		Cversion:       2*n.creates - children,
		Aversion:       n.aversion,
		EphemeralOwner: n.ephemeralOwner(),
		DataLength:     int32(len(n.data)),
		NumChildren:    children,
		Pzxid:          n.pzxid,
	}
}

// names lists the children in order; nil for none.
func (n *node) names() []string {
	if n.numChildren() == 0 {
		return nil
	}
	names := make([]string, 0, n.children.Len())
	n.children.Ascend(func(child *node) bool {
		names = append(names, nameOf(child.path))
		return true
	})
	return names
}

// ascending lists a set, which may be nil, so that it can change while the list is gone through.
func ascending(set *nodeSet) []*node {
	if set == nil {
		return nil
	}
	list := make([]*node, 0, set.Len())
	set.Ascend(func(n *node) bool {
		list = append(list, n)
		return true
	})
	return list
}

// walkAfter calls f for the znodes behind a path in the order of a walk, or for all with "", until f returns false; it
// reports whether f never did. There need not be a znode at the path, any more. f must not change the tree.
func (t *Tree) walkAfter(path string, f func(*node) bool) bool {
	if path == "" {
		return t.nodes[rootPath].walk(f)
	}
	if n := t.nodes[path]; n != nil && !n.walkChildren("", f) {
		return false
	}
	for path != rootPath {
		above := parentOf(path)
		if n := t.nodes[above]; n != nil && !n.walkChildren(path, f) {
			return false
		}
		path = above
	}
	return true
}

func (n *node) walk(f func(*node) bool) bool { return f(n) && n.walkChildren("", f) }

// walkChildren walks the children behind one, and all that is below them.
func (n *node) walkChildren(behind string, f func(*node) bool) bool {
	on := true
	if n.numChildren() > 0 {
		n.children.AscendGreaterOrEqual(&node{path: behind}, func(child *node) bool {
			on = child.path == behind || child.walk(f)
			return on
		})
	}
	return on
}

func (n *node) setData(data []byte) {
	n.data = data
	n.contentHash = mix(mix(seedNode, hashBytes([]byte(n.path))), hashBytes(data))
}

// rehash brings the tree's sum up to date after n has changed. Who the children are is left to their own paths.
func (t *Tree) rehash(n *node) {
	h := n.contentHash
	for _, v := range [...]int64{n.czxid, n.mzxid, n.ctime, n.mtime, n.owner, n.pzxid} {
		h = mix(h, uint64(v))
	}
	h = mix(h, uint64(uint32(n.version))<<32|uint64(uint32(n.creates)))
	h = mix(h, n.acl.hash)
	h = mix(h, uint64(uint32(n.aversion)))
	t.sum += h - n.hash
	n.hash = h
	size := int32(len(n.path) + len(n.data))
	t.bytes += int64(size - n.counted)
	n.counted = size
}

// link puts a node into the tree: under its parent, and into the lists.
func (t *Tree) link(n *node) {
	t.nodes[n.path] = n
	if n.path != rootPath {
		parent := t.nodes[parentOf(n.path)]
		if parent.children == nil {
			parent.children = t.newSet()
		}
		parent.children.ReplaceOrInsert(n)
	}
	t.index(n)
}

// unlink is the opposite of link, for a node without children.
func (t *Tree) unlink(n *node) {
	delete(t.nodes, n.path)
	t.nodes[parentOf(n.path)].children.Delete(n)
	t.unindex(n)
}

// index puts a node into the lists that find it by something other than its path.
func (t *Tree) index(n *node) {
	t.use(n.acl)
	if n.isReapable() {
		if t.reapable == nil {
			t.reapable = t.newSet()
		}
		t.reapable.ReplaceOrInsert(n)
	} else if s := t.session(n.owner); s != nil {
		if s.ephemerals == nil {
			s.ephemerals = t.newSet()
		}
		s.ephemerals.ReplaceOrInsert(n)
	}
	if limited := quotaOf(n.path, limitsName); limited != "" {
		t.quotas[limited] = true
	}
}

func (t *Tree) unindex(n *node) {
	t.disuse(n.acl)
	if n.isReapable() {
		t.reapable.Delete(n)
	} else if s := t.session(n.owner); s != nil && s.ephemerals != nil {
		s.ephemerals.Delete(n)
	}
	if limited := quotaOf(n.path, limitsName); limited != "" {
		delete(t.quotas, limited)
	}
}
