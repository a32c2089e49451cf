package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"

	"ordeal/cluster/etcdwire"
)

// request is one that was drawn.
type request struct {
	method  string
	message etcdwire.Message
	// user is who asks, by a token of the server's own; "" for no one.
	user string
}

// drawer draws requests from a seed. It knows the revision that the last answer told, which both servers agree on, or
// the comparison has failed already.
type drawer struct {
	*rand.Rand
	revision, compacted int64
	auth                bool
	// known says that users have to say who they are, and left for how many requests more.
	known bool
	left  int
	queue []request // that come next
	stored
}

func newDrawer(seed uint64) *drawer {
	return &drawer{Rand: rand.New(rand.NewPCG(seed, 0)), revision: 1, stored: stored{seen: map[string]int64{}}}
}

// chance is true n times in 100.
func (d *drawer) chance(n int) bool { return d.IntN(100) < n }

func pick[T any](d *drawer, list ...T) T { return list[d.IntN(len(list))] }

func (d *drawer) next() request {
	if len(d.queue) > 0 {
		r := d.queue[0]
		d.queue = d.queue[1:]
		return r
	}
	if d.auth && d.turns() {
		return d.next()
	}
	if d.auth && d.chance(30) {
		return d.from(d.user())
	}
	if d.chance(3) {
		return d.from(d.odd())
	}
	if d.chance(15) {
		return d.from(d.store())
	}
	return d.from(d.usual())
}

// plain is a request before it is said who asks.
func plain(method string, message etcdwire.Message) request {
	return request{method: method, message: message}
}

// usual draws what is about keys and leases.
func (d *drawer) usual() request {
	switch n := d.IntN(1000); {
	case n < 250:
		return plain(etcdwire.MethodRange, d.ranged())
	case n < 480:
		return plain(etcdwire.MethodPut, d.put())
	case n < 560:
		return plain(etcdwire.MethodDeleteRange, d.deletion())
	case n < 780:
		return plain(etcdwire.MethodTxn, d.txn(3))
	case n < 800:
		return plain(etcdwire.MethodCompact, &etcdwire.CompactionRequest{Revision: d.old(), Physical: d.chance(50)})
	case n < 840:
		return plain(etcdwire.MethodLeaseGrant, &etcdwire.LeaseGrantRequest{
			TTL: pick[int64](d, 3600, 7200, 9_000_000_000, 9_000_000_001), ID: d.lease(),
		})
	case n < 860:
		return plain(etcdwire.MethodLeaseRevoke, &etcdwire.LeaseRevokeRequest{ID: d.Int64N(9)})
	case n < 880:
		return plain("/etcdserverpb.Lease/LeaseTimeToLive", &etcdwire.LeaseTimeToLiveRequest{
			ID: d.Int64N(9), Keys: d.chance(70),
		})
	case n < 885:
		return plain(etcdwire.MethodKeepAlive, &etcdwire.LeaseKeepAliveRequest{ID: d.Int64N(9)})
	case n < 890:
		r := &etcdwire.HashKVRequest{Revision: d.old()}
		if r.Revision <= d.compacted {
			r.Revision = 0 // etcd has hashes there that it made when it compacted, of what was before
		}
		return plain("/etcdserverpb.Maintenance/HashKV", r)
	case n < 893:
		return plain("/etcdserverpb.Maintenance/Alarm", d.alarm())
	case n < 895:
		return plain("/etcdserverpb.Lease/LeaseLeases", &etcdwire.LeaseLeasesRequest{})
	default:
		return plain(etcdwire.MethodWatch, d.watch())
	}
}

// lease draws the id of a lease that is to be.
func (d *drawer) lease() int64 {
	if d.chance(10) {
		return pick[int64](d, -1, math.MinInt64, math.MaxInt64)
	}
	return 1 + d.Int64N(8)
}

// alarm is one that hinders nothing: of the space there would be no deletion of every key in time.
func (d *drawer) alarm() *etcdwire.AlarmRequest {
	return &etcdwire.AlarmRequest{
		Action: pick(d, etcdwire.AlarmGet, etcdwire.AlarmDeactivate), MemberID: d.Uint64N(3),
		Alarm: pick(d, etcdwire.AlarmNone, etcdwire.AlarmNoSpace),
	}
}

// key draws from few, so that requests meet.
func (d *drawer) key() []byte {
	switch n := d.IntN(100); {
	case n < 1:
		return nil
	case n < 3:
		return []byte{0}
	case n < 5:
		return []byte{0xff, 0xff}
	case n < 50:
		return []byte{byte('a' + d.IntN(6))}
	}
	return fmt.Appendf(nil, "%c/%c", 'a'+d.IntN(4), 'a'+d.IntN(5))
}

// end draws the end of a range. While users have to say who they are it is not before the key: whether such a range is
// permitted depends with etcd on the shape of a tree.
func (d *drawer) end(key []byte) []byte {
	end := d.anyEnd(key)
	if d.known && bytes.Compare(end, key) <= 0 && !bytes.Equal(end, []byte{0}) {
		return nil
	}
	return end
}

func (d *drawer) anyEnd(key []byte) []byte {
	switch n := d.IntN(100); {
	case n < 40 || len(key) == 0:
		return nil
	case n < 65:
		return append(append([]byte(nil), key[:len(key)-1]...), key[len(key)-1]+1)
	case n < 75:
		return []byte{0}
	}
	return d.key()
}

