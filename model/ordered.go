package model

import "strings"

// ordered is an immutable map from strings to values, in the order of the keys. The zero value is empty. A change
// copies a few nodes of a tree and shares the rest, so that a search can remember many states of a large map.
//
// The tree is a treap whose priorities are hashes of the keys: equal maps have the same tree, however they were made.
type ordered struct{ root *orderedNode }

type orderedNode struct {
	key         string
	value       any
	priority    uint64
	left, right *orderedNode
	// count and sum are those of the whole subtree; sum adds up a hash of each key with its value.
	count int
	sum   uint64
}

// orderedBytes estimates what a node takes.
const orderedBytes = 96

func (n *orderedNode) size() int {
	if n == nil {
		return 0
	}
	return n.count
}

func (n *orderedNode) hash() uint64 {
	if n == nil {
		return 0
	}
	return n.sum
}

// with is a copy of a node with other children.
func (n *orderedNode) with(left, right *orderedNode) *orderedNode {
	c := *n
	c.left, c.right = left, right
	c.count = 1 + left.size() + right.size()
	c.sum = mix(hashValue(hashSeed, n.value), n.priority) + left.hash() + right.hash()
	return &c
}

// below says whether n belongs below a node with this priority and key.
func (n *orderedNode) below(priority uint64, key string) bool {
	return n == nil || priority > n.priority || priority == n.priority && key < n.key
}

func (m ordered) size() int { return m.root.size() }

func (m ordered) get(key string) (value any, ok bool) {
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

// put is the map with a key set.
func (m ordered) put(key string, value any) ordered {
	return ordered{put(m.root, &orderedNode{key: key, value: value, priority: hashString(hashSeed, key)})}
}

func put(n, item *orderedNode) *orderedNode {
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
func split(n *orderedNode, key string) (left, right *orderedNode) {
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

// without is the map without a key.
func (m ordered) without(key string) ordered {
	if _, ok := m.get(key); !ok {
		return m
	}
	return ordered{without(m.root, key)}
}

func without(n *orderedNode, key string) *orderedNode {
	switch c := strings.Compare(key, n.key); {
	case c == 0:
		return join(n.left, n.right)
	case c < 0:
		return n.with(without(n.left, key), n.right)
	}
	return n.with(n.left, without(n.right, key))
}

// join is a tree of two, of which everything in the one is before everything in the other.
func join(left, right *orderedNode) *orderedNode {
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

// ascend calls visit with what is at the keys from from on and before to, in their order, until it returns false. to ""
// is no end.
func (m ordered) ascend(from, to string, visit func(key string, value any) bool) {
	ascend(m.root, from, to, visit)
}

func ascend(n *orderedNode, from, to string, visit func(key string, value any) bool) bool {
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

func (m ordered) hash() uint64 { return mix(hashSeed, m.root.hash()) }

func (m ordered) equal(o ordered) bool { return sameTree(m.root, o.root) }

func sameTree(a, b *orderedNode) bool {
	if a == b {
		return true
	}
	return a != nil && b != nil && a.count == b.count && a.sum == b.sum && a.key == b.key && a.value == b.value &&
		sameTree(a.left, b.left) && sameTree(a.right, b.right)
}

// bytes estimates what a change of the map made anew: the way to one node.
func (m ordered) bytes() int {
	depth := 2
	for n := m.size(); n > 0; n /= 2 {
		depth += 2
	}
	return depth * orderedBytes
}

// text shows the map, with each key as it is and its value behind the colon.
func (m ordered) text() string {
	s := "{"
	m.ascend("", "", func(key string, value any) bool {
		if s != "{" {
			s += ", "
		}
		s += key + ": " + TextOf(value)
		return true
	})
	return s + "}"
}
