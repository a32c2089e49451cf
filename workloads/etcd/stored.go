package etcd

import (
	"fmt"

	"ordeal/cluster/etcdwire"
)

// What Kubernetes' API server asks its store for: an object is made if it is not there, set or deleted if its
// revision is the one that was seen, and else read; lists come in pages of one revision; watches begin at one
// (watches.go draws them as any); and of all who would compact, the one does that sets a key first which they
// compare.

const (
	compactKey = "c-compacted"
	pageLimit  = 3
)

// drawStored draws such a request, on the keys that all share.
func (w *worker) drawStored() drawn {
	key := w.drawKey()
	switch n := w.c.Rand().IntN(100); {
	case n < 15:
		return w.guarded(key, 0, etcdwire.RequestOp{Put: w.putRequest(key, 0, "")})
	case n < 42:
		return w.guarded(key, w.seen[key], etcdwire.RequestOp{Put: w.putRequest(key, 0, "")})
	case n < 55:
		return w.guarded(key, w.seen[key],
			etcdwire.RequestOp{DeleteRange: &etcdwire.DeleteRangeRequest{Key: []byte(key), PrevKV: true}})
	case n < 92:
		return rangeOf(w.nextPage())
	}
	return w.drawCompetition()
}

// guarded does something if a key's mod revision is one, and else reads it.
func (w *worker) guarded(key string, revision int64, op etcdwire.RequestOp) drawn {
	return of(etcdwire.MethodTxn, &etcdwire.TxnRequest{
		Compare: []etcdwire.Compare{{Target: etcdwire.CompareMod, With: etcdwire.CompareMod, Given: true, Key: []byte(key),
			Number: revision}},
		Success: []etcdwire.RequestOp{op},
		Failure: []etcdwire.RequestOp{{Range: &etcdwire.RangeRequest{Key: []byte(key)}}},
	}, false)
}

// nextPage goes on with the list that the client is at, or begins another.
func (w *worker) nextPage() *etcdwire.RangeRequest {
	if r := w.page; r != nil {
		return r
	}
	r := &etcdwire.RangeRequest{Key: []byte("a"), RangeEnd: []byte("c"), Limit: pageLimit}
	if w.c.Chance(50) {
		r.Key = []byte("b")
	}
	return r
}

// turnPage notes where a list goes on: behind the last key that has come, at the revision of the first page.
func (w *worker) turnPage(asked *etcdwire.RangeRequest, told *etcdwire.RangeResponse) {
	if asked.Limit != pageLimit || string(asked.RangeEnd) != "c" {
		return
	}
	w.page = nil
	if told == nil || !told.More || len(told.KVs) == 0 {
		return
	}
	next := *asked
	next.Key = append(append([]byte(nil), told.KVs[len(told.KVs)-1].Key...), 0)
	if next.Revision == 0 {
		next.Revision = revisionOf(told.Header)
	}
	w.page = &next
}

// drawCompetition sets the key that all compare who would compact.
func (w *worker) drawCompetition() drawn {
	put := &etcdwire.PutRequest{Key: []byte(compactKey), Value: fmt.Appendf(nil, "v%d", w.c.NewValue())}
	return of(etcdwire.MethodTxn, &etcdwire.TxnRequest{
		Compare: []etcdwire.Compare{{Target: etcdwire.CompareVersion, With: etcdwire.CompareVersion, Given: true,
			Key: []byte(compactKey), Number: w.e.compactions}},
		Success: []etcdwire.RequestOp{{Put: put}},
		Failure: []etcdwire.RequestOp{{Range: &etcdwire.RangeRequest{Key: []byte(compactKey)}}},
	}, false)
}

// competed learns from the answer to that, and compacts if it was this client.
func (w *worker) competed(asked *etcdwire.TxnRequest, told *etcdwire.TxnResponse) {
	if len(asked.Success) != 1 || asked.Success[0].Put == nil || string(asked.Success[0].Put.Key) != compactKey {
		return
	}
	if told.Succeeded {
		w.e.compactions++
		w.compacts = max(1, revisionOf(told.Header)-20)
		return
	}
	if r := told.Responses[0].Range; r != nil {
		w.e.compactions = 0
		if len(r.KVs) == 1 {
			w.e.compactions = r.KVs[0].Version
		}
	}
}
