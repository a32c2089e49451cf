package mvcc

import (
	"cmp"
	"slices"
	"strings"
)

// ranged answers a range while the newest revision is current: [revision, count, more, what was found].
func (s *Store) ranged(r *Request, current, compacted int64) any {
	at := r.Revision
	switch {
	case at > current:
		return errFutureRev
	case at <= 0:
		at = current
	case at < compacted:
		return errCompacted
	}
	found := s.within(r.Key, r.End, at)
	count := int64(len(found))
	kept, more := []*version(nil), false
	if !r.has(flagCountOnly) {
		kept, more = s.pick(r, found)
	}
	kvs := make([]any, len(kept))
	for i, v := range kept {
		kv := v.kv()
		if r.has(flagKeysOnly) {
			kv[1] = ""
		}
		kvs[i] = kv
	}
	return []any{current, count, more, kvs}
}

// pick filters, sorts and limits what a range has found. What is told what to sort by, and not how, is limited first:
// so etcd has it. Its sort is Go's: where more than twelve are sorted, that says in which order those with ties are.
func (s *Store) pick(r *Request, found []*version) (kept []*version, more bool) {
	filters := r.Bounds != [4]int64{}
	order, target := "", r.Sort
	if target != "" && (target[0] == '+' || target[0] == '-') {
		order, target = target[:1], target[1:]
	}
	if r.Limit > 0 && order == "" && !filters && int64(len(found)) > r.Limit+1 {
		found = found[:r.Limit+1]
	}
	for _, v := range found {
		if r.passes(v) {
			kept = append(kept, v)
		}
	}
	by := sorts[target]
	switch {
	case by != nil && order == "-":
		slices.SortFunc(kept, func(a, b *version) int { return by(b, a) })
	case by != nil:
		slices.SortFunc(kept, by)
	case order == "-":
		slices.Reverse(kept)
	}
	if r.Limit > 0 && int64(len(kept)) > r.Limit {
		return kept[:r.Limit], true
	}
	return kept, false
}

// sorts are the targets but the key, in whose order everything is found.
var sorts = map[string]func(a, b *version) int{
	"version": func(a, b *version) int { return cmp.Compare(a.version, b.version) },
	"create":  func(a, b *version) int { return cmp.Compare(a.create, b.create) },
	"mod":     func(a, b *version) int { return cmp.Compare(a.mod, b.mod) },
	"value":   func(a, b *version) int { return strings.Compare(a.value, b.value) },
}

func (r *Request) passes(v *version) bool {
	b := &r.Bounds
	return v.mod >= b[0] && (b[1] == 0 || v.mod <= b[1]) && v.create >= b[2] && (b[3] == 0 || v.create <= b[3])
}

// Event is a change as a watch is told of it.
type Event struct {
	v    *version
	prev *version
}

// Revision is the one at which the key was changed.
func (e *Event) Revision() int64 { return e.v.mod }

// Deleted says that the key was deleted, and not put.
func (e *Event) Deleted() bool { return !e.v.there() }

// Key is the key.
func (e *Event) Key() string { return e.v.key }

// Value is the event as histories have it: ["put" or "delete", key, value, create, mod, version, lease, what was there
// before or nil]. before says whether that is wanted.
func (e *Event) Value(before bool) []any {
	kind, v := "put", e.v
	if e.Deleted() {
		kind = "delete"
	}
	var prev any
	if before && e.prev != nil {
		prev = e.prev.kv()
	}
	return []any{kind, v.key, v.value, v.create, v.mod, v.version, v.lease, prev}
}

// Events are the changes of a revision, in their order.
func (s *Store) Events(revision int64) (list []Event) {
	if revision < 2 || revision > s.revision {
		return nil
	}
	from, to := s.starts[revision-2], len(s.changes)
	if int(revision-1) < len(s.starts) {
		to = s.starts[revision-1]
	}
	for _, v := range s.changes[from:to] {
		e := Event{v: v}
		if !v.there() || v.create != v.mod { // one that makes its key says of nothing before it
			e.prev = s.at(v.key, revision-1)
		}
		list = append(list, e)
	}
	return list
}
