package tree

import (
	"github.com/google/btree"
)

// btreeDegree suits sets from a few names to a million.
const btreeDegree = 16

// Tree is the state. Only Apply changes it. It is not safe for concurrent use.
type Tree struct {
	// nodes finds a path at once. Order is never taken from it, but from each node's children.
	nodes    map[string]*node
	sessions *btree.BTreeG[*session]

	zxid          int64
	sessionsEnded uint64
	// sum is the sum of the hashes of nodes and sessions.
	sum uint64
	// bytes is what paths and data have together.
	bytes int64

	// free is shared by the sets of all nodes, of which most are small.
	free *btree.FreeListG[*node]
}

// New makes the state before the first transaction: "/", "/zookeeper" and what ZooKeeper keeps below it.
func New() *Tree {
	t := empty()
	for _, path := range fixedPaths {
		t.add(newNode(path, nil))
	}
	return t
}

// empty makes a tree without even a root.
func empty() *Tree {
	return &Tree{
		nodes: map[string]*node{},
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
	n := &node{path: path}
	n.pathHash = hashBytes([]byte(path))
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
