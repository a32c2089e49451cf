package mvcc

import (
	"slices"
	"sort"
)

// version is what a key was from a revision on.
type version struct {
	key, value           string
	create, mod, version int64 // version 0 says that it was deleted
	lease                int64
}

func (v *version) there() bool { return v != nil && v.version > 0 }

// kv is a version as answers have it.
func (v *version) kv() []any {
	return []any{v.key, v.value, v.create, v.mod, v.version, v.lease}
}

// Store is all that ever was: nothing is forgotten, so that it can be looked at as of any revision.
type Store struct {
	names    []string // of all keys that ever were, sorted
	versions map[string][]*version
	// changes are all versions in the order in which they were made, and starts says where those of a revision begin,
	// from revision 2 on.
	changes []*version
	starts  []int
	// revision is the newest, and compacted the newest that was compacted; −1 before the first.
	revision, compacted int64
	leases              map[int64]bool
	users               *users
	alarms              *alarms
	// written is how many bytes the keys and values of all versions have that ever were, and live those of the versions
	// that are there now.
	written, live int64
}

// New makes the store before the first request.
func New() *Store {
	return &Store{versions: map[string][]*version{}, revision: 1, compacted: -1, leases: map[int64]bool{},
		users: newUsers(), alarms: &alarms{}}
}

// Revision is that of the newest change.
func (s *Store) Revision() int64 { return s.revision }

// Compacted is the compacted revision; −1 before the first compaction.
func (s *Store) Compacted() int64 { return s.compacted }

// at is the version of a key as of a revision, or nil if it was not there.
func (s *Store) at(key string, revision int64) *version {
	list := s.versions[key]
	i := len(list) - 1
	if i >= 0 && list[i].mod > revision {
		i = sort.Search(len(list), func(i int) bool { return list[i].mod > revision }) - 1
	}
	if i < 0 || !list[i].there() {
		return nil
	}
	return list[i]
}

// In says whether a key is in a range.
func In(key, begin, end string) bool {
	switch end {
	case "":
		return key == begin
	case "\x00":
		return key >= begin
	}
	return key >= begin && key < end
}

// within are the versions of the keys of a range that were there as of a revision, in the order of keys.
func (s *Store) within(begin, end string, revision int64) (found []*version) {
	if end == "" {
		if v := s.at(begin, revision); v != nil {
			found = append(found, v)
		}
		return found
	}
	from, _ := slices.BinarySearch(s.names, begin)
	for _, name := range s.names[from:] {
		if !In(name, begin, end) {
			break
		}
		if v := s.at(name, revision); v != nil {
			found = append(found, v)
		}
	}
	return found
}

// change is a request under way that may change keys: all its changes have one revision.
type change struct {
	s     *Store
	began int64
	wrote bool
}

func (s *Store) begin() *change { return &change{s: s, began: s.revision} }

// now is the revision that what the request has done so far can be seen at.
func (c *change) now() int64 {
	if c.wrote {
		return c.began + 1
	}
	return c.began
}

// end raises the revision, if anything was changed.
func (c *change) end() {
	if c.wrote {
		c.s.revision = c.began + 1
	}
}

func (c *change) add(v *version) {
	s := c.s
	if !c.wrote {
		c.wrote = true
		s.starts = append(s.starts, len(s.changes))
	}
	v.mod = c.began + 1
	if _, known := s.versions[v.key]; !known {
		at, _ := slices.BinarySearch(s.names, v.key)
		s.names = slices.Insert(s.names, at, v.key)
	}
	list := s.versions[v.key]
	if n := len(list); n > 0 && list[n-1].there() {
		s.live -= list[n-1].bytes()
	}
	if v.there() {
		s.live += v.bytes()
	}
	s.written += v.bytes()
	s.versions[v.key] = append(list, v)
	s.changes = append(s.changes, v)
}

// keysOf are the keys of a lease as of a revision, in their order.
func (s *Store) keysOf(lease, revision int64) (keys []string) {
	for _, name := range s.names {
		if v := s.at(name, revision); v != nil && v.lease == lease {
			keys = append(keys, name)
		}
	}
	return keys
}
