package tree

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"ordeal/cluster/wire"
)

// Loader reads a snapshot that comes in pieces, divided anywhere. It takes any bytes and returns only states that
// AppendSnapshot would write as the same bytes.
type Loader struct {
	t    *Tree
	rest []byte // the part that has arrived of something that is not whole yet
	next loading
	left int64  // sessions or znodes to come
	last string // the path that was read last, "" before the first
	sum  uint32 // of what was read
	err  error
}

// loading is what comes next in a snapshot.
type loading uint8

const (
	loadingHead loading = iota
	loadingSession
	loadingCount
	loadingZnode
	loadingSum
	loadingNothing
)

// NewLoader makes a loader that has read nothing.
func NewLoader() *Loader {
	t := empty()
	t.planted.restored = true
	return &Loader{t: t}
}

// Add reads a piece, and keeps nothing of it. An error says that the whole is no snapshot, and sticks. It wraps
// wire.ErrMalformed.
func (l *Loader) Add(piece []byte) error {
	if l.err != nil {
		return l.err
	}
	if len(l.rest) > 0 {
		piece = append(l.rest, piece...)
	}
	for {
		size, err := l.next.size(piece)
		if err == nil && size > len(piece) {
			break
		}
		if err == nil && size > 0 {
			err = l.read(piece[:size])
		}
		if err != nil {
			l.err = fmt.Errorf("a snapshot of the tree: %w", err)
			return l.err
		}
		if piece = piece[size:]; size == 0 {
			break
		}
	}
	l.rest = append([]byte(nil), piece...)
	return nil
}

// Tree is what was read, when all of it was. The loader is of no more use.
func (l *Loader) Tree() (*Tree, error) {
	if l.err == nil && l.next != loadingNothing {
		l.err = fmt.Errorf("a snapshot of the tree: %w", malformed("it ends too early, behind %q", l.last))
	}
	return l.t, l.err
}

// size is how many bytes of b the next thing takes. It is more than there are if b does not tell yet, and 0 for
// nothing.
func (next loading) size(b []byte) (int, error) {
	m := measure{rest: b}
	switch next {
	case loadingHead:
		m.skip(4 + 4 + 8 + 8 + 8)
	case loadingSession:
		m.skip(8 + 4)
		m.buffer()
		m.skip(3 * 8)
	case loadingCount:
		m.skip(8)
	case loadingZnode:
		m.buffer()
		m.buffer()
		m.skip(4*8 + 2*4 + 2*8 + 4)
		m.buffer()
	case loadingSum:
		m.skip(4)
	case loadingNothing:
		if len(b) > 0 {
			return 0, malformed("%d bytes are left over", len(b))
		}
	}
	return m.size, m.err
}

// measure adds up how long something is.
type measure struct {
	rest []byte
	size int
	err  error
}

func (m *measure) skip(n int) {
	m.size += n
	m.rest = m.rest[min(n, len(m.rest)):]
}

// buffer skips a length and as many bytes. One that is negative and not null's is no length.
func (m *measure) buffer() {
	n := 0
	if len(m.rest) >= 4 {
		n = int(int32(binary.BigEndian.Uint32(m.rest)))
	}
	if n < -1 {
		m.err = malformed("a length is %d", n)
	}
	m.skip(4)
	m.skip(max(n, 0))
}

// read takes the next thing, whose bytes these are.
func (l *Loader) read(b []byte) error {
	d := wire.NewDecoder(b)
	if l.next == loadingSum {
		l.next = loadingNothing
		if want := uint32(d.Int32()); want != l.sum {
			return malformed("its checksum is %08x and should be %08x", l.sum, want)
		}
		return nil
	}
	l.sum = crc32.Update(l.sum, castagnoli, b)
	switch l.next {
	case loadingHead:
		if magic, version := d.Int32(), d.Int32(); magic != snapshotMagic || version != snapshotVersion {
			return malformed("it begins with %08x, version %d", magic, version)
		}
		l.t.zxid, l.t.sessionsEnded = d.Int64(), uint64(d.Int64())
		return l.expect(d.Int64(), loadingSession, loadingCount)
	case loadingSession:
		if err := l.t.loadSession(d); err != nil {
			return err
		}
		return l.expect(l.left-1, loadingSession, loadingCount)
	case loadingCount:
		return l.expect(d.Int64(), loadingZnode, loadingSum)
	}
	n, err := l.t.decodeNode(d)
	if err == nil {
		err = l.t.checkPlace(n, l.last)
	}
	if err != nil {
		return err
	}
	l.t.add(n)
	l.last = n.path
	return l.expect(l.left-1, loadingZnode, loadingSum)
}

