package tree

import (
	"github.com/google/btree"

	"ordeal/cluster/wire"
)

// btreeDegree suits sets from a few names to a million.
const btreeDegree = 16

// Tree is the state. Only Apply changes it. It is not safe for concurrent use.
type Tree struct {
	// nodes finds a path at once. Order is never taken from it, but from each node's children.
	nodes    map[string]*node
	sessions *btree.BTreeG[*session]
	sought   session // what a look into sessions compares with
	update   update  // the one under way

	zxid          int64
	sessionsEnded uint64
	// sum is the sum of the hashes of nodes and sessions.
	sum uint64
	// bytes is what paths and data have together.
	bytes int64

	// acls are those of the nodes, by their bytes, but for the open one; quotas are the paths that have one; reapable are
	// the containers and the nodes with a time to live, nil until there is one.
	acls     map[string]*acl
	quotas   map[string]bool
	reapable *nodeSet
	// frozen is the snapshot that is being taken, or nil.
	frozen  *Snapshot
	planted planted

	// free is shared by the sets of all nodes, of which most are small.
	free *btree.FreeListG[*node]
}

// configVersion is what ZooKeeper shows for the configuration: for its ACL from the start, for its data once it was
// set.
const configVersion int32 = -1

// New makes the state before the first transaction: "/", "/zookeeper" and what ZooKeeper keeps below it.
func New() *Tree {
	t := empty()
	for _, path := range fixedPaths {
		n := newNode(path, []byte{})
		if path == wire.ConfigPath {
			n.acl, n.aversion = t.aclOf(readOnlyACL), configVersion
		}
		t.add(n)
	}
	return t
}

// empty makes a tree without even a root.
func empty() *Tree {
	return &Tree{
		nodes:  map[string]*node{},
		acls:   map[string]*acl{},
		quotas: map[string]bool{},
		sessions: btree.NewG(btreeDegree, func(a, b *session) bool {
			return a.ID < b.ID
		}),
		free: btree.NewFreeListG[*node](btree.DefaultFreeListSize),
	}
}

func (t *Tree) newSet() *nodeSet {
	return btree.NewWithFreeListG(btreeDegree, byPath, t.free)
}

func newNode(path string, data []byte) *node {
	n := &node{path: path, record: record{acl: openACL}}
	n.setData(data)
	return n
}

// add puts a whole new node into the tree and the hash. Its parent is there.
func (t *Tree) add(n *node) {
	t.link(n)
	t.rehash(n)
}

// Zxid is the last transaction applied, failed ones too; 0 before the first.
func (t *Tree) Zxid() int64 { return t.zxid }

// Len is the number of znodes, with the four that are always there.
func (t *Tree) Len() int { return len(t.nodes) }

// SessionCount is how many sessions there are.
func (t *Tree) SessionCount() int { return t.sessions.Len() }

// SessionsEnded counts the sessions that were closed or expired since the first transaction.
func (t *Tree) SessionsEnded() uint64 { return t.sessionsEnded }
