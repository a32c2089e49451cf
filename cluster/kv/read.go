package kv

import (
	"cmp"
	"slices"

	"ordeal/cluster/etcdwire"
)

// Range answers a range as it is now. That the request is sound and permitted was checked before.
func (s *Store) Range(r *etcdwire.RangeRequest) (*etcdwire.RangeResponse, etcdwire.Status) {
	return s.rangeAt(r, s.revision)
}

// rangeAt answers a range while the current revision is the given one.
func (s *Store) rangeAt(r *etcdwire.RangeRequest, current int64) (*etcdwire.RangeResponse, etcdwire.Status) {
	at := r.Revision
	switch {
	case at > current:
		return nil, etcdwire.ErrFutureRev
	case at <= 0:
		at = current
	case at < s.bendCompacted():
		return nil, etcdwire.ErrCompacted
	}
	response := &etcdwire.RangeResponse{Header: header(current)}
	kept := s.collect(r, at, &response.Count)
	sortVersions(kept, r)
	if r.Limit > 0 && int64(len(kept)) > r.Limit {
		kept, response.More = kept[:r.Limit], true
	}
	if len(kept) > 0 {
		response.KVs = make([]etcdwire.KeyValue, len(kept))
	}
	for i, v := range kept {
		response.KVs[i] = v.kv()
		if r.KeysOnly {
			response.KVs[i].Value = nil
		}
	}
	bendRange(r, at, response)
	return response, etcdwire.Status{}
}

// collect lists what a range may show, and counts what is in it. Without a sort or a filter it lists one more than the
// limit, which is what etcd sorts if it is told what to sort by and not how.
func (s *Store) collect(r *etcdwire.RangeRequest, at int64, count *int64) (kept []*version) {
	filters := r.MinModRevision != 0 || r.MaxModRevision != 0 || r.MinCreateRevision != 0 || r.MaxCreateRevision != 0
	most := int64(-1)
	if r.Limit > 0 && r.SortOrder == etcdwire.SortNone && !filters {
		most = r.Limit + 1
	}
	s.visible(spanOf(r.Key, r.RangeEnd), at, func(v *version) bool {
		*count++
		if !r.CountOnly && (most < 0 || *count <= most) && (!filters || passes(r, v)) {
			kept = append(kept, v)
		}
		return true
	})
	return kept
}

func passes(r *etcdwire.RangeRequest, v *version) bool {
	return (r.MaxModRevision == 0 || v.mod <= r.MaxModRevision) &&
		(r.MinModRevision == 0 || v.mod >= r.MinModRevision) &&
		(r.MaxCreateRevision == 0 || v.create <= r.MaxCreateRevision) &&
		(r.MinCreateRevision == 0 || v.create >= r.MinCreateRevision)
}

// sortVersions sorts what is in the order of keys. The sort is not stable, so that those with ties come in the order in
// which etcd has them: its sort of more than twelve is Go's too, which swaps the same of them.
func sortVersions(list []*version, r *etcdwire.RangeRequest) {
	var by func(a, b *version) int
	switch r.SortTarget {
	case etcdwire.SortByVersion:
		by = func(a, b *version) int { return cmp.Compare(a.version, b.version) }
	case etcdwire.SortByCreate:
		by = func(a, b *version) int { return cmp.Compare(a.create, b.create) }
	case etcdwire.SortByMod:
		by = func(a, b *version) int { return cmp.Compare(a.mod, b.mod) }
	case etcdwire.SortByValue:
		by = func(a, b *version) int { return cmp.Compare(a.value, b.value) }
	default:
		if r.SortOrder == etcdwire.SortDescend {
			slices.Reverse(list)
		}
		return
	}
	if r.SortOrder == etcdwire.SortDescend {
		slices.SortFunc(list, func(a, b *version) int { return by(b, a) })
		return
	}
	slices.SortFunc(list, by)
}

// Change is one change that a watch may be told of.
type Change struct{ v *version }

// Key is the key that was changed.
func (c Change) Key() string { return c.v.of.name }

// Revision is the one at which it was.
func (c Change) Revision() int64 { return c.v.mod }

// Deleted says that the key was deleted, and not put.
func (c Change) Deleted() bool { return c.v.deleted() }

// Event is the change as a watch has it; with what the key was before it if that is asked for and still known.
func (s *Store) Event(c Change, prev bool) etcdwire.Event {
	kv := c.v.kv()
	e := etcdwire.Event{KV: &kv}
	if c.v.deleted() {
		e.Type = etcdwire.EventDelete
	}
	if prev && (c.v.deleted() || c.v.create != c.v.mod) && c.v.mod-1 >= s.compacted {
		for v := c.v.before; v != nil; v = v.before {
			if v.mod < c.v.mod {
				if !v.deleted() {
					before := v.kv()
					e.PrevKV = &before
				}
				break
			}
		}
	}
	return e
}

// History calls f with the changes from a revision on, in order, until it returns false. The revision must not be below
// Compacted.
func (s *Store) History(from int64, f func(c Change) bool) {
	at, _ := slices.BinarySearchFunc(s.changes, from, func(v *version, from int64) int { return cmp.Compare(v.mod, from) })
	for _, v := range s.changes[at:] {
		if v.mod == s.compacted && s.dropped < s.compacted && !s.left(v) {
			continue
		}
		if !f(Change{v}) {
			return
		}
	}
}
