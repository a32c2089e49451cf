package etcd

import (
	"context"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"ordeal/cluster"
	"ordeal/cluster/etcdrecipes"
	"ordeal/cluster/etcdwire"
)

// The services Lock and Election are what etcd's clients could do themselves with keys: package etcdrecipes.

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

// errMissingLeaderKey is etcd's, which has no code of its own, as those of package etcdrecipes.
var errMissingLeaderKey = errors.New(`"leader" field must be provided`)

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
	err := s.Ask(etcdwire.MethodLeaseGrant, &etcdwire.LeaseGrantRequest{TTL: defaultTTL}, r)
	s.lease = r.ID
	return err
}

var _ etcdrecipes.Keys = (*session)(nil)

// Ask implements etcdrecipes.Keys.
func (s *session) Ask(method string, request, answer etcdwire.Message) error {
	return s.f.ask(s.ctx, s.head, method, request, answer)
}

// last is the session of a client that waits no more, which may be because it is gone: what it left is still to go. If
// it stays, it goes with its lease.
func (s *session) last() *session {
	last := *s
	last.ctx = context.WithoutCancel(s.ctx)
	return &last
}

func lock(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.LockRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	if err := s.use(r.Lease); err != nil {
		return nil, err
	}
	place := etcdrecipes.NewPlace(r.Name, s.lease)
	made, h, err := etcdrecipes.Lock(s, place)
	if err != nil {
		if made != 0 {
			_, _ = etcdrecipes.Forget(s.last(), place.Key)
		}
		return nil, err
	}
	return &etcdwire.LockResponse{Header: h, Key: place.Key}, nil
}

// Watch implements etcdrecipes.Keys.
func (s *session) Watch(r *etcdwire.WatchCreateRequest,
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
	h, err := etcdrecipes.Forget(s, r.Key)
	return &etcdwire.UnlockResponse{Header: h}, err
}
