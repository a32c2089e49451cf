package tree

import (
	"hash/crc32"
	"slices"

	"github.com/pingcap/failpoint"

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

// AppendSnapshot appends the whole state.
func (t *Tree) AppendSnapshot(dst []byte) []byte {
	var half []byte
	failpoint.Inject("bugHalfMultiInSnapshot", func(_ failpoint.Value) { half = t.halfAt(t.zxid) })
	if half != nil {
		return append(dst, half...)
	}
	start := len(dst)
	// Grown to by and by, a large snapshot would leave as much garbage again.
	e := wire.NewEncoder(slices.Grow(dst, int(t.bytes)+znodeFixedBytes*len(t.nodes)+sessionUsualBytes*t.sessions.Len()+headUsualBytes))
	e.Int32(snapshotMagic)
	e.Int32(snapshotVersion)
	e.Int64(t.zxid)
	e.Int64(int64(t.sessionsEnded))
	sessions := t.Sessions()
	failpoint.Inject("bugSnapshotWithoutSessions", func(_ failpoint.Value) {
		sessions = nil
	})
	e.Int64(int64(len(sessions)))
	for _, s := range sessions {
		encodeSession(e, s)
	}
	e.Int64(int64(len(t.nodes)))
	encodeWalk(e, t.nodes[rootPath])
	sum := crc32.Checksum(e.Bytes()[start:], castagnoli)
	e.Int32(int32(sum))
	return e.Bytes()
}

func encodeSession(e *wire.Encoder, s Session) {
	e.Int64(s.ID)
	e.Int32(s.TimeoutMs)
	e.Buffer(s.Passwd)
	e.Int64(int64(s.Owner.Server))
	e.Int64(int64(s.Owner.Incarnation))
	e.Int64(int64(s.Owner.Conn))
}

func encodeWalk(e *wire.Encoder, n *node) {
	encodeNode(e, n)
	if n.children == nil {
		return
	}
	n.children.Ascend(func(child *node) bool {
		encodeWalk(e, child)
		return true
	})
}

func encodeNode(e *wire.Encoder, n *node) {
	creates := n.creates
	failpoint.Inject("bugSequenceReused", func(_ failpoint.Value) {
		creates = int32(n.numChildren())
	})
	failpoint.Inject("bugCversionNotInSnapshot", func(_ failpoint.Value) { creates = 0 })
	e.String(n.path)
	e.Buffer(n.data)
	e.Int64(n.czxid)
	e.Int64(n.mzxid)
	e.Int64(n.ctime)
	e.Int64(n.mtime)
	e.Int32(n.version)
	e.Int32(creates)
	e.Int64(n.owner)
	e.Int64(n.pzxid)
	e.Int32(n.aversion)
	if n.acl == openACL {
		e.Buffer(nil)
	} else {
		e.Buffer([]byte(n.acl.key))
	}
}
