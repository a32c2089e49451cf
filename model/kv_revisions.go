package model

import (
	"fmt"
	"slices"

	"ordeal/history"
)

// What is known of a key's revision: the number itself, or that it is greater than some number. A change whose result
// does not tell the revision leaves the second; a get that tells it leaves the first.

// absentRevision is that of a key which is not there.
const absentRevision = -1

// revision is a key's: exactly n, or any greater one.
func (s KVState) revision(key string) (n int64, exact bool) {
	if _, there := s.entries.Get(key); !there {
		return absentRevision, true
	}
	known, some := s.revisions.Get(key)
	switch n, _ := known.(int64); {
	case !some:
		return absentRevision, false
	case n < 0:
		return -n - 1, false
	default:
		return n, true
	}
}

// has says whether a key may have a revision, and whether it must.
func (s KVState) has(key string, revision int64) (may, must bool) {
	n, exact := s.revision(key)
	return n == revision && exact || n < revision && !exact, n == revision && exact
}

// saw is what is known behind a look at a key.
func (s KVState) saw(key string, out KVOutput) (KVState, bool) {
	if !out.Revised {
		return s, true
	}
	may, must := s.has(key, out.Revision)
	if !may || must {
		return s, may
	}
	return KVState{s.entries, s.revisions.Put(key, out.Revision)}, true
}

// put is the state behind a change of a key's value. It is not legal if it made a revision that is not greater than the
// one before.
func (s KVState) put(key string, value any, out KVOutput) (KVState, bool) {
	n, _ := s.revision(key)
	next := KVState{s.entries.Put(key, value), s.revisions}
	switch {
	case out.Revised && out.Revision <= n:
		return s, false
	case out.Revised:
		next.revisions = s.revisions.Put(key, out.Revision)
	case n != absentRevision:
		next.revisions = s.revisions.Put(key, -n-1)
	}
	return next, true
}

func (s KVState) without(key string) KVState {
	return KVState{s.entries.Without(key), s.revisions.Without(key)}
}

// tells says whether a map may be a result {"value" v "revision" n}, and is no value itself.
func tells(m history.Map) bool {
	other := func(p history.Pair) bool { return p.Key != "value" && p.Key != "revision" }
	return len(m) > 0 && !slices.ContainsFunc(m, other)
}

// revised reads a result {"value" v "revision" n}.
func (out *KVOutput) revised(in KVInput, m history.Map) error {
	for _, p := range m {
		var err error
		switch p.Key {
		case "value":
			out.Value = history.Single(p.Value)
		case "revision":
			out.Revised = true
			out.Revision, err = revisionOf(p.Value)
		default:
			err = fmt.Errorf("%s where a map of value and revision belongs", TextOf(m))
		}
		if err != nil {
			return err
		}
	}
	absent := in.Op == KVGet && out.Value == nil
	if out.Revised && absent != (out.Revision == absentRevision) {
		return fmt.Errorf("%s: a key that is absent has no revision, and every other has one", TextOf(m))
	}
	out.Done, out.Told = true, in.Op != KVGet && in.Op != KVPut && in.Op != KVAppend
	return nil
}

func revisionOf(v any) (int64, error) {
	if v == nil {
		return absentRevision, nil
	}
	n, err := Number(v, "revision")
	if err == nil && n < 0 {
		err = fmt.Errorf("the revision %d is below 0", n)
	}
	return n, err
}

func revisionAndValue(l []any) (revision int64, value any, err error) {
	if revision, err = revisionOf(l[0]); err != nil {
		return 0, nil, err
	}
	value, err = stored(l[1])
	return revision, value, err
}

// revisedKV tells whether some call is about revisions.
func revisedKV(calls []KVCall) bool {
	for i := range calls {
		if calls[i].In.Op == KVCASRevision || calls[i].Out.Revised {
			return true
		}
	}
	return false
}
