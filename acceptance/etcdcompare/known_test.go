package main

import (
	"testing"

	"ordeal/cluster/etcdwire"
)

func ok(m etcdwire.Message) answer { return answer{messages: []etcdwire.Message{m}} }

func refused(s etcdwire.Status) answer { return answer{status: s} }

// keys is a range's answer with one key of a lease.
func keys(lease int64) *etcdwire.RangeResponse {
	return &etcdwire.RangeResponse{KVs: []etcdwire.KeyValue{{Key: []byte("k"), Version: 2, Lease: lease}}, Count: 1}
}

// inTxn is the answer to a transaction within another, in which keys were asked for.
func inTxn(m *etcdwire.RangeResponse) *etcdwire.TxnResponse {
	inner := &etcdwire.TxnResponse{Responses: []etcdwire.ResponseOp{{Range: m}}}
	return &etcdwire.TxnResponse{Succeeded: true, Responses: []etcdwire.ResponseOp{{Txn: inner}}}
}

func txnOf(r *etcdwire.RangeRequest) *etcdwire.TxnRequest {
	inner := &etcdwire.TxnRequest{Failure: []etcdwire.RequestOp{{Range: r}}}
	return &etcdwire.TxnRequest{Success: []etcdwire.RequestOp{{Txn: inner}}}
}

func TestWhatIsKnownOfARelease(t *testing.T) {
	bare, whole := &etcdwire.RangeRequest{KeysOnly: true}, &etcdwire.RangeRequest{}
	status := plain(authService+"AuthStatus", &etcdwire.AuthStatusRequest{})
	down := plain(maintenance+"Downgrade", &etcdwire.DowngradeRequest{})
	put, txn := plain(etcdwire.MethodPut, &etcdwire.PutRequest{}), plain(etcdwire.MethodTxn, &etcdwire.TxnRequest{})
	ofVersion := func(version string, revision int64) answer {
		return ok(&etcdwire.DowngradeResponse{Header: &etcdwire.ResponseHeader{Revision: revision}, Version: version})
	}
	told := ok(&etcdwire.AuthStatusResponse{Enabled: true})
	for _, c := range []struct {
		name         string
		r            request
		ordeal, etcd answer
		known        bool
	}{
		{"a lease of a bare key", plain(etcdwire.MethodRange, bare), ok(keys(5)), ok(keys(0)), true},
		{"another lease", plain(etcdwire.MethodRange, bare), ok(keys(5)), ok(keys(6)), false},
		{"a lease beside a value", plain(etcdwire.MethodRange, whole), ok(keys(5)), ok(keys(0)), false},
		{"in a transaction", plain(etcdwire.MethodTxn, txnOf(bare)), ok(inTxn(keys(5))), ok(inTxn(keys(0))), true},
		{"with its value", plain(etcdwire.MethodTxn, txnOf(whole)), ok(inTxn(keys(5))), ok(inTxn(keys(0))), false},
		{"told to all", status, refused(etcdwire.ErrPermissionDenied), told, true},
		{"told in place of another error", status, refused(etcdwire.ErrInvalidAuthToken), told, false},
		{"told to none", status, told, refused(etcdwire.ErrPermissionDenied), false},
		{"a version below", down, refused(etcdwire.ErrDowngradeTarget), ok(&etcdwire.DowngradeResponse{}), true},
		{"a form", down, refused(etcdwire.ErrDowngradeFormat), ok(&etcdwire.DowngradeResponse{}), false},
		{"another version", down, ofVersion("3.6", 7), ofVersion("3.7", 7), true},
		{"another revision", down, ofVersion("3.6", 7), ofVersion("3.7", 8), false},
		{"the lease first", txn, refused(etcdwire.ErrKeyNotFound), refused(etcdwire.ErrLeaseNotFound), true},
		{"the key first", txn, refused(etcdwire.ErrLeaseNotFound), refused(etcdwire.ErrKeyNotFound), false},
		{"the lease first, by itself", put, refused(etcdwire.ErrKeyNotFound), refused(etcdwire.ErrLeaseNotFound), false},
	} {
		list := knownOf("3.7.3")
		if got := note(list, c.r, c.ordeal, c.etcd); got != c.known {
			t.Errorf("%s: known is %v", c.name, got)
		}
	}
	if list := knownOf("3.6.16"); len(list) > 0 {
		t.Errorf("of 3.6 there is known %v", list)
	}
}
