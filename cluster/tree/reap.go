package tree

import (
	"ordeal/cluster/wire"
)

// Containers and znodes with a time to live go when they are no longer used: the leader lists who is due and proposes a
// DeleteContainer for each; when that is applied, everything is judged once more, by the time in the transaction. A
// client that used the znode meanwhile keeps it.

// Reapable lists the paths that a DeleteContainer at nowMs would remove, in the order of their names, and at most limit
// of them. Times are milliseconds since 1970 and milliseconds. neverUsedMs is for how long a container stays that never
// had a child; 0 is for ever.
func (t *Tree) Reapable(nowMs, neverUsedMs int64, limit int) []string {
	var due []string
	if t.reapable == nil {
		return nil
	}
	t.reapable.Ascend(func(n *node) bool {
		if len(due) >= limit {
			return false
		}
		if !inUse(n) && isDue(n, nowMs, neverUsedMs) {
			due = append(due, n.path)
		}
		return true
	})
	return due
}

func (t *Tree) reap(r DeleteContainer, u *update) Result {
	n := t.nodes[r.Path]
	switch {
	case n == nil:
		return Result{Err: wire.NoNode}
	case inUse(n):
		return Result{Err: wire.NotEmpty}
	case !n.isReapable() || !isDue(n, u.txn.TimeMs, r.NeverUsedMs):
		return Result{Err: wire.BadVersion}
	}
	u.removeTree(n)
	return Result{Events: u.events, readers: u.readers}
}

func inUse(n *node) bool { return n.numChildren() > 0 && !bendInUse() }

// isDue asks of a container that it once had a child, or was not used for too long; of a znode with a time to live,
// that its data is older than that.
func isDue(n *node, nowMs, neverUsedMs int64) bool {
	age := nowMs - n.mtime
	if n.owner == containerOwner {
		return n.creates > 0 || neverUsedMs > 0 && age > neverUsedMs
	}
	return age > n.ttlMs()
}

// removeTree removes a znode, and whatever is below it.
func (u *update) removeTree(n *node) {
	for _, child := range ascending(n.children) {
		u.removeTree(child)
	}
	u.remove(n)
}
