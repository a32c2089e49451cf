package kv

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"ordeal/cluster/etcdwire"
)

// change is one entry that is drawn.
func change(d *rand.Rand, s *Store) etcdwire.Message {
	key := fmt.Appendf(nil, "k%02d", d.IntN(30))
	switch n := d.IntN(100); {
	case n < 55:
		return &etcdwire.PutRequest{Key: key, Value: fmt.Appendf(nil, "%d", d.Int64()), Lease: d.Int64N(3)}
	case n < 75:
		return &etcdwire.DeleteRangeRequest{Key: key, RangeEnd: fmt.Appendf(nil, "k%02d", d.IntN(30))}
	case n < 85:
		return &etcdwire.TxnRequest{Success: []etcdwire.RequestOp{
			{Txn: &etcdwire.TxnRequest{Success: []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{Key: key}}}}},
			{Txn: &etcdwire.TxnRequest{Success: []etcdwire.RequestOp{{DeleteRange: &etcdwire.DeleteRangeRequest{Key: key}}}}},
		}}
	case n < 90:
		return &etcdwire.LeaseGrantRequest{ID: 1 + d.Int64N(2), TTL: 60}
	case n < 93:
		return &etcdwire.LeaseRevokeRequest{ID: 1 + d.Int64N(2)}
	}
	return &etcdwire.CompactionRequest{Revision: s.Revision() - d.Int64N(12)}
}

func fill(s *Store, entries int, seed uint64) {
	d := rand.New(rand.NewPCG(seed, 0))
	for range entries {
		s.Apply(Entry{Request: change(d, s)})
	}
}

// TestSnapshotIsOfOneInstant takes snapshots in pieces while entries are applied: the bytes are those of the instant at
// which each began, and what a compaction dropped meanwhile is dropped when it ends.
func TestSnapshotIsOfOneInstant(t *testing.T) {
	for seed := range uint64(12) {
		s, beside := New(), New() // the second has no snapshots taken
		d := rand.New(rand.NewPCG(seed, 1))
		apply := func() {
			m := change(d, s)
			s.Apply(Entry{Request: m})
			beside.Apply(Entry{Request: m})
			if s.Hash() != beside.Hash() || s.Size() != beside.Size() {
				t.Fatalf("seed %d: a snapshot that is being taken changes the state", seed)
			}
		}
		for range 6 {
			for range 40 {
				apply()
			}
			want := s.AppendSnapshot(nil)
			p := s.BeginSnapshot()
			var got []byte
			for more := true; more; {
				got, more = p.Append(got, 60)
				apply()
			}
			if string(got) != string(want) {
				t.Fatalf("seed %d: a snapshot that was taken in pieces is another", seed)
			}
			if string(s.AppendSnapshot(nil)) != string(beside.AppendSnapshot(nil)) || len(s.changes) != len(beside.changes) {
				t.Fatalf("seed %d: what was kept for a snapshot stays", seed)
			}
			s = reload(t, s)
		}
	}
}

// TestHistoryIsWhole reads what was at every revision that is left, and compares it with what was read then.
func TestHistoryIsWhole(t *testing.T) {
	s := New()
	d := rand.New(rand.NewPCG(7, 7))
	all := &etcdwire.RangeRequest{Key: []byte{0}, RangeEnd: []byte{0}}
	seen := map[int64]string{}
	for i := range 600 {
		s.Apply(Entry{Request: change(d, s)})
		r, _ := s.Range(all)
		seen[s.Revision()] = text(&etcdwire.RangeResponse{KVs: r.KVs})
		if i%50 != 0 {
			continue
		}
		for at := int64(1); at <= s.Revision(); at++ {
			r, status := s.Range(&etcdwire.RangeRequest{Key: all.Key, RangeEnd: all.RangeEnd, Revision: at})
			switch {
			case at < s.Compacted():
				if status != etcdwire.ErrCompacted {
					t.Fatalf("revision %d of %d, compacted at %d: %v", at, s.Revision(), s.Compacted(), status)
				}
			case status.Code != etcdwire.OK || text(&etcdwire.RangeResponse{KVs: r.KVs}) != seen[at] && seen[at] != "":
				t.Fatalf("revision %d of %d, compacted at %d: %v %s, and was %s", at, s.Revision(), s.Compacted(), status,
					text(&etcdwire.RangeResponse{KVs: r.KVs}), seen[at])
			}
		}
	}
	_, status := s.Range(&etcdwire.RangeRequest{Key: all.Key, Revision: s.Revision() + 1})
	if status != etcdwire.ErrFutureRev {
		t.Errorf("the future: %v", status)
	}
}

// TestHistoryTellsEveryChange puts the changes from a revision on together, and gets the state.
func TestHistoryTellsEveryChange(t *testing.T) {
	s := New()
	fill(s, 500, 11)
	from := max(s.Compacted(), 1)
	before, _ := s.Range(&etcdwire.RangeRequest{Key: []byte{0}, RangeEnd: []byte{0}, Revision: from})
	state := map[string]string{}
	for _, kv := range before.KVs {
		state[string(kv.Key)] = string(kv.Value)
	}
	last := from
	s.History(from+1, func(c Change) bool {
		if c.Revision() < last {
			t.Fatalf("revision %d behind %d", c.Revision(), last)
		}
		last = c.Revision()
		e := s.Event(c, true)
		if old, had := state[c.Key()]; c.Revision() > from+1 && had && e.PrevKV != nil && string(e.PrevKV.Value) != old {
			// Within a revision it is what was before that.
			if e.PrevKV.ModRevision >= c.Revision() {
				t.Fatalf("the value before revision %d is of %d", c.Revision(), e.PrevKV.ModRevision)
			}
		}
		if c.Deleted() {
			delete(state, c.Key())
		} else {
			state[c.Key()] = string(e.KV.Value)
		}
		return true
	})
	now, _ := s.Range(&etcdwire.RangeRequest{Key: []byte{0}, RangeEnd: []byte{0}})
	if len(now.KVs) != len(state) {
		t.Fatalf("%d keys, and by the changes %d", len(now.KVs), len(state))
	}
	for _, kv := range now.KVs {
		if state[string(kv.Key)] != string(kv.Value) {
			t.Errorf("%s is %s, and by the changes %s", kv.Key, kv.Value, state[string(kv.Key)])
		}
	}
}
