package kv

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"

	"ordeal/cluster/etcdwire"
)

// Loader reads a snapshot that comes in pieces, divided anywhere. It takes any bytes and returns only states that
// AppendSnapshot would write as the same bytes.
type Loader struct {
	s    *Store
	rest []byte // the part that has arrived of something that is not whole yet
	next loading
	last string
	keys int
	sum  uint32
	err  error
}

// loading is what comes next in a snapshot.
type loading uint8

const (
	loadingHead loading = iota
	loadingKey
	loadingSum
	loadingNothing
)

// NewLoader makes a loader that has read nothing.
func NewLoader() *Loader { return &Loader{s: New()} }

// Add reads a piece, and keeps nothing of it. What is behind the end of the snapshot is not its own: it is handed back,
// and done says that the end has come. An error says that the whole is no snapshot, and sticks. It wraps
// etcdwire.ErrMalformed.
func (l *Loader) Add(piece []byte) (behind []byte, done bool, err error) {
	if len(l.rest) > 0 {
		piece = append(l.rest, piece...)
		l.rest = nil
	}
	for l.err == nil && l.next != loadingNothing {
		size := l.read(piece)
		if l.err != nil {
			l.err = fmt.Errorf("a snapshot of the keys: %w", l.err)
			break
		}
		if size < 0 {
			l.rest = slices.Clone(piece)
			return nil, false, nil
		}
		if l.next != loadingNothing {
			l.sum = crc32.Update(l.sum, castagnoli, piece[:size])
		}
		piece = piece[size:]
	}
	return piece, l.err == nil, l.err
}

// Store is what was read, when all of it was. The loader is of no more use.
func (l *Loader) Store() (*Store, error) {
	if l.err == nil && l.next != loadingNothing {
		l.err = malformed("a snapshot of the keys ends too early, behind %q", l.last)
	}
	return l.s, l.err
}

// read reads the next thing, and says how many bytes that was: −1 if it is not whole yet.
func (l *Loader) read(b []byte) int {
	r := reader{b: b}
	switch l.next {
	case loadingHead:
		l.err = l.readHead(&r)
	case loadingKey:
		l.err = l.readKey(&r)
	case loadingSum:
		if len(b) < 4 {
			return -1
		}
		if got := binary.BigEndian.Uint32(b); got != l.sum {
			l.err = malformed("its checksum is %08x and should be %08x", got, l.sum)
			return 0
		}
		l.next = loadingNothing
		l.finish()
		return 4
	}
	switch {
	case r.long:
		l.err = malformed("a number is longer than it has to be")
	case r.short:
		l.err = nil
		return -1
	}
	return len(b) - len(r.b)
}

func (l *Loader) readHead(r *reader) error {
	for i := range len(snapshotMagic) {
		if c := r.byte(); !r.short && c != snapshotMagic[i] {
			return malformed("it does not begin with %s", snapshotMagic)
		}
	}
	s := New()
	s.revision, s.compacted = r.varint(), r.varint()
	s.dropped = s.compacted
	last := int64(math.MinInt64)
	for n := r.uvarint(); n > 0 && !r.short; n-- {
		one := &lease{id: r.varint(), ttl: r.varint(), remaining: r.varint(), keys: map[string]bool{}}
		if r.short {
			return nil
		}
		if one.id <= last || one.id == 0 {
			return malformed("lease %d is out of place", one.id)
		}
		last = one.id
		s.leases.add(one)
	}
	if !s.auth.read(r) && !r.short {
		return malformed("users and roles are not in order")
	}
	for n := r.uvarint(); n > 0 && !r.short; n-- {
		a := etcdwire.AlarmMember{MemberID: r.uvarint(), Alarm: etcdwire.AlarmType(r.varint())}
		if i := len(s.alarms); i > 0 && !r.short && alarmOrder(s.alarms[i-1], a) >= 0 {
			return malformed("the alarms are out of order")
		}
		s.alarms = append(s.alarms, a)
	}
	if err := s.readMembers(r); err != nil {
		return err
	}
	if r.short {
		return nil
	}
	if s.revision < firstRevision || s.compacted < notCompacted || s.compacted > s.revision {
		return malformed("it is of revision %d, compacted at %d", s.revision, s.compacted)
	}
	l.s, l.next = s, loadingKey
	return nil
}

func (l *Loader) readKey(r *reader) error {
	switch more := r.byte(); {
	case r.short:
		return nil
	case more == 0:
		l.next = loadingSum
		return nil
	case more != 1:
		return malformed("a key begins with %d", more)
	}
	k := &key{name: string(r.bytes())}
	versions := r.uvarint()
	at := &k.newest
	var list []*version
	for ; versions > 0 && !r.short; versions-- {
		v := &version{of: k, mod: r.varint()}
		sub := r.varint()
		if v.sub = int32(sub); int64(v.sub) != sub {
			return malformed("key %q has %d changes in a revision", k.name, sub)
		}
		v.create, v.version, v.lease, v.value = r.varint(), r.varint(), r.varint(), string(r.bytes())
		*at, at = v, &v.before
		list = append(list, v)
	}
	if r.short {
		return nil
	}
	if err := l.check(k, list); err != nil {
		return err
	}
	s := l.s
	s.keys.ReplaceOrInsert(k)
	if !k.newest.deleted() {
		s.live++
		s.leases.attach(k.newest)
	}
	for _, v := range list {
		s.count(v, 1)
		if v.mod >= s.compacted {
			s.changes = append(s.changes, v)
		}
	}
	l.last = k.name
	l.keys++
	return nil
}

// check says what is wrong with a key and its versions, the newest first.
func (l *Loader) check(k *key, list []*version) error {
	if k.name <= l.last && l.keys > 0 || len(list) == 0 || list[0].mod > l.s.revision ||
		l.s.versionsLeft(k, l.s.compacted) != len(list) {
		return malformed("key %q is out of place, or has versions of no use", k.name)
	}
	for i, v := range list {
		if i > 0 && list[i-1].order(v) <= 0 {
			return malformed("the versions of key %q are out of order", k.name)
		}
		if v.mod < firstRevision || v.sub < 0 || v.create > v.mod || v.version < 0 ||
			v.deleted() && (v.create != 0 || v.lease != 0 || v.value != "") {
			return malformed("key %q has a version that can't be, of revision %d", k.name, v.mod)
		}
	}
	return nil
}

// finish brings the changes into their order.
func (l *Loader) finish() {
	slices.SortFunc(l.s.changes, func(a, b *version) int { return a.order(b) })
	l.s.bendLoaded()
}
