package etcdrecipes

import "ordeal/cluster/etcdwire"

// Lock waits for a lock. made is the revision at which the own key was made, and the token of the lock; with an error
// it is 0 if no key was made, or if it is not known: else the key is still to be forgotten.
func Lock(k Keys, p Place) (made int64, h *etcdwire.ResponseHeader, err error) {
	made, first, h, err := queueUp(k, p)
	if err != nil || first {
		return made, h, err
	}
	if err := waitBefore(k, p.Prefix, made); err != nil {
		return made, nil, err
	}
	held, err := find(k, &etcdwire.RangeRequest{Key: p.Key})
	switch {
	case err != nil:
		return made, nil, err
	case len(held.KVs) == 0 && bendRechecks():
		return 0, nil, ErrSessionExpired
	}
	return made, held.Header, nil
}

// TryLock takes a lock if it is free. Its results are those of Lock; if the lock is held then the own key is to be
// forgotten, too.
func TryLock(k Keys, p Place) (made int64, free bool, err error) {
	made, free, _, err = queueUp(k, p)
	return made, free, err
}

// queueUp makes the own key, unless it is there. first says that no other was made before it.
func queueUp(k Keys, p Place) (made int64, first bool, h *etcdwire.ResponseHeader, err error) {
	t, err := txn(k, &etcdwire.TxnRequest{
		Compare: madeAt(p.Key, 0),
		Success: []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{Key: p.Key, Lease: p.Lease}}, {Range: oldest(p.Prefix)}},
		Failure: []etcdwire.RequestOp{{Range: &etcdwire.RangeRequest{Key: p.Key}}, {Range: oldest(p.Prefix)}},
	})
	if err != nil {
		return 0, false, nil, err
	}
	if made = t.Header.Revision; !t.Succeeded {
		made = t.Responses[0].Range.KVs[0].CreateRevision
	}
	owner := t.Responses[1].Range.KVs
	return made, len(owner) == 0 || owner[0].CreateRevision == made, t.Header, nil
}

// Forget deletes a key by its name, as the service Lock gives a lock back.
func Forget(k Keys, key []byte) (*etcdwire.ResponseHeader, error) {
	answer, err := forget(k, key)
	return answer.Header, err
}

func forget(k Keys, key []byte) (*etcdwire.DeleteRangeResponse, error) {
	answer := &etcdwire.DeleteRangeResponse{}
	return answer, k.Ask(etcdwire.MethodDeleteRange, &etcdwire.DeleteRangeRequest{Key: key}, answer)
}

// Free deletes a key if it is the one that was made at a revision, and says whether it was: a key of the same name that
// was made since stays.
func Free(k Keys, key []byte, made int64) (was bool, err error) {
	if bendFreedByName() {
		answer, err := forget(k, key)
		return answer.Deleted > 0, err
	}
	t, err := giveUp(k, key, made)
	return t.Succeeded, err
}

func giveUp(k Keys, key []byte, made int64) (*etcdwire.TxnResponse, error) {
	return txn(k, &etcdwire.TxnRequest{
		Compare: madeAt(key, made),
		Success: []etcdwire.RequestOp{{DeleteRange: &etcdwire.DeleteRangeRequest{Key: key}}},
	})
}
