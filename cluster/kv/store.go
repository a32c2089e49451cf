package kv

import (
	"github.com/google/btree"

	"ordeal/cluster/etcdwire"
)

// btreeDegree suits sets from a few keys to millions.
const btreeDegree = 32

// firstRevision is that of a store in which nothing was ever written.
const firstRevision = 1

// notCompacted is the compacted revision before the first compaction.
const notCompacted = -1

// Store is the state. Only Apply changes it. It is not safe for concurrent use.
type Store struct {
	// keys are those with any version left, in their order.
	keys   *btree.BTreeG[*key]
	sought key // what a look into keys compares with
	// changes are the versions from the compacted revision on, in the order in which they were made.
	changes []*version

	revision, compacted int64
	// dropped is how far the compaction has been carried out: behind compacted while a snapshot is being taken.
	dropped int64
	// written is how many changes the entry under way has made.
	written int32

	leases *leases
	auth   auth
	alarms []etcdwire.AlarmMember // sorted
	// members are what servers have said of themselves, by their numbers.
	members []etcdwire.Member

	// sum is the sum of the hashes of all versions that are left, size that of their bytes, live how many keys there
	// are.
	sum  uint64
	size int64
	live int64
	// taken is how many snapshots are being taken: what they still need is not dropped.
	taken int
}

// key is a key and its newest version.
type key struct {
	name   string
	newest *version
	// seen is the compaction that has come by, and −1 times that when it was carried out.
	seen int64
}

// version is what a key was from a revision on. Nothing of it changes once it is made, but that what was before it may
// be forgotten.
type version struct {
	of     *key
	before *version
	value  string
	// mod is the revision, and sub the place among the changes of that revision.
	mod    int64
	create int64
	// version counts from 1 since the key was made; 0 says that the key was deleted.
	version int64
	lease   int64
	sub     int32
}

// New makes the state before the first entry.
func New() *Store {
	return &Store{
		keys:     btree.NewG(btreeDegree, func(a, b *key) bool { return a.name < b.name }),
		revision: firstRevision, compacted: notCompacted, dropped: notCompacted,
		leases: newLeases(), auth: newAuth(),
	}
}

// Revision is that of the last change; 1 before the first.
func (s *Store) Revision() int64 { return s.revision }

// Compacted is the compacted revision; −1 before the first compaction.
func (s *Store) Compacted() int64 { return s.compacted }

// Size is how many bytes keys, values and what is known of them have, all versions that are left.
func (s *Store) Size() int64 { return s.size }

// Len is how many keys there are.
func (s *Store) Len() int64 { return s.live }

func (v *version) deleted() bool { return v.version == 0 }

// kv is a version as an answer has it.
func (v *version) kv() etcdwire.KeyValue {
	return etcdwire.KeyValue{
		Key: []byte(v.of.name), Value: []byte(v.value), CreateRevision: v.create, ModRevision: v.mod,
		Version: v.version, Lease: v.lease,
	}
}

func (s *Store) find(name string) *key {
	s.sought.name = name
	k, _ := s.keys.Get(&s.sought)
	return k
}

// at is the version of a key at a revision, or nil if it was not there.
func (k *key) at(revision int64) *version {
	for v := k.newest; v != nil; v = v.before {
		if v.mod <= revision {
			if v.deleted() {
				return nil
			}
			return v
		}
	}
	return nil
}

// now is the newest version of a key, or nil if it is not there.
func (s *Store) now(name string) *version {
	if k := s.find(name); k != nil && !k.newest.deleted() {
		return k.newest
	}
	return nil
}

// span is a range of keys: from begin up to, and without, end; or all from begin on.
type span struct {
	begin, end string
	open       bool
}

// spanOf is the range that a request means.
func spanOf(key, rangeEnd []byte) span {
	switch {
	case len(rangeEnd) == 0:
		return point(string(key))
	case len(rangeEnd) == 1 && rangeEnd[0] == 0:
		return span{begin: string(key), open: true}
	}
	return span{begin: string(key), end: string(rangeEnd)}
}

// point is the range of one key.
func point(name string) span { return span{begin: name, end: name + "\x00"} }

func (r span) has(name string) bool { return name >= r.begin && (r.open || name < r.end) }

// visible calls f with the keys of a range that were there at a revision, in their order, until it returns false.
func (s *Store) visible(r span, revision int64, f func(v *version) bool) {
	if len(r.end) == len(r.begin)+1 && r.end[len(r.begin)] == 0 && r.end[:len(r.begin)] == r.begin {
		if k := s.find(r.begin); k != nil {
			if v := k.at(revision); v != nil {
				f(v)
			}
		}
		return
	}
	s.sought.name = r.begin
	s.keys.AscendGreaterOrEqual(&s.sought, func(k *key) bool {
		if !r.open && k.name >= r.end {
			return false
		}
		v := k.at(revision)
		return v == nil || f(v)
	})
}
