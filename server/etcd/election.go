package etcd

import (
	"ordeal/cluster/etcdrecipes"
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
	place := etcdrecipes.NewPlace(r.Name, s.lease)
	made, h, err := etcdrecipes.Campaign(s, place, r.Value)
	if err != nil {
		if made != 0 {
			_, _, _ = etcdrecipes.Resign(s.last(), place.Key, made)
		}
		return nil, err
	}
	return &etcdwire.CampaignResponse{
		Header: h, Leader: &etcdwire.LeaderKey{Name: r.Name, Key: place.Key, Rev: made, Lease: s.lease},
	}, nil
}

func proclaim(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.ProclaimRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	if r.Leader == nil {
		return nil, errMissingLeaderKey
	}
	h, err := etcdrecipes.Proclaim(s, r.Leader.Key, r.Leader.Rev, r.Leader.Lease, r.Value)
	return &etcdwire.ProclaimResponse{Header: h}, err
}

func resign(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.ResignRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	if r.Leader == nil {
		return nil, errMissingLeaderKey
	}
	h, _, err := etcdrecipes.Resign(s, r.Leader.Key, r.Leader.Rev)
	return &etcdwire.ResignResponse{Header: h}, err
}

func leader(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.LeaderRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	h, kv, err := etcdrecipes.Leader(s, r.Name)
	if err != nil {
		return nil, err
	}
	return &etcdwire.LeaderResponse{Header: h, KV: kv}, nil
}

// observe tells of every leader, and of what it proclaims, until the client has enough.
func observe(s *session, b []byte) (etcdwire.Message, error) {
	r := &etcdwire.LeaderRequest{}
	if err := etcdwire.Decode(b, r); err != nil {
		return nil, err
	}
	return nil, etcdrecipes.Observe(s, r.Name, func(h *etcdwire.ResponseHeader, kv *etcdwire.KeyValue) error {
		return s.stream.SendMsg(etcdwire.Append(nil, &etcdwire.LeaderResponse{Header: h, KV: kv}))
	})
}
