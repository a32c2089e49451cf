package tree

import (
	"fmt"
	"hash/crc32"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// The least bytes that a session and a znode take: what a count is checked against.
const (
	sessionBytesMin = 8 + 4 + 4 + 3*8
	nodeBytesMin    = 4 + 4 + 4*8 + 2*4 + 2*8 + 4 + 4
)

// Load reads a snapshot. It takes any bytes and returns only states that AppendSnapshot would write as the same
// bytes. Errors wrap wire.ErrMalformed.
func Load(b []byte) (*Tree, error) {
	t, err := load(b)
	if err != nil {
		return nil, fmt.Errorf("a snapshot of the tree: %w", err)
	}
	return t, nil
}

func load(b []byte) (*Tree, error) {
	if len(b) < 4 {
		return nil, malformed("it has %d bytes", len(b))
	}
	body := b[:len(b)-4]
	want := uint32(wire.NewDecoder(b[len(body):]).Int32())
	if got := crc32.Checksum(body, castagnoli); got != want {
		return nil, malformed("its checksum is %08x and should be %08x", got, want)
	}
	d := wire.NewDecoder(body)
	if magic, version := d.Int32(), d.Int32(); magic != snapshotMagic || version != snapshotVersion {
		return nil, malformed("it begins with %08x, version %d", magic, version)
	}
	t := empty()
	t.restored = true
	t.zxid, t.sessionsEnded = d.Int64(), uint64(d.Int64())
	if err := t.loadSessions(d); err != nil {
		return nil, err
	}
	if err := t.loadNodes(d); err != nil {
		return nil, err
	}
	if d.Len() > 0 {
		return nil, malformed("%d bytes are left over", d.Len())
	}
	return t, nil
}

func (t *Tree) loadSessions(d *wire.Decoder) error {
	n, err := decodeCount(d, sessionBytesMin)
	if err != nil {
		return err
	}
	for i := range n {
		s := &session{Session: decodeSession(d)}
		if err := d.Err(); err != nil {
			return err
		}
		last, _ := t.sessions.Max()
		if !isSession(s.ID) || i > 0 && s.ID <= last.ID {
			return malformed("session %#x is out of place", s.ID)
		}
		t.addSession(s)
	}
	return nil
}

func decodeSession(d *wire.Decoder) Session {
	return Session{
		ID: d.Int64(), TimeoutMs: d.Int32(), Passwd: d.Buffer(),
		Owner: Owner{Server: uint64(d.Int64()), Incarnation: uint64(d.Int64()), Conn: uint64(d.Int64())},
	}
}

func (t *Tree) loadNodes(d *wire.Decoder) error {
	count, err := decodeCount(d, nodeBytesMin)
	if err != nil {
		return err
	}
	t.nodes = make(map[string]*node, count)
	last := ""
	for range count {
		n, err := t.decodeNode(d)
		if err != nil {
			return err
		}
		if err := t.checkPlace(n, last); err != nil {
			return err
		}
		t.add(n)
		last = n.path
	}
	for _, path := range fixedPaths {
		if t.nodes[path] == nil {
			return malformed("%s is missing", path)
		}
	}
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
	if !validPath(n.path) || comparePaths(n.path, last) <= 0 {
		return malformed("znode %q is out of place", n.path)
	}
	if n.path != rootPath {
		parent := t.nodes[parentOf(n.path)]
		if parent == nil || isSession(parent.owner) {
			return malformed("znode %q has no parent that could have it", n.path)
		}
	}
	orphan := isSession(n.owner) && t.session(n.owner) == nil
	failpoint.Inject("bugSnapshotWithoutSessions", func(_ failpoint.Value) {
		orphan = false
	})
	if !validOwner(n.owner) {
		return malformed("znode %q has the owner %#x, which is none", n.path, n.owner)
	}
	if orphan || n.owner != 0 && isFixed(n.path) {
		return malformed("znode %q belongs to session %#x, which can't own it", n.path, n.owner)
	}
	return nil
}

func decodeCount(d *wire.Decoder, size int) (int, error) {
	n := d.Int64()
	if err := d.Err(); err != nil {
		return 0, err
	}
	if n < 0 || n > int64(d.Len()/size) {
		return 0, malformed("a count is %d, with %d bytes left", n, d.Len())
	}
	return int(n), nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", wire.ErrMalformed, fmt.Sprintf(format, args...))
}
