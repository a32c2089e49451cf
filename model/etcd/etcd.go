// Package etcd is the specification of etcd, as its own robustness tests use it.
package etcd

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/ordered"
)

// An etcd is a store of keys with one revision, 1 at the start and with no keys, which every request that changes
// something raises by one. It has the operations of etcd's own robustness tests, which the reader of their files hands
// on: F is the type of a request, the argument a map of what that type says, and the result one of the response, with
// its Revision.
//
//	F            argument                                   ok result            then
//	range        Start, End, Limit, Revision                KVs, Count           -
//	txn          Conditions on revisions and versions,      Failure, Results     the operations of the branch that
//	             OperationsOnSuccess, OperationsOnFailure                        the conditions choose
//	leaseGrant   LeaseID                                    anything             the lease is there
//	leaseRevoke  LeaseID                                    anything             its keys are deleted
//	defragment, compact                                     anything             -
//
// Of a range at an older revision only the revision of the response is looked at.

// State is the store: its revision, its keys in their order, and the leases that are there.
type State struct {
	revision int64
	keys     []entry
	leases   []int64
}

// entry is a key with what stands under it, the revision of its last change, how often it was written since it was
// made, and its lease, or 0.
type entry struct {
	key, value             string
	changed, writes, lease int64
}

// Input is a request. Reads says that it changes nothing, whatever happens.
type Input struct {
	f                    string
	ranged               keyRange
	conditions           []condition
	onSuccess, onFailure []operation
	lease                int64
	reads                bool
}

type keyRange struct {
	start, end      string
	limit, revision int64
}

type condition struct {
	key              string
	changed, version int64
}

// operation is one operation of a transaction: a range, or a put or delete of a key.
type operation struct {
	kind       string
	ranged     keyRange
	key, value string
	lease      int64
}

// Output is a response. Shown is what it says of the keys, as text that is the same for the same keys.
type Output struct {
	Unknown  bool
	failure  bool
	revision int64
	shown    []string
	versions bool
}

// Spec is the specification of etcd.
type Spec = model.Spec[State, Input, Output]

// New is the specification of etcd's keys, transactions and leases.
func New() Spec {
	return Spec{
		Name: "etcd",
		Init: State{revision: 1},
		Step: step,
		Equal: func(a, b State) bool {
			return a.revision == b.revision && slices.Equal(a.keys, b.keys) && slices.Equal(a.leases, b.leases)
		},
		Hash:  hash,
		Size:  func(s State) int { return 64 * len(s.keys) },
		Parse: parse,
		Prune: func(calls []model.Call[Input, Output], _ []history.Operation) []model.Call[Input, Output] {
			return slices.DeleteFunc(calls, func(c model.Call[Input, Output]) bool { return c.Out.Unknown && c.In.reads })
		},
		DescribeState: describe,
	}
}

func hash(s State) uint64 {
	h := ordered.Mix(ordered.Seed, uint64(s.revision))
	for i := range s.keys {
		e := &s.keys[i]
		h = ordered.HashValue(ordered.HashValue(h, e.key), e.value)
		h = ordered.Mix(ordered.Mix(ordered.Mix(h, uint64(e.changed)), uint64(e.writes)), uint64(e.lease))
	}
	return h
}

func describe(s State) string {
	return fmt.Sprintf("revision %d, %s", s.revision, showKeys(s.keys, false))
}

func step(s State, in Input, out Output) (State, bool) {
	// A request changes the revision by one at most.
	if !out.Unknown && out.revision > 0 && out.revision != s.revision && out.revision != s.revision+1 {
		return s, false
	}
	next, shown, failure, possible := s.apply(in, out.versions)
	if out.Unknown {
		return next, true
	}
	if !possible || out.revision > 0 && out.revision != next.revision {
		return s, false
	}
	if in.f == "range" && in.ranged.revision != 0 && in.ranged.revision != s.revision {
		return next, true
	}
	if in.f == "range" || in.f == "txn" {
		return next, failure == out.failure && slices.Equal(shown, out.shown)
	}
	return next, true
}

