// Package ordered is maps that specifications remember many states of, hashes of what they hold, and numbers to search.
package ordered

import "strings"

// Map is an immutable map from strings to values, in the order of the keys. The zero value is empty. A change
// copies a few nodes of a tree and shares the rest, so that a search can remember many states of a large map.
//
// The tree is a treap whose priorities are hashes of the keys: equal maps have the same tree, however they were made.
type Map struct{ root *node }

type node struct {
	key         string
	value       any
	priority    uint64
	left, right *node
	// count and sum are those of the whole subtree; sum adds up a hash of each key with its value.
	count int
	sum   uint64
}

// nodeBytes estimates what a node takes.
const nodeBytes = 96

func (n *node) size() int {
	if n == nil {
		return 0
	}
	return n.count
}

func (n *node) hash() uint64 {
	if n == nil {
		return 0
	}
	return n.sum
}

// with is a copy of a node with other children.
func (n *node) with(left, right *node) *node {
	c := *n
	c.left, c.right = left, right
	c.count = 1 + left.size() + right.size()
	c.sum = Mix(HashValue(Seed, n.value), n.priority) + left.hash() + right.hash()
	return &c
}

// below says whether n belongs below a node with this priority and key.
func (n *node) below(priority uint64, key string) bool {
	return n == nil || priority > n.priority || priority == n.priority && key < n.key
}

// Size is how many keys there are.
func (m Map) Size() int { return m.root.size() }

// Get is what stands under a key.
func (m Map) Get(key string) (value any, ok bool) {
	for n := m.root; n != nil; {
		switch c := strings.Compare(key, n.key); {
		case c == 0:
			return n.value, true
		case c < 0:
			n = n.left
		default:
			n = n.right
		}
	}
	return nil, false
}

// Put is the map with a key set.
func (m Map) Put(key string, value any) Map {
	return Map{put(m.root, &node{key: key, value: value, priority: hashString(Seed, key)})}
}

func put(n, item *node) *node {
	if n != nil && n.key == item.key {
		return item.with(n.left, n.right)
	}
	if n.below(item.priority, item.key) {
		left, right := split(n, item.key)
		return item.with(left, right)
	}
	if item.key < n.key {
		return n.with(put(n.left, item), n.right)
	}
	return n.with(n.left, put(n.right, item))
}

// split is what is before a key, and what is behind it.
func split(n *node, key string) (left, right *node) {
	switch {
	case n == nil:
		return nil, nil
	case n.key < key:
		less, more := split(n.right, key)
		return n.with(n.left, less), more
	}
	less, more := split(n.left, key)
	return less, n.with(more, n.right)
}

// Without is the map without a key.
func (m Map) Without(key string) Map {
	if _, ok := m.Get(key); !ok {
		return m
	}
	return Map{without(m.root, key)}
}

func without(n *node, key string) *node {
	switch c := strings.Compare(key, n.key); {
	case c == 0:
		return join(n.left, n.right)
	case c < 0:
		return n.with(without(n.left, key), n.right)
	}
	return n.with(n.left, without(n.right, key))
}

// join is a tree of two, of which everything in the one is before everything in the other.
func join(left, right *node) *node {
	switch {
	case left == nil:
		return right
	case right == nil:
		return left
	case right.below(left.priority, left.key):
		return left.with(left.left, join(left.right, right))
	}
	return right.with(join(left, right.left), right.right)
}

// Ascend calls visit with what is at the keys from from on and before to, in their order, until it returns false. to ""
// is no end.
func (m Map) Ascend(from, to string, visit func(key string, value any) bool) {
	ascend(m.root, from, to, visit)
}

func ascend(n *node, from, to string, visit func(key string, value any) bool) bool {
	switch {
	case n == nil:
		return true
	case n.key < from:
		return ascend(n.right, from, to, visit)
	case to != "" && n.key >= to:
		return ascend(n.left, from, to, visit)
	}
	return ascend(n.left, from, to, visit) && visit(n.key, n.value) && ascend(n.right, from, to, visit)
}

// Hash is equal for equal maps.
func (m Map) Hash() uint64 { return Mix(Seed, m.root.hash()) }

// Equal tells whether two maps hold the same.
func (m Map) Equal(o Map) bool { return sameTree(m.root, o.root) }

func sameTree(a, b *node) bool {
	if a == b {
		return true
	}
	return a != nil && b != nil && a.count == b.count && a.sum == b.sum && a.key == b.key && a.value == b.value &&
		sameTree(a.left, b.left) && sameTree(a.right, b.right)
}

// Bytes estimates what a change of the map made anew: the way to one node.
func (m Map) Bytes() int {
	depth := 2
	for n := m.Size(); n > 0; n /= 2 {
		depth += 2
	}
	return depth * nodeBytes
}
