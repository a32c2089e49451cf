package tree

import (
	"hash/crc32"
	"math"
	"slices"

	"github.com/google/btree"

	"ordeal/cluster/wire"
)

// A snapshot is, in jute:
//
//	magic int, version int, zxid long, sessionsEnded long,
//	count long, then the sessions by id,
//	count long, then the znodes in the order of a walk (parents first, children by name), each with its ACL as a buffer
//	that has the vector in it, or is null for the open one,
//	crc32c int of everything before.
//
// Equal states have equal bytes.
const (
	snapshotMagic   int32 = 0x6f7a7472
	snapshotVersion int32 = 2
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// What a snapshot has beside paths and data, in bytes: of each znode with the open ACL, of each session, and of all.
const (
	znodeFixedBytes   = 72
	sessionUsualBytes = 56
	headUsualBytes    = 64
)

// Snapshot is the state at one transaction, written piece by piece while later ones are applied. A znode that changes
// or goes before it was written is kept as it was (see keep), and one that is newer than the snapshot is left out.
type Snapshot struct {
	t             *Tree
	zxid          int64
	sessionsEnded uint64
	znodes        int
	stage         snapshotStage
	sessions      []Session // those to be written yet
	at            string    // the znode that was written last, "" before the first
	kept          *btree.BTreeG[keptNode]
	sum           uint32
	// half is all of it, for bugHalfMultiInSnapshot.
	half []byte
}

type snapshotStage uint8

const (
	stageHead snapshotStage = iota
	stageSessions
	stageZnodes
	stageDone
)

// keptNode is a znode as it was, encoded.
type keptNode struct {
	path  string
	bytes []byte
}

// visitBytes is for how much of a piece one znode counts that it looks at, whether it writes it or not.
const visitBytes = 32

// BeginSnapshot begins a snapshot of the state as it is now. A tree has one at a time, until it is done or dropped: to
// begin another panics.
func (t *Tree) BeginSnapshot() *Snapshot {
	if t.frozen != nil {
		panic("tree: a snapshot is being taken already")
	}
	t.frozen = t.snapshotNow()
	return t.frozen
}

// snapshotNow is a snapshot for which nothing is kept: it has to be written before anything changes.
func (t *Tree) snapshotNow() *Snapshot {
	s := &Snapshot{t: t, zxid: t.zxid, sessionsEnded: t.sessionsEnded, znodes: len(t.nodes), sessions: t.Sessions()}
	s.bendBegun()
	return s
}

// AppendSnapshot appends the whole state at once. A snapshot that is being taken is not in its way.
func (t *Tree) AppendSnapshot(dst []byte) []byte {
	// Grown to by and by, a large snapshot would leave as much garbage again.
	size := int(t.bytes) + znodeFixedBytes*len(t.nodes) + sessionUsualBytes*t.sessions.Len() + headUsualBytes
	all, _ := t.snapshotNow().append(slices.Grow(dst, size), math.MaxInt, math.MaxInt)
	return all
}

// Append appends the next piece of the snapshot, of about size bytes: a znode or a session is never divided. It reports
// whether there is more to come; a snapshot without more is done.
func (s *Snapshot) Append(dst []byte, size int) (piece []byte, more bool) {
	piece, more = s.append(dst, size, max(1, size/visitBytes))
	if !more {
		s.Drop()
	}
	return piece, more
}

// Drop ends a snapshot, done or not: nothing is kept for it any more.
func (s *Snapshot) Drop() {
	if s.t.frozen == s {
		s.t.frozen = nil
	}
	s.stage, s.kept = stageDone, nil
}

func (s *Snapshot) append(dst []byte, size, visits int) ([]byte, bool) {
	if s.half != nil {
		return append(dst, s.half...), false
	}
	start := len(dst)
	e := wire.NewEncoder(dst)
	room := func() int { return size - (len(e.Bytes()) - start) }
	if s.stage == stageHead {
		s.encodeHead(e)
		s.stage = stageSessions
	}
	for s.stage == stageSessions && room() > 0 {
		if len(s.sessions) == 0 {
			e.Int64(int64(s.znodes))
			s.stage = stageZnodes
			break
		}
		encodeSession(e, s.sessions[0])
		s.sessions = s.sessions[1:]
	}
	whole := s.stage == stageZnodes && s.encodeZnodes(e, room, visits)
	s.sum = crc32.Update(s.sum, castagnoli, e.Bytes()[start:])
	if whole {
		e.Int32(int32(s.sum))
	}
	return e.Bytes(), !whole
}

func (s *Snapshot) encodeHead(e *wire.Encoder) {
	e.Int32(snapshotMagic)
	e.Int32(snapshotVersion)
	e.Int64(s.zxid)
	e.Int64(int64(s.sessionsEnded))
	e.Int64(int64(len(s.sessions)))
}

// encodeZnodes goes on with the walk, as far as there is room, and reports whether it has come to its end.
func (s *Snapshot) encodeZnodes(e *wire.Encoder, room func() int, visits int) bool {
	whole := s.t.walkAfter(s.at, func(n *node) bool {
		if visits == 0 || room() <= 0 {
			return false
		}
		visits--
		if !s.encodeKept(e, n.path, room) {
			return false
		}
		if s.wants(n) {
			encodeNode(e, n)
		}
		s.at = n.path
		return true
	})
	return whole && s.encodeKept(e, "", room)
}

// wants reports whether a znode that the walk has come to, and that is as it is now, is part of the snapshot. If it was
// kept, that was written instead.
func (s *Snapshot) wants(n *node) bool { return n.czxid <= s.zxid && s.at != n.path }

// encodeKept writes what was kept up to a path, or all of it with "". It reports false if there is no room for that.
func (s *Snapshot) encodeKept(e *wire.Encoder, upTo string, room func() int) bool {
	for s.kept != nil && s.kept.Len() > 0 {
		first, _ := s.kept.Min()
		if upTo != "" && comparePaths(first.path, upTo) > 0 {
			break
		}
		if room() <= 0 {
			return false
		}
		s.kept.DeleteMin()
		e.Raw(first.bytes)
		s.at = first.path
	}
	return true
}

// keepChanging is called before a znode changes.
func (t *Tree) keepChanging(n *node) {
	if t.frozen != nil && !bendChanging() {
		t.keep(n)
	}
}

// keep is called before a znode changes or goes. If a snapshot is being taken and has not come to the znode, it keeps
// it as it is.
func (t *Tree) keep(n *node) {
	s := t.frozen
	if s == nil || n.czxid > s.zxid || s.at != "" && comparePaths(n.path, s.at) <= 0 {
		return
	}
	if s.kept == nil {
		s.kept = btree.NewG(btreeDegree, func(a, b keptNode) bool { return comparePaths(a.path, b.path) < 0 })
	}
	if s.kept.Has(keptNode{path: n.path}) {
		return
	}
	var e wire.Encoder
	encodeNode(&e, n)
	s.kept.ReplaceOrInsert(keptNode{n.path, e.Bytes()})
}

func encodeSession(e *wire.Encoder, s Session) {
	e.Int64(s.ID)
	e.Int32(s.TimeoutMs)
	e.Buffer(s.Passwd)
	e.Int64(int64(s.Owner.Server))
	e.Int64(int64(s.Owner.Incarnation))
	e.Int64(int64(s.Owner.Conn))
}

func encodeNode(e *wire.Encoder, n *node) {
	creates, pzxid := bendChildren(n)
	e.String(n.path)
	e.Buffer(n.data)
	e.Int64(n.czxid)
	e.Int64(n.mzxid)
	e.Int64(n.ctime)
	e.Int64(n.mtime)
	e.Int32(n.version)
	e.Int32(creates)
	e.Int64(n.owner)
	e.Int64(pzxid)
	e.Int32(n.aversion)
	if n.acl == openACL {
		e.Buffer(nil)
	} else {
		e.Buffer([]byte(n.acl.key))
	}
}