// old draws a revision, mostly one that there was.
func (d *drawer) old() int64 {
	switch n := d.IntN(100); {
	case n < 3:
		return d.revision + 1 + d.Int64N(3)
	case n < 6:
		return -d.Int64N(3)
	case n < 12:
		return d.compacted
	case n < 60:
		return max(1, d.revision-d.Int64N(20))
	}
	return 1 + d.Int64N(d.revision)
}

// maybeOld is mostly 0.
func (d *drawer) maybeOld(percent int) int64 {
	if d.chance(percent) {
		return d.old()
	}
	return 0
}

func (d *drawer) ranged() *etcdwire.RangeRequest {
	r := &etcdwire.RangeRequest{Key: d.key(), Revision: d.maybeOld(30)}
	r.RangeEnd = d.end(r.Key)
	if d.chance(30) {
		r.Limit = d.Int64N(6) - 1
	}
	if d.chance(30) {
		r.SortOrder = pick(d, etcdwire.SortNone, etcdwire.SortAscend, etcdwire.SortDescend, 3)
		r.SortTarget = etcdwire.SortTarget(d.IntN(5))
	}
	if d.chance(1) {
		r.SortTarget = 7
	}
	r.Serializable, r.KeysOnly, r.CountOnly = d.chance(20), d.chance(15), d.chance(10)
	r.MinModRevision, r.MaxModRevision = d.maybeOld(8), d.maybeOld(8)
	r.MinCreateRevision, r.MaxCreateRevision = d.maybeOld(8), d.maybeOld(8)
	return r
}

func (d *drawer) put() *etcdwire.PutRequest {
	r := &etcdwire.PutRequest{Key: d.key(), PrevKV: d.chance(30)}
	if !d.chance(10) {
		r.Value = fmt.Appendf(nil, "v%d", d.IntN(10))
	}
	if d.chance(20) {
		r.Lease = d.Int64N(9)
	}
	if d.chance(10) {
		r.IgnoreValue = true
		if d.chance(80) {
			r.Value = nil
		}
	}
	if d.chance(10) {
		r.IgnoreLease = true
		if d.chance(80) {
			r.Lease = 0
		}
	}
	return r
}

func (d *drawer) deletion() *etcdwire.DeleteRangeRequest {
	r := &etcdwire.DeleteRangeRequest{Key: d.key(), PrevKV: d.chance(50)}
	r.RangeEnd = d.end(r.Key)
	return r
}

func (d *drawer) txn(depth int) *etcdwire.TxnRequest {
	r := &etcdwire.TxnRequest{}
	for d.chance(60) {
		r.Compare = append(r.Compare, d.compare())
	}
	if d.chance(1) {
		for range 130 {
			r.Compare = append(r.Compare, d.compare())
		}
	}
	r.Success, r.Failure = d.ops(depth), d.ops(depth)
	if depth == 3 && d.chance(2) {
		r.Failure = d.many(depth)
	}
	return r
}

func (d *drawer) compare() etcdwire.Compare {
	c := etcdwire.Compare{
		Result: etcdwire.CompareResult(d.IntN(4)), Target: etcdwire.CompareTarget(d.IntN(5)), Key: d.key(), Given: true,
	}
	if d.chance(20) {
		c.RangeEnd = d.end(c.Key)
	}
	if c.With = c.Target; d.chance(3) {
		c.With = etcdwire.CompareTarget(d.IntN(5))
	}
	switch c.With {
	case etcdwire.CompareValue:
		c.Value = fmt.Appendf(nil, "v%d", d.IntN(10))
	case etcdwire.CompareVersion, etcdwire.CompareLease:
		c.Number = d.Int64N(4)
	default:
		c.Number = d.old()
	}
	return c
}

func (d *drawer) ops(depth int) (ops []etcdwire.RequestOp) {
	for d.chance(60) && len(ops) < 6 {
		var op etcdwire.RequestOp
		switch n := d.IntN(100); {
		case n < 35:
			op.Put = d.put()
		case n < 65:
			op.Range = d.ranged()
		case n < 80:
			if op.DeleteRange = d.deletion(); len(op.DeleteRange.RangeEnd) == 1 && op.DeleteRange.RangeEnd[0] == 0 {
				op.DeleteRange.RangeEnd = nil // with a put that keeps a value beside it, etcd does not go on
			}
		case n < 98 && depth > 0:
			op.Txn = d.txn(depth - 1)
		}
		ops = append(ops, op)
	}
	return ops
}

func (d *drawer) watch() *etcdwire.WatchRequest {
	c := &etcdwire.WatchCreateRequest{Key: d.key(), StartRevision: d.old(), PrevKV: d.chance(50)}
	c.RangeEnd = d.end(c.Key)
	c.StartRevision = max(0, min(c.StartRevision, d.revision))
	for d.chance(15) {
		c.Filters = append(c.Filters, pick(d, etcdwire.FilterNoPut, etcdwire.FilterNoDelete))
	}
	if d.chance(10) {
		c.WatchID = d.Int64N(5)
	}
	c.Fragment = d.chance(20)
	return &etcdwire.WatchRequest{Create: c}
}
