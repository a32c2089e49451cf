package cluster_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// TestRangeInParts holds what a range is answered with in parts against what it is answered with as a whole.
func TestRangeInParts(t *testing.T) {
	e := etcdEnsemble(t, 3, 1)
	done := false
	e.Spawn("client", func(p host.Process) {
		p.Sleep(2 * time.Second)
		c := newEtcdClient(p, e.servers, 0)
		large := make([]byte, 200<<10)
		for i := range 45 {
			put := &etcdwire.PutRequest{Key: fmt.Appendf(nil, "k%02d", i), Value: fmt.Append(nil, i)}
			if i >= 40 {
				put.Value = large
			}
			if status, lost := c.call(etcdwire.MethodPut, put, &etcdwire.PutResponse{}); lost || status.Code != etcdwire.OK {
				t.Fatalf("put: %v %v", status, lost)
			}
		}
		for _, r := range []etcdwire.RangeRequest{
			{}, {Limit: 7}, {Limit: 10}, {Limit: 33}, {KeysOnly: true}, {CountOnly: true}, {Revision: 9}, {Key: []byte("x")},
		} {
			if r.Key == nil {
				r.Key = []byte("k")
			}
			r.RangeEnd = []byte("z")
			want := &etcdwire.RangeResponse{}
			if status, lost := c.call(etcdwire.MethodRange, &r, want); lost || status.Code != etcdwire.OK {
				t.Fatalf("%+v: %v %v", r, status, lost)
			}
			got, parts := rangeInParts(t, c, &r)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: in parts %d keys, %+v; as a whole %d keys, %+v", r, len(got.KVs), got.Header, len(want.KVs),
					want.Header)
			}
			if len(want.KVs) > 10 && parts < 2 {
				t.Errorf("%+v: %d keys came in %d parts", r, len(want.KVs), parts)
			}
		}
		for _, r := range []etcdwire.RangeRequest{
			{Key: []byte("k"), SortOrder: etcdwire.SortDescend}, {Key: []byte("k"), MaxModRevision: 3}, {},
		} {
			_, status, _ := c.wait(c.begin(etcdwire.MethodRangeStream, &r), time.Second)
			if len(r.Key) > 0 && status.Code != etcdwire.Unimplemented || len(r.Key) == 0 && status != etcdwire.ErrEmptyKey {
				t.Errorf("%+v: %v", r, status)
			}
		}
		done = true
	})
	e.RunUntil(20 * time.Second)
	for _, failure := range e.Failures() {
		t.Fatalf("%+v", failure)
	}
	if !done {
		t.Error("not everything was asked for")
	}
}

// rangeInParts puts the parts of an answer together, and counts them.
func rangeInParts(t *testing.T, c *etcdClient, r *etcdwire.RangeRequest) (all *etcdwire.RangeResponse, parts int) {
	all = &etcdwire.RangeResponse{}
	for call := c.begin(etcdwire.MethodRangeStream, r); ; parts++ {
		b, status, lost := c.wait(call, 3*time.Second)
		if b == nil {
			if lost || status.Code != etcdwire.OK {
				t.Fatalf("%+v: %v %v", r, status, lost)
			}
			return all, parts
		}
		m := &etcdwire.RangeStreamResponse{}
		if err := etcdwire.Decode(b, m); err != nil || m.Part == nil {
			t.Fatalf("%+v: a part is %x: %v", r, b, err)
		}
		if all.Header != nil {
			t.Errorf("%+v: a part comes behind the one with a header", r)
		}
		all.Header, all.More, all.Count = m.Part.Header, m.Part.More, m.Part.Count
		all.KVs = append(all.KVs, m.Part.KVs...)
	}
}
