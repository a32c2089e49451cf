package tree

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// The changes that there are. Each keeps the hash, notes its events in the order of ZooKeeper's triggers, and
// leaves a way back if a multi asked for one.

func (u *update) insert(n, parent *node) {
	u.t.keepChanging(parent)
	before := parent.record
	parent.creates++
	parent.pzxid = u.t.zxid
	u.t.rehash(parent)
	u.t.add(n)
	u.note(wire.EventCreated, n)
	u.note(wire.EventChildrenChanged, parent)
	if u.undoable {
		u.undo = append(u.undo, func() {
			u.t.unlink(n)
			parent.record = before
		})
	}
	bytes := int64(len(n.data))
	u.countUsed(n)
	u.account(n.path, bytes, 1)
}

func (u *update) remove(n *node) {
	parent := u.t.nodes[parentOf(n.path)]
	u.t.keep(n)
	u.t.keepChanging(parent)
	before := parent.record
	parent.pzxid = u.t.zxid
	failpoint.Inject("bugPzxidNotMovedByDelete", func(_ failpoint.Value) { parent.pzxid = before.pzxid })
	u.t.rehash(parent)
	u.t.unlink(n)
	u.t.sum -= n.hash
	u.t.bytes -= int64(n.counted)
	u.note(wire.EventDeleted, n)
	u.note(wire.EventChildrenChanged, parent)
	if u.undoable {
		u.bendUndoableRemove()
		u.undo = append(u.undo, func() {
			u.t.link(n)
			parent.record = before
		})
	}
	u.account(n.path, -int64(len(n.data)), -1)
}

func (u *update) replace(n *node, data []byte, version int32) {
	u.t.keepChanging(n)
	before := n.record
	n.setData(data)
	n.version = version
	n.mzxid, n.mtime = u.t.zxid, u.txn.TimeMs
	u.t.rehash(n)
	u.note(wire.EventDataChanged, n)
	if u.undoable {
		u.undo = append(u.undo, func() { n.record = before })
	}
}

// overwrite is a replace that clients are not told of: the service keeps its books so.
func (u *update) overwrite(n *node, data []byte) {
	u.t.keepChanging(n)
	before := n.record
	n.setData(data)
	u.t.rehash(n)
	if u.undoable {
		u.undo = append(u.undo, func() { n.record = before })
	}
}

// protect changes who may do what. No watch waits for that, and no multi does it, so it is never undone.
func (u *update) protect(n *node, a *acl) {
	if !bendProtected() {
		u.t.keepChanging(n)
	}
	u.t.use(a)
	u.t.disuse(n.acl)
	n.acl = a
	n.aversion++
	u.t.rehash(n)
}

func (u *update) note(what wire.EventType, n *node) {
	if u.events == nil {
		u.events, u.readers = u.eventRoom[:0], u.readerRoom[:0]
	}
	u.events = append(u.events, Event{Type: what, Path: n.path})
	u.readers = append(u.readers, n.acl)
}
