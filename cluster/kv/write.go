package kv

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/etcdwire"
)

// overhead is what a version counts for besides its key and its value.
const overhead = 72

func (v *version) bytes() int64 { return int64(len(v.of.name)+len(v.value)) + overhead }

// putAlone is a put that is an entry by itself.
func (s *Store) putAlone(r *etcdwire.PutRequest) (etcdwire.Message, etcdwire.Status) {
	if r.Lease != 0 && s.leases.byID[r.Lease] == nil {
		return nil, etcdwire.ErrLeaseNotFound
	}
	if (r.IgnoreValue || r.IgnoreLease) && s.now(string(r.Key)) == nil {
		return nil, etcdwire.ErrKeyNotFound
	}
	w := s.begin()
	response := w.put(r)
	w.end()
	return response, etcdwire.Status{}
}

// put sets a key. That it can be done was checked before; of a key that the same transaction has deleted since, there
// is nothing that could be kept.
func (w *write) put(r *etcdwire.PutRequest) *etcdwire.PutResponse {
	value, lease := string(r.Value), r.Lease
	k := w.s.find(string(r.Key))
	var old *version
	if k != nil && !k.newest.deleted() {
		old = k.newest
	}
	if old != nil && r.IgnoreValue {
		value = old.value
	}
	if old != nil && r.IgnoreLease {
		lease = old.lease
	}
	response := &etcdwire.PutResponse{Header: header(w.began + 1)}
	if r.PrevKV && old != nil {
		kv := old.kv()
		response.PrevKV = &kv
	}
	if k == nil {
		k = &key{name: string(r.Key)}
		w.s.keys.ReplaceOrInsert(k)
	}
	v := &version{create: w.began + 1, version: 1, value: value, lease: lease}
	if old != nil {
		v.create, v.version = old.create, old.version+1
		if !bendDetach() {
			w.s.leases.detach(old)
		}
	} else {
		w.s.live++
	}
	if old == nil && k.newest != nil {
		failpoint.Inject("bugVersionOverDelete", func(_ failpoint.Value) { v.version = k.beforeDelete() + 1 })
	}
	w.add(k, v)
	w.s.leases.attach(v)
	return response
}

// remove deletes a key that is there.
func (w *write) remove(k *key) {
	w.s.leases.detach(k.newest)
	w.s.live--
	w.add(k, &version{})
}

// add makes a version the newest of its key.
func (w *write) add(k *key, v *version) {
	v.of, v.before, v.mod, v.sub = k, k.newest, w.began+1, w.s.written
	k.newest = v
	w.s.written++
	w.s.changes = append(w.s.changes, v)
	w.s.count(v, 1)
}

// count adds what a version has to the sums, or takes it off again.
func (s *Store) count(v *version, times int64) {
	s.size += times * v.bytes()
	s.sum += uint64(times) * v.hash()
}

func (w *write) deleteRange(r *etcdwire.DeleteRangeRequest) *etcdwire.DeleteRangeResponse {
	var found []*version
	w.s.visible(spanOf(r.Key, r.RangeEnd), w.revision(), func(v *version) bool {
		found = append(found, v)
		return true
	})
	response := &etcdwire.DeleteRangeResponse{Deleted: int64(len(found))}
	for _, v := range found {
		if r.PrevKV {
			response.PrevKVs = append(response.PrevKVs, v.kv())
		}
		w.remove(v.of)
	}
	response.Header = header(w.revision())
	return response
}
