package cluster

import (
	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// Ranges that are answered in parts, as etcd has them from 3.7 on: the keys in the order of their names, and in the
// last part what is said of all of them. Put together they are what a range is answered with.

// The first part has so many keys at most, and each later one twice as many as the one before; none has more bytes of
// keys and values, unless it is one key.
const (
	streamFirst     = 10
	streamPartBytes = 256 << 10
)

// checkStream says what is wrong with a range that is to be answered in parts.
func checkStream(r *etcdwire.RangeRequest) etcdwire.Status {
	status := kv.CheckRange(r)
	switch {
	case status.Code != etcdwire.OK:
	case r.SortOrder != etcdwire.SortNone && (r.SortOrder != etcdwire.SortAscend || r.SortTarget != etcdwire.SortByKey):
		return etcdwire.Status{
			Code: etcdwire.Unimplemented, Text: "RangeStream does not support custom sort orders",
		}
	case r.MinModRevision != 0 || r.MaxModRevision != 0 || r.MinCreateRevision != 0 || r.MaxCreateRevision != 0:
		return etcdwire.Status{
			Code: etcdwire.Unimplemented, Text: "RangeStream does not support revision filters",
		}
	}
	return status
}

func (c *EtcdCall) rangeStream(who kv.Who, r *etcdwire.RangeRequest) {
	store := c.n.keys()
	r.SortTarget = etcdwire.SortByKey
	status := store.MayRead(who, r.Key, r.RangeEnd)
	var all *etcdwire.RangeResponse
	if status.Code == etcdwire.OK {
		all, status = store.Range(r)
	}
	if status.Code != etcdwire.OK {
		c.fail(status)
		return
	}
	c.n.fill(&all.Header)
	for most := streamFirst; ; most *= 2 {
		n := partOf(all.KVs, most)
		if n == len(all.KVs) {
			break
		}
		c.sink.Send(etcdwire.Append(nil, &etcdwire.RangeStreamResponse{Part: &etcdwire.RangeResponse{KVs: all.KVs[:n]}}))
		all.KVs = all.KVs[n:]
	}
	c.answer(&etcdwire.RangeStreamResponse{Part: all})
}

// partOf is how many of the first keys go into one part.
func partOf(kvs []etcdwire.KeyValue, most int) int {
	size := 0
	for i := range kvs {
		if size += len(kvs[i].Key) + len(kvs[i].Value); i == most || i > 0 && size > streamPartBytes {
			return i
		}
	}
	return len(kvs)
}
