package etcdrecipes

import (
	"bytes"

	"ordeal/cluster/etcdwire"
)

// Campaign waits until whoever has the lease leads. Its results are those of Lock; made is the leader's epoch. That the
// own key is still there when those before it have gone is not looked at: etcd does not, either.
func Campaign(k Keys, p Place, value []byte) (made int64, h *etcdwire.ResponseHeader, err error) {
	t, err := txn(k, &etcdwire.TxnRequest{
		Compare: madeAt(p.Key, 0),
		Success: []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{Key: p.Key, Value: value, Lease: p.Lease}}},
		Failure: []etcdwire.RequestOp{{Range: &etcdwire.RangeRequest{Key: p.Key}}},
	})
	if err != nil {
		return 0, nil, err
	}
	made = t.Header.Revision
	if !t.Succeeded {
		was := t.Responses[0].Range.KVs[0]
		made = was.CreateRevision
		if !bytes.Equal(was.Value, value) {
			if _, err := Proclaim(k, p.Key, made, p.Lease, value); err != nil {
				return made, nil, err
			}
		}
	}
	return made, t.Header, waitBefore(k, p.Prefix, made)
}

// Proclaim gives a leader another value.
func Proclaim(k Keys, key []byte, made, lease int64, value []byte) (*etcdwire.ResponseHeader, error) {
	t, err := txn(k, &etcdwire.TxnRequest{
		Compare: madeAt(key, made),
		Success: []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{Key: key, Value: value, Lease: lease}}},
	})
	if err == nil && !t.Succeeded {
		err = ErrNotLeader
	}
	return t.Header, err
}

// Resign ends a leadership, or the wait for it, and says whether there was one.
func Resign(k Keys, key []byte, made int64) (h *etcdwire.ResponseHeader, was bool, err error) {
	t, err := giveUp(k, key, made)
	return t.Header, t.Succeeded, err
}

// Leads says whether the own key is still the one that was made at a revision: what a client asks that wants to know
// whether it was elected, or whether its lease ended while it waited.
func Leads(k Keys, p Place, made int64) (bool, error) {
	r, err := find(k, &etcdwire.RangeRequest{Key: p.Key})
	return err == nil && (len(r.KVs) > 0 && r.KVs[0].CreateRevision == made || !bendRechecks()), err
}

// Leader finds who leads below a name.
func Leader(k Keys, name []byte) (*etcdwire.ResponseHeader, *etcdwire.KeyValue, error) {
	r := oldest(NewPlace(name, 0).Prefix)
	r.Serializable = bendLooks()
	found, err := find(k, r)
	switch {
	case err != nil:
		return nil, nil, err
	case len(found.KVs) == 0:
		return nil, nil, ErrNoLeader
	}
	return found.Header, &found.KVs[0], nil
}

// Observe tells of every leader, and of what it proclaims, until that fails.
func Observe(k Keys, name []byte, tell func(*etcdwire.ResponseHeader, *etcdwire.KeyValue) error) error {
	prefix := NewPlace(name, 0).Prefix
	for {
		found, err := find(k, oldest(prefix))
		if err != nil {
			return err
		}
		if len(found.KVs) == 0 {
			err = k.Watch(&etcdwire.WatchCreateRequest{
				Key: prefix, RangeEnd: below(prefix), StartRevision: found.Header.Revision + 1,
				Filters: []etcdwire.FilterType{etcdwire.FilterNoDelete},
			}, func(h *etcdwire.ResponseHeader, e *etcdwire.Event) (bool, error) {
				found.KVs, found.Header = []etcdwire.KeyValue{*e.KV}, h
				return false, nil
			})
			if err != nil {
				return err
			}
		}
		if err := follow(k, found.Header, &found.KVs[0], tell); err != nil {
			return err
		}
	}
}

// follow tells of a leader until its key is gone.
func follow(k Keys, h *etcdwire.ResponseHeader, kv *etcdwire.KeyValue,
	tell func(*etcdwire.ResponseHeader, *etcdwire.KeyValue) error) error {
	if err := tell(h, kv); err != nil {
		return err
	}
	return k.Watch(&etcdwire.WatchCreateRequest{Key: kv.Key, StartRevision: kv.ModRevision + 1},
		func(h *etcdwire.ResponseHeader, e *etcdwire.Event) (bool, error) {
			if e.Type == etcdwire.EventDelete {
				return false, nil
			}
			return true, tell(h, e.KV)
		})
}
