package main

import (
	"fmt"

	"ordeal/cluster/etcdwire"
)

// What Kubernetes' API server asks its store for: an object is made if it is not there, set or deleted if its
// revision is the one that was seen, and else read; lists come in pages of one revision; watches begin at one; and
// whoever sets a key first that all compare compacts.

const (
	storedPrefix = "/registry/"
	compactKey   = "compact_rev_key"
	pageLimit    = 3
)

// stored is what the drawer knows of these objects.
type stored struct {
	// seen is the mod revision of an object as it was shown last.
	seen map[string]int64
	// version is that of the key that is set to compact, and asked the revision that is put there.
	version, asked int64
}

func (d *drawer) object() string {
	return fmt.Sprintf("%s%s/o%d", storedPrefix, pick(d, "pods/a", "pods/b", "nodes"), d.IntN(6))
}

// store draws such a request.
func (d *drawer) store() request {
	key := d.object()
	switch n := d.IntN(100); {
	case n < 18:
		return guarded(key, 0, d.storedPut(key))
	case n < 45:
		return guarded(key, d.seenOf(key), d.storedPut(key))
	case n < 55:
		return guarded(key, d.seenOf(key),
			etcdwire.RequestOp{DeleteRange: &etcdwire.DeleteRangeRequest{Key: []byte(key)}})
	case n < 65:
		return plain(etcdwire.MethodRange, &etcdwire.RangeRequest{Key: []byte(key), Serializable: d.chance(30)})
	case n < 80:
		return d.page(pick(d, storedPrefix, storedPrefix+"pods/", storedPrefix+"pods/a/"), "", d.maybeOld(15))
	case n < 84:
		r := d.page(storedPrefix+"pods/", "", 0)
		r.message.(*etcdwire.RangeRequest).Limit, r.message.(*etcdwire.RangeRequest).CountOnly = 0, true
		return r
	case n < 94:
		c := &etcdwire.WatchCreateRequest{
			Key: []byte(storedPrefix), RangeEnd: prefixEnd(storedPrefix), PrevKV: true, ProgressNotify: true,
			StartRevision: max(1, min(d.old(), d.revision)),
		}
		return plain(etcdwire.MethodWatch, &etcdwire.WatchRequest{Create: c})
	}
	return d.compaction()
}

// seenOf is the revision that was seen last of an object, and now and then another.
func (d *drawer) seenOf(key string) int64 {
	if d.chance(20) {
		return d.old()
	}
	return d.stored.seen[key]
}

func (d *drawer) storedPut(key string) etcdwire.RequestOp {
	r := &etcdwire.PutRequest{Key: []byte(key), Value: fmt.Appendf(nil, "object %d", d.IntN(1000))}
	if d.chance(10) {
		r.Lease = 1 + d.Int64N(8)
	}
	return etcdwire.RequestOp{Put: r}
}

// guarded does something if an object's mod revision is one, and else reads it.
func guarded(key string, revision int64, op etcdwire.RequestOp) request {
	return plain(etcdwire.MethodTxn, &etcdwire.TxnRequest{
		Compare: []etcdwire.Compare{{Target: etcdwire.CompareMod, With: etcdwire.CompareMod, Given: true, Key: []byte(key),
			Number: revision}},
		Success: []etcdwire.RequestOp{op},
		Failure: []etcdwire.RequestOp{{Range: &etcdwire.RangeRequest{Key: []byte(key)}}},
	})
}

// page is one of a list: from the beginning, or from behind a key.
func (d *drawer) page(prefix, behind string, revision int64) request {
	from := prefix
	if behind != "" {
		from = behind + "\x00"
	}
	return plain(etcdwire.MethodRange, &etcdwire.RangeRequest{
		Key: []byte(from), RangeEnd: prefixEnd(prefix), Limit: pageLimit, Revision: revision,
	})
}

func prefixEnd(prefix string) []byte {
	end := []byte(prefix)
	end[len(end)-1]++
	return end
}

// compaction sets the key that all compare, if its version is the one that was seen.
func (d *drawer) compaction() request {
	d.stored.asked = max(1, d.revision-d.Int64N(30))
	version := d.stored.version
	if d.chance(20) {
		version += d.Int64N(3) - 1
	}
	return plain(etcdwire.MethodTxn, &etcdwire.TxnRequest{
		Compare: []etcdwire.Compare{{Target: etcdwire.CompareVersion, With: etcdwire.CompareVersion, Given: true,
			Key: []byte(compactKey), Number: version}},
		Success: []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{
			Key: []byte(compactKey), Value: fmt.Append(nil, d.stored.asked),
		}}},
		Failure: []etcdwire.RequestOp{{Range: &etcdwire.RangeRequest{Key: []byte(compactKey)}}},
	})
}

// follow notes what an answer shows of objects, and has the next page asked for, or what was won compacted.
func (d *drawer) follow(r request, a answer) {
	if len(a.messages) != 1 {
		return
	}
	switch m := a.messages[0].(type) {
	case *etcdwire.RangeResponse:
		d.see(m.KVs)
		asked := r.message.(*etcdwire.RangeRequest)
		if !m.More || asked.Limit != pageLimit || len(m.KVs) == 0 || asked.SortTarget != 0 || asked.SortOrder != 0 {
			return
		}
		last := m.KVs[len(m.KVs)-1].Key
		next := *asked
		next.Key = append(append([]byte(nil), last...), 0)
		if next.Revision == 0 {
			next.Revision = m.Header.Revision
		}
		d.queue = append(d.queue, request{r.method, &next, r.user})
	case *etcdwire.TxnResponse:
		if len(m.Responses) != 1 {
			return
		}
		asked := r.message.(*etcdwire.TxnRequest)
		if one := m.Responses[0].Range; one != nil {
			d.see(one.KVs)
		}
		if len(asked.Success) != 1 || asked.Success[0].Put == nil || !m.Succeeded {
			return
		}
		key := string(asked.Success[0].Put.Key)
		d.stored.seen[key] = m.Header.Revision
		if key == compactKey {
			d.stored.version++
			d.queue = append(d.queue, d.from(plain(etcdwire.MethodCompact,
				&etcdwire.CompactionRequest{Revision: d.stored.asked})))
		}
	}
}

func (d *drawer) see(list []etcdwire.KeyValue) {
	for i := range list {
		d.stored.seen[string(list[i].Key)] = list[i].ModRevision
		if string(list[i].Key) == compactKey {
			d.stored.version = list[i].Version
		}
	}
}
