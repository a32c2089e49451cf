package etcdv3

import (
	"context"
	"errors"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// useLease does something with the client's own lease: grants itself one, keeps it alive, puts a key that ends with
// it, revokes it, or leaves it to end.
func (w *worker) useLease() {
	switch n := w.c.Rand().IntN(100); {
	case w.lease == 0:
		w.grant()
	case n < 70:
		w.keepAlive()
	case n < 90:
		if w.put(markOf(w.lease)+"/x", w.lease); w.client == nil {
			return
		}
	case n < 95:
		w.revoke()
	default:
		w.lease = 0
	}
}

// grant grants the client a lease, and puts the key that shows that it is there.
func (w *worker) grant() {
	client, asked, id := w.client, w.v.Now(), int64(0)
	ok := w.record("grant", []any{int64(0), int64(ttl)}, false, func(ctx context.Context) (message, error) {
		r, err := client.Grant(ctx, ttl)
		if err != nil {
			return nil, err
		}
		id = int64(r.ID)
		return &pb.LeaseGrantResponse{Header: r.ResponseHeader, ID: id, TTL: r.TTL}, nil
	})
	if !ok || w.client == nil || id == 0 {
		return
	}
	if w.put(markOf(id), id) {
		w.lease = id
		w.v.leases.granted(id, asked)
	}
}

func (w *worker) keepAlive() {
	client, id := w.client, w.lease
	w.record("alive", []any{id}, true, func(ctx context.Context) (message, error) {
		r, err := client.KeepAliveOnce(ctx, clientv3.LeaseID(id))
		if errors.Is(err, rpctypes.ErrLeaseNotFound) { // so the client has it that the answer has no time
			return &pb.LeaseKeepAliveResponse{Header: &pb.ResponseHeader{}, ID: id}, nil
		}
		if err != nil {
			return nil, err
		}
		return &pb.LeaseKeepAliveResponse{Header: r.ResponseHeader, ID: int64(r.ID), TTL: r.TTL}, nil
	})
}

func (w *worker) revoke() {
	client, id := w.client, w.lease
	w.lease = 0
	w.v.leases.wanted(id)
	w.record("revoke", []any{id}, false, func(ctx context.Context) (message, error) {
		r, err := client.Revoke(ctx, clientv3.LeaseID(id))
		return (*pb.LeaseRevokeResponse)(r), err
	})
}
