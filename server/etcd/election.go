package etcd

import (
	"bytes"
	"context"

	"ordeal/cluster/etcdwire"
)

func campaign(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.CampaignRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	if err := s.use(r.Lease); err != nil {
		return nil, err
	}
	prefix, key := s.place(r.Name)
	t, err := s.txn(s.ctx, &etcdwire.TxnRequest{
		Compare: madeAt(key, 0),
		Success: []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{Key: key, Value: r.Value, Lease: s.lease}}},
		Failure: []etcdwire.RequestOp{{Range: &etcdwire.RangeRequest{Key: key}}},
	})
	if err != nil {
		return nil, err
	}
	mine := &etcdwire.LeaderKey{Name: r.Name, Key: key, Rev: t.Header.Revision, Lease: s.lease}
	if !t.Succeeded {
		was := t.Responses[0].Range.KVs[0]
		mine.Rev = was.CreateRevision
		if !bytes.Equal(was.Value, r.Value) {
			if _, err := s.proclaim(mine, r.Value); err != nil {
				s.give(mine)
				return nil, err
			}
		}
	}
	if err := s.waitBefore(prefix, mine.Rev); err != nil {
		s.give(mine)
		return nil, err
	}
	return &etcdwire.CampaignResponse{Header: t.Header, Leader: mine}, nil
}

// give gives a leadership up, or the wait for it, of a client that may be gone.
func (s *session) give(mine *etcdwire.LeaderKey) {
	_, _ = s.resign(context.WithoutCancel(s.ctx), mine) // the lease will end, too
}

func (s *session) resign(ctx context.Context, mine *etcdwire.LeaderKey) (*etcdwire.TxnResponse, error) {
	return s.txn(ctx, &etcdwire.TxnRequest{
		Compare: madeAt(mine.Key, mine.Rev),
		Success: []etcdwire.RequestOp{{DeleteRange: &etcdwire.DeleteRangeRequest{Key: mine.Key}}},
	})
}

func (s *session) proclaim(mine *etcdwire.LeaderKey, value []byte) (*etcdwire.TxnResponse, error) {
	t, err := s.txn(s.ctx, &etcdwire.TxnRequest{
		Compare: madeAt(mine.Key, mine.Rev),
		Success: []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{Key: mine.Key, Value: value, Lease: mine.Lease}}},
	})
	if err == nil && !t.Succeeded {
		err = errNotLeader
	}
	return t, err
}

func proclaim(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.ProclaimRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	if r.Leader == nil {
		return nil, errMissingLeaderKey
	}
	t, err := s.proclaim(r.Leader, r.Value)
	return &etcdwire.ProclaimResponse{Header: t.Header}, err
}

func resign(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.ResignRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	if r.Leader == nil {
		return nil, errMissingLeaderKey
	}
	t, err := s.resign(s.ctx, r.Leader)
	return &etcdwire.ResignResponse{Header: t.Header}, err
}

func leader(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.LeaderRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	prefix, _ := s.place(r.Name)
	found, err := s.find(oldest(prefix))
	switch {
	case err != nil:
		return nil, err
	case len(found.KVs) == 0:
		return nil, errNoLeader
	}
	return &etcdwire.LeaderResponse{Header: found.Header, KV: &found.KVs[0]}, nil
}

// observe tells of every leader, and of what it proclaims, until the client has enough.
func observe(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.LeaderRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	prefix, _ := s.place(r.Name)
	for {
		found, err := s.find(oldest(prefix))
		if err != nil {
			return nil, err
		}
		if len(found.KVs) == 0 {
			err = s.watch(&etcdwire.WatchCreateRequest{
				Key: prefix, RangeEnd: below(prefix), StartRevision: found.Header.Revision + 1,
				Filters: []etcdwire.FilterType{etcdwire.FilterNoDelete},
			}, func(h *etcdwire.ResponseHeader, e *etcdwire.Event) (bool, error) {
				found.KVs, found.Header = []etcdwire.KeyValue{*e.KV}, h
				return false, nil
			})
			if err != nil {
				return nil, err
			}
		}
		if err := s.follow(found.Header, &found.KVs[0]); err != nil {
			return nil, err
		}
	}
}

// follow tells of a leader until its key is gone.
func (s *session) follow(h *etcdwire.ResponseHeader, kv *etcdwire.KeyValue) error {
	tell := func(h *etcdwire.ResponseHeader, kv *etcdwire.KeyValue) error {
		return s.stream.SendMsg(etcdwire.Append(nil, &etcdwire.LeaderResponse{Header: h, KV: kv}))
	}
	if err := tell(h, kv); err != nil {
		return err
	}
	return s.watch(&etcdwire.WatchCreateRequest{Key: kv.Key, StartRevision: kv.ModRevision + 1},
		func(h *etcdwire.ResponseHeader, e *etcdwire.Event) (bool, error) {
			if e.Type == etcdwire.EventDelete {
				return false, nil
			}
			return true, tell(h, e.KV)
		})
}
