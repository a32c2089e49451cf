package etcd

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
)

// The services Lock and Election are what etcd's clients could do themselves with keys: whoever made its key below a
// name first has the lock, or leads; the others wait until the one that made its key before them is gone. Names are
// prefixes.

// session is a client that waits: on whose behalf, and until when.
type session struct {
	f      *front
	ctx    context.Context
	head   cluster.EtcdHead
	lease  int64
	stream grpc.ServerStream
}

// recipe serves one method of these services.
type recipe func(s *session, b []byte) (etcdwire.Message, error)

// recipes are they, by method. An answer that is nil was sent already.
var recipes = map[string]recipe{
	etcdwire.MethodLock: lock, etcdwire.MethodUnlock: unlock, etcdwire.MethodCampaign: campaign,
	etcdwire.MethodProclaim: proclaim, etcdwire.MethodLeader: leader, etcdwire.MethodObserve: observe,
	etcdwire.MethodResign: resign,
}

// The errors of etcd, which have no code of their own.
var (
	errSessionExpired   = errors.New("mutex: session is expired")
	errNotLeader        = errors.New("election: not leader")
	errNoLeader         = errors.New("election: no leader")
	errMissingLeaderKey = errors.New(`"leader" field must be provided`)
)

func (f *front) serve(stream grpc.ServerStream, head cluster.EtcdHead, do recipe) error {
	b, err := receive(stream)
	if err != nil {
		return err
	}
	s := &session{f: f, ctx: stream.Context(), head: head, stream: stream}
	response, err := do(s, b)
	switch {
	case s.ctx.Err() != nil:
		return status.FromContextError(s.ctx.Err()).Err()
	case err != nil:
		return status.Error(codes.Unknown, err.Error())
	case response == nil:
		return nil
	}
	return stream.SendMsg(etcdwire.Append(nil, response))
}

// defaultTTL is the time of a lease that is made for a client that names none, in seconds.
const defaultTTL = 60

// use has the session stand on a lease, or on a new one.
func (s *session) use(lease int64) error {
	if s.lease = lease; lease != 0 {
		return nil
	}
	r := &etcdwire.LeaseGrantResponse{}
	err := s.f.ask(s.ctx, s.head, etcdwire.MethodLeaseGrant, &etcdwire.LeaseGrantRequest{TTL: defaultTTL}, r)
	s.lease = r.ID
	return err
}

func (s *session) txn(ctx context.Context, r *etcdwire.TxnRequest) (*etcdwire.TxnResponse, error) {
	response := &etcdwire.TxnResponse{}
	return response, s.f.ask(ctx, s.head, etcdwire.MethodTxn, r, response)
}

func (s *session) find(r *etcdwire.RangeRequest) (*etcdwire.RangeResponse, error) {
	response := &etcdwire.RangeResponse{}
	return response, s.f.ask(s.ctx, s.head, etcdwire.MethodRange, r, response)
}

// place is the prefix of a name, and the session's own key below it.
func (s *session) place(name []byte) (prefix, key []byte) {
	prefix = append(bytes.Clone(name), '/')
	return prefix, fmt.Appendf(bytes.Clone(prefix), "%x", s.lease)
}

// below is the end of the range of a prefix, which ends with a slash.
func below(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	end[len(end)-1]++
	return end
}

// oldest asks for the key below a prefix that was made first.
func oldest(prefix []byte) *etcdwire.RangeRequest {
	return &etcdwire.RangeRequest{
		Key: prefix, RangeEnd: below(prefix), Limit: 1, SortOrder: etcdwire.SortAscend, SortTarget: etcdwire.SortByCreate,
	}
}

func madeAt(key []byte, revision int64) []etcdwire.Compare {
	return []etcdwire.Compare{{
		Target: etcdwire.CompareCreate, Key: key, Given: true, With: etcdwire.CompareCreate, Number: revision,
	}}
}

func lock(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.LockRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	if err := s.use(r.Lease); err != nil {
		return nil, err
	}
	prefix, key := s.place(r.Name)
	t, err := s.txn(s.ctx, &etcdwire.TxnRequest{
		Compare: madeAt(key, 0),
		Success: []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{Key: key, Lease: s.lease}}, {Range: oldest(prefix)}},
		Failure: []etcdwire.RequestOp{{Range: &etcdwire.RangeRequest{Key: key}}, {Range: oldest(prefix)}},
	})
	if err != nil {
		return nil, err
	}
	mine := t.Header.Revision
	if !t.Succeeded {
		mine = t.Responses[0].Range.KVs[0].CreateRevision
	}
	if owner := t.Responses[1].Range.KVs; len(owner) == 0 || owner[0].CreateRevision == mine {
		return &etcdwire.LockResponse{Header: t.Header, Key: key}, nil
	}
	if err := s.waitBefore(prefix, mine); err != nil {
		s.forget(key)
		return nil, err
	}
	held, err := s.find(&etcdwire.RangeRequest{Key: key})
	if err != nil {
		s.forget(key)
		return nil, err
	}
	if len(held.KVs) == 0 {
		return nil, errSessionExpired
	}
	return &etcdwire.LockResponse{Header: held.Header, Key: key}, nil
}

// forget deletes a key of a client that waits no more, which may be because it is gone.
func (s *session) forget(key []byte) {
	_ = s.f.ask(context.WithoutCancel(s.ctx), s.head, etcdwire.MethodDeleteRange, &etcdwire.DeleteRangeRequest{Key: key},
		&etcdwire.DeleteRangeResponse{}) // the lease will end, too
}

// waitBefore waits until no key below a prefix is left that was made before a revision.
func (s *session) waitBefore(prefix []byte, made int64) error {
	for {
		r, err := s.find(&etcdwire.RangeRequest{
			Key: prefix, RangeEnd: below(prefix), Limit: 1, SortOrder: etcdwire.SortDescend,
			SortTarget: etcdwire.SortByCreate, MaxCreateRevision: made - 1,
		})
		if err != nil || len(r.KVs) == 0 {
			return err
		}
		err = s.watch(&etcdwire.WatchCreateRequest{Key: r.KVs[0].Key, StartRevision: r.Header.Revision},
			func(_ *etcdwire.ResponseHeader, e *etcdwire.Event) (bool, error) {
				return e.Type != etcdwire.EventDelete, nil
			})
		if err != nil {
			return err
		}
	}
}

// watch calls f with the events of a watch until it returns false.
func (s *session) watch(r *etcdwire.WatchCreateRequest,
	f func(*etcdwire.ResponseHeader, *etcdwire.Event) (bool, error)) error {
	head := s.head
	head.Method = etcdwire.MethodWatch
	u := s.f.begin(head, etcdwire.Append(nil, &etcdwire.WatchRequest{Create: r}))
	defer u.cancel()
	for {
		b, ended, st := u.sink.next(s.ctx)
		if ended {
			return failure{st}
		}
		u.sink.sent(b)
		m := &etcdwire.WatchResponse{}
		if err := etcdwire.Decode(b, m); err != nil {
			return err
		}
		if m.Canceled {
			if m.CompactRevision > 0 {
				return failure{etcdwire.ErrCompacted}
			}
			return errors.New(m.CancelReason)
		}
		for i := range m.Events {
			if more, err := f(m.Header, &m.Events[i]); err != nil || !more {
				return err
			}
		}
	}
}

func unlock(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.UnlockRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	d := &etcdwire.DeleteRangeResponse{}
	err := s.f.ask(s.ctx, s.head, etcdwire.MethodDeleteRange, &etcdwire.DeleteRangeRequest{Key: r.Key}, d)
	return &etcdwire.UnlockResponse{Header: d.Header}, err
}