// expect goes on with so many of one kind, or with what comes behind the last of them.
func (l *Loader) expect(left int64, kind, behind loading) error {
	l.left, l.next = left, kind
	switch {
	case left < 0:
		return malformed("a count is %d", left)
	case left == 0 && kind == loadingZnode:
		l.next = behind
		return l.t.checkFixed()
	case left == 0:
		l.next = behind
	}
	return nil
}

func (t *Tree) checkFixed() error {
	for _, path := range fixedPaths {
		if t.nodes[path] == nil {
			return malformed("%s is missing", path)
		}
	}
	return nil
}

func (t *Tree) loadSession(d *wire.Decoder) error {
	s := &session{Session: Session{
		ID: d.Int64(), TimeoutMs: d.Int32(), Passwd: d.Buffer(),
		Owner: Owner{Server: uint64(d.Int64()), Incarnation: uint64(d.Int64()), Conn: uint64(d.Int64())},
	}}
	if err := d.Err(); err != nil {
		return err
	}
	last, any := t.sessions.Max()
	if !isSession(s.ID) || any && s.ID <= last.ID {
		return malformed("session %#x is out of place", s.ID)
	}
	t.addSession(s)
	return nil
}

func (t *Tree) decodeNode(d *wire.Decoder) (*node, error) {
	n := newNode(d.String(), d.Buffer())
	n.czxid, n.mzxid = d.Int64(), d.Int64()
	n.ctime, n.mtime = d.Int64(), d.Int64()
	n.version, n.creates = d.Int32(), d.Int32()
	n.owner, n.pzxid = d.Int64(), d.Int64()
	n.aversion = d.Int32()
	key := d.Buffer()
	if err := d.Err(); err != nil || key == nil {
		return n, err
	}
	if n.acl = t.loadACL(key); n.acl == nil {
		return nil, malformed("the ACL of znode %q is %x", n.path, key)
	}
	return n, nil
}

// loadACL returns nil for bytes that no node's ACL has.
func (t *Tree) loadACL(key []byte) *acl {
	if shared := t.acls[string(key)]; shared != nil {
		return shared
	}
	d := wire.NewDecoder(key)
	a := newACL(d.ACLs())
	if d.Err() != nil || a.key != string(key) || len(a.list) == 0 || a.key == openACL.key {
		return nil
	}
	return a
}

// checkPlace says what is wrong with a znode that comes behind the one at last in a walk.
func (t *Tree) checkPlace(n *node, last string) error {
	if !wire.ValidPath(n.path) || comparePaths(n.path, last) <= 0 {
		return malformed("znode %q is out of place", n.path)
	}
	if newest := max(n.czxid, n.mzxid, n.pzxid); newest > t.zxid {
		return malformed("znode %q is of zxid %#x, and the state of %#x", n.path, newest, t.zxid)
	}
	if n.path != rootPath {
		parent := t.nodes[parentOf(n.path)]
		if parent == nil || isSession(parent.owner) {
			return malformed("znode %q has no parent that could have it", n.path)
		}
	}
	orphan := isSession(n.owner) && t.session(n.owner) == nil && !bendOrphan()
	if !validOwner(n.owner) {
		return malformed("znode %q has the owner %#x, which is none", n.path, n.owner)
	}
	if orphan || n.owner != 0 && isFixed(n.path) {
		return malformed("znode %q belongs to session %#x, which can't own it", n.path, n.owner)
	}
	return nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", wire.ErrMalformed, fmt.Sprintf(format, args...))
}
