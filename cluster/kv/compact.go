package kv

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/etcdwire"
)

// A compaction forgets what no read at its revision or a later one shows. What is left of a key: its versions behind
// that revision, and the one that it had then; or, if it was deleted in that very revision, that it was, for watches
// that begin there. (So etcd has it. Of a key that was put and deleted in that revision a watch from there is told the
// last only.) The sums are right at once; the versions themselves go when no snapshot is being taken, which may need
// them.

func (s *Store) compact(r *etcdwire.CompactionRequest) (etcdwire.Message, etcdwire.Status) {
	switch {
	case r.Revision <= s.compacted:
		return nil, etcdwire.ErrCompacted
	case r.Revision > s.revision:
		return nil, etcdwire.ErrFutureRev
	}
	before := s.compacted
	failpoint.Inject("bugCompactionIgnored", func(_ failpoint.Value) {
		failpoint.Return(&etcdwire.CompactionResponse{Header: header(s.revision)}, etcdwire.Status{})
	})
	s.compacted = r.Revision
	for i := s.upTo(r.Revision) - 1; i >= 0 && s.changes[i].mod >= before; i-- {
		if k := s.changes[i].of; k.seen != r.Revision {
			k.seen = r.Revision
			left := s.versionsLeft(k, r.Revision)
			k.each(before, func(v *version) bool {
				if left--; left < 0 {
					s.count(v, -1)
				}
				return true
			})
		}
	}
	s.drop()
	return &etcdwire.CompactionResponse{Header: header(s.revision)}, etcdwire.Status{}
}

// upTo is how many changes there are up to a revision.
func (s *Store) upTo(revision int64) int {
	low, high := 0, len(s.changes)
	for low < high {
		if mid := (low + high) / 2; s.changes[mid].mod <= revision {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// each calls f with the versions of a key that a compaction at a revision leaves, the newest first.
func (k *key) each(compacted int64, f func(v *version) bool) {
	for v := k.newest; v != nil; v = v.before {
		if v.mod <= compacted {
			if !v.deleted() || v.mod == compacted && !bendTombstone() {
				f(v)
			}
			return
		}
		if !f(v) {
			return
		}
	}
}

func (s *Store) versionsLeft(k *key, compacted int64) (left int) {
	k.each(compacted, func(*version) bool {
		left++
		return true
	})
	return left
}

// drop lets go of what the compaction leaves nothing of, unless a snapshot is being taken.
func (s *Store) drop() {
	if s.taken > 0 || s.dropped == s.compacted {
		return
	}
	for i := s.upTo(s.compacted) - 1; i >= 0; i-- {
		k := s.changes[i].of
		if k.seen == -s.compacted {
			continue
		}
		k.seen = -s.compacted
		var last *version
		to := s.compacted
		failpoint.Inject("bugCompactsOneTooFar", func(_ failpoint.Value) { to = min(to+1, s.revision) })
		k.each(to, func(v *version) bool {
			last = v
			return true
		})
		if last == nil {
			s.keys.Delete(k)
		} else {
			last.before = nil
		}
	}
	s.dropped = s.compacted
	// A copy, and not a part of what was there: that would keep all of it.
	var left []*version
	for _, v := range s.changes[s.upTo(s.compacted-1):] {
		if v.mod > s.compacted || s.left(v) {
			left = append(left, v)
		}
	}
	s.changes = left
}

// left says whether the compaction leaves a version that is of its very revision: if it is the last of its key there.
func (s *Store) left(v *version) (left bool) {
	v.of.each(s.compacted, func(one *version) bool {
		left = left || one == v
		return true
	})
	return left
}