// apply is what a request does, and shows. It is not possible if etcd would have refused it.
func (s State) apply(in Input, versions bool) (next State, shown []string, failure, possible bool) {
	switch in.f {
	case "range":
		return s, []string{s.show(in.ranged, versions)}, false, true
	case "txn":
		ops := in.onSuccess
		if failure = !s.holds(in.conditions); failure {
			ops = in.onFailure
		}
		next, shown, possible = s.transact(ops, versions)
		if !possible {
			next = s
		}
		return next, shown, failure, possible
	case "leaseGrant":
		if at, found := slices.BinarySearch(s.leases, in.lease); !found {
			s.leases = slices.Insert(slices.Clone(s.leases), at, in.lease)
			return s, nil, false, true
		}
		return s, nil, false, false
	case "leaseRevoke":
		at, found := slices.BinarySearch(s.leases, in.lease)
		if !found {
			return s, nil, false, false
		}
		s.leases = slices.Delete(slices.Clone(s.leases), at, at+1)
		kept := slices.DeleteFunc(slices.Clone(s.keys), func(k entry) bool { return k.lease == in.lease })
		if len(kept) < len(s.keys) {
			s.keys, s.revision = kept, s.revision+1
		}
	}
	return s, nil, false, true
}

func (s State) holds(conditions []condition) bool {
	for _, c := range conditions {
		k := entry{}
		if at, found := s.find(c.key); found {
			k = s.keys[at]
		}
		if k.changed != c.changed || c.version > 0 && k.writes != c.version {
			return false
		}
	}
	return true
}

func (s State) find(key string) (at int, found bool) {
	return slices.BinarySearchFunc(s.keys, key, func(k entry, key string) int { return strings.Compare(k.key, key) })
}

// transact carries out the operations of a transaction. All changes have one revision.
func (s State) transact(ops []operation, versions bool) (State, []string, bool) {
	shown, changed := make([]string, len(ops)), false
	next := s
	next.keys = slices.Clone(s.keys)
	for i, op := range ops {
		at, found := next.find(op.key)
		switch op.kind {
		case "range-operation":
			shown[i] = next.show(op.ranged, versions)
		case "put-operation":
			if _, leased := slices.BinarySearch(s.leases, op.lease); op.lease != 0 && !leased {
				return s, nil, false
			}
			k := entry{op.key, op.value, s.revision + 1, 1, op.lease}
			if found {
				k.writes += next.keys[at].writes
				next.keys[at] = k
			} else {
				next.keys = slices.Insert(next.keys, at, k)
			}
			changed = true
		case "delete-operation":
			shown[i] = "deleted 0"
			if found {
				shown[i] = "deleted 1"
				next.keys = slices.Delete(next.keys, at, at+1)
				changed = true
			}
		}
	}
	if !changed {
		next.keys = s.keys
		return next, shown, true
	}
	next.revision++
	return next, shown, true
}

// show is what a range shows, as text.
func (s State) show(r keyRange, versions bool) string {
	var in []entry
	for _, k := range s.keys {
		if r.end == "" && k.key == r.start || r.end != "" && k.key >= r.start && (k.key < r.end || r.end == "\x00") {
			in = append(in, k)
		}
	}
	count := len(in)
	if r.limit > 0 && int64(count) > r.limit {
		in = in[:r.limit]
	}
	return fmt.Sprintf("%s of %d", showKeys(in, versions), count)
}

// showKeys shows keys with their values and revisions, and how often they were written if versions says so.
func showKeys(keys []entry, versions bool) string {
	texts := make([]string, len(keys))
	for i, k := range keys {
		texts[i] = fmt.Sprintf("%q=%s@%d", k.key, k.value, k.changed)
		if versions {
			texts[i] += fmt.Sprintf("#%d", k.writes)
		}
	}
	return "[" + strings.Join(texts, " ") + "]"
}
