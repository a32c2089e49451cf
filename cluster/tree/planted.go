package tree

import (
	"strings"

	"github.com/pingcap/failpoint"
)

// What only the planted bugs of znodes, sessions and watches need stands here, apart from what serves. As in package
// cluster, functions whose names begin with bend change nothing in a plain build and while their bug is not switched
// on: they return what they were given, or report false. A bug of one line is a mark where the line is that it changes.

// planted is the state of the planted bugs.
type planted struct {
	restored bool      // the state came from a snapshot: for bugACLCheckSkippedOnReplay
	half     halfMulti // in a plain build it stays zero
}

// halfMulti is what bugHalfMultiInSnapshot shows for the state behind a multi: a snapshot from the midst of it.
type halfMulti struct {
	zxid     int64
	snapshot []byte
}

// bendDone is called when so many operations of a multi are done: half of them are what bugHalfMultiInSnapshot keeps.
func (t *Tree) bendDone(done, ops int) {
	failpoint.Inject("bugHalfMultiInSnapshot", func(_ failpoint.Value) {
		if done == ops/2 {
			t.planted.half = halfMulti{}
			t.planted.half = halfMulti{t.zxid, t.AppendSnapshot(nil)}
		}
	})
}

// bendRolledBack is called when a multi was undone. It reports whether the events of what was undone are sent.
func (u *update) bendRolledBack() bool {
	u.t.planted.half = halfMulti{}
	fires := false
	failpoint.Inject("bugFailedMultiFires", func(_ failpoint.Value) { fires = true })
	return fires
}

// bendUndoableRemove is called when a multi has removed a znode and noted its events.
func (u *update) bendUndoableRemove() {
	failpoint.Inject("bugChildWatchSilentInMulti", func(_ failpoint.Value) {
		u.events, u.readers = u.events[:len(u.events)-1], u.readers[:len(u.readers)-1]
	})
}

// bendBegun is called when a snapshot begins.
func (s *Snapshot) bendBegun() {
	failpoint.Inject("bugSnapshotWithoutSessions", func(_ failpoint.Value) { s.sessions = nil })
	failpoint.Inject("bugHalfMultiInSnapshot", func(_ failpoint.Value) {
		if s.t.planted.half.zxid == s.zxid {
			s.half = s.t.planted.half.snapshot
		}
	})
}

// bendChanging reports whether a znode that changes is lost to the snapshot that is being taken.
func bendChanging() bool {
	lost := false
	failpoint.Inject("bugSnapshotNotFrozen", func(_ failpoint.Value) { lost = true })
	return lost
}

// bendProtected reports whether a snapshot that is being saved takes a new ACL for the one before.
func bendProtected() bool {
	lost := false
	failpoint.Inject("bugACLNotFrozen", func(_ failpoint.Value) { lost = true })
	return lost
}

// bendChildren returns what a snapshot says of a znode's children: how many were created, and the zxid of the last
// change.
func bendChildren(n *node) (creates int32, pzxid int64) {
	creates, pzxid = n.creates, n.pzxid
	if creates > 0 {
		failpoint.Inject("bugSequenceReused", func(_ failpoint.Value) { creates = int32(n.numChildren()) })
		failpoint.Inject("bugCversionNotInSnapshot", func(_ failpoint.Value) { creates = 0 })
		failpoint.Inject("bugSequenceCutInSnapshot", func(_ failpoint.Value) { creates = int32(uint8(creates)) })
	}
	if pzxid != n.czxid {
		failpoint.Inject("bugPzxidNotInSnapshot", func(_ failpoint.Value) { pzxid = n.czxid })
	}
	return creates, pzxid
}

// bendOrphan reports whether a snapshot is loaded although it has an ephemeral znode without its session.
func bendOrphan() bool {
	loaded := false
	failpoint.Inject("bugSnapshotWithoutSessions", func(_ failpoint.Value) { loaded = true })
	return loaded
}

// bendDenied reports whether something is done to a znode that its ACL does not grant.
func (t *Tree) bendDenied() bool {
	done := false
	if t.planted.restored {
		failpoint.Inject("bugACLCheckSkippedOnReplay", func(_ failpoint.Value) { done = true })
	}
	return done
}

// bendInUse reports whether a container is removed although it has children.
func bendInUse() bool {
	removed := false
	failpoint.Inject("bugContainerReapedInUse", func(_ failpoint.Value) { removed = true })
	return removed
}

// bendClosed reports whether a session that has ended is served.
func bendClosed() bool {
	served := false
	failpoint.Inject("bugServedAfterClose", func(_ failpoint.Value) { served = true })
	return served
}

// bendMoved reports whether a connection is served that does not own its session.
func bendMoved() bool {
	served := false
	failpoint.Inject("bugOldOwnerAccepted", func(_ failpoint.Value) { served = true })
	return served
}

// resurrectedMs is the timeout that bugExpiredSessionResurrected gives: the right one is gone with the session.
const resurrectedMs = 10_000

// bendAttach is called when a client asks for its session back: bugExpiredSessionResurrected makes one that has ended
// anew.
func (t *Tree) bendAttach(r AttachSession) {
	failpoint.Inject("bugExpiredSessionResurrected", func(_ failpoint.Value) {
		if t.session(r.ID) == nil && isSession(r.ID) {
			t.addSession(&session{Session: Session{ID: r.ID, TimeoutMs: resurrectedMs, Passwd: r.Passwd}})
		}
	})
}

// bendFired returns who is sent an event: watchers, of whom standing have a watch that stays.
func bendFired(watchers, standing []uint64) []uint64 {
	if len(standing) > 0 {
		failpoint.Inject("bugPersistentWatchTwice", func(_ failpoint.Value) { watchers = append(watchers, standing...) })
	}
	return watchers
}

// bendTaken reports whether a watch stays that has fired.
func bendTaken() bool {
	stays := false
	failpoint.Inject("bugWatchFiresAgain", func(_ failpoint.Value) { stays = true })
	return stays
}

// bendDeleted reports whether a watch on a znode's children stays when the znode is deleted.
func bendDeleted() bool {
	stays := false
	failpoint.Inject("bugDeletedChildWatched", func(_ failpoint.Value) { stays = true })
	return stays
}

// bendRemoved reports whether a watch stays that a client has removed.
func bendRemoved() bool {
	stays := false
	failpoint.Inject("bugRemovedWatchStays", func(_ failpoint.Value) { stays = true })
	return stays
}

// bendPassword reports whether a session is given to whoever knows its id.
func bendPassword() bool {
	unasked := false
	failpoint.Inject("bugPasswordUnchecked", func(_ failpoint.Value) { unasked = true })
	return unasked
}

// bendQuotaOf is a path with a quota that another begins with, be it above the other or not.
func (t *Tree) bendQuotaOf(path string) (found string) {
	for limited := range t.quotas { //house:unordered the longest is found in any order
		if strings.HasPrefix(path, limited) && len(limited) > len(found) {
			found = limited
		}
	}
	return found
}
