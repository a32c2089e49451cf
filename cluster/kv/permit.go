package kv

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/etcdwire"
)

// Who is who asks for something, and as of which revision of users and roles that was found out. The zero value is no
// one.
type Who struct {
	User     string
	Revision uint64
	service  bool
}

// permits says whether someone may read, or write, a range. The range is judged as it was asked for.
func (s *Store) permits(who Who, r span, write bool) etcdwire.Status {
	switch {
	case !s.auth.enabled || who.service:
		return etcdwire.Status{}
	case who.Revision == 0:
		return etcdwire.ErrUserEmpty
	case who.Revision < s.auth.revision:
		return etcdwire.ErrAuthOldRevision
	}
	failpoint.Inject("bugRangePermittedByKey", func(_ failpoint.Value) { r = point(r.begin) })
	u := s.auth.users[who.User]
	switch {
	case u == nil:
		return etcdwire.ErrPermissionDenied
	case u.has(rootRole), write && covers(u.writes, r), !write && covers(u.reads, r):
		return etcdwire.Status{}
	}
	return etcdwire.ErrPermissionDenied
}

// MayRead says whether someone may read a range, as a request has it.
func (s *Store) MayRead(who Who, key, rangeEnd []byte) etcdwire.Status {
	return s.permits(who, spanOf(key, rangeEnd), false)
}

// MayReadKeysOf says whether someone may read all keys of a lease.
func (s *Store) MayReadKeysOf(who Who, id int64) etcdwire.Status { return s.mayKeysOf(who, id, false) }

// MayRenew says whether someone may keep a lease alive: who may write all of its keys.
func (s *Store) MayRenew(who Who, id int64) etcdwire.Status { return s.mayKeysOf(who, id, true) }

// MayAdminister says whether someone may do what only root may.
func (s *Store) MayAdminister(who Who) etcdwire.Status {
	u := s.auth.users[who.User]
	switch {
	case !s.auth.enabled || who.service || u != nil && u.has(rootRole):
		return etcdwire.Status{}
	case who.User == "":
		return etcdwire.ErrUserEmpty
	case u == nil:
		return etcdwire.ErrUserNotFound
	}
	return etcdwire.ErrPermissionDenied
}

func (s *Store) mayKeysOf(who Who, id int64, write bool) etcdwire.Status {
	one := s.leases.byID[id]
	if one == nil || s.MayAdminister(who).Code == etcdwire.OK {
		return etcdwire.Status{}
	}
	for _, name := range one.sorted() {
		if status := s.permits(who, point(name), write); status.Code != etcdwire.OK {
			return status
		}
	}
	return etcdwire.Status{}
}

// mayPutKeysOf says whether someone may end a lease, or give it another key: whose keys would go with it.
func (s *Store) mayPutKeysOf(who Who, id int64) etcdwire.Status { return s.mayKeysOf(who, id, true) }

func (s *Store) mayPut(who Who, r *etcdwire.PutRequest) etcdwire.Status {
	status := s.permits(who, point(string(r.Key)), true)
	if status.Code == etcdwire.OK {
		status = s.mayPutKeysOf(who, r.Lease)
	}
	prev := r.PrevKV
	failpoint.Inject("bugPrevUnpermitted", func(_ failpoint.Value) { prev = false })
	if status.Code == etcdwire.OK && prev {
		status = s.permits(who, point(string(r.Key)), false)
	}
	return status
}

func (s *Store) mayDelete(who Who, r *etcdwire.DeleteRangeRequest) etcdwire.Status {
	status := s.permits(who, spanOf(r.Key, r.RangeEnd), true)
	if status.Code == etcdwire.OK && r.PrevKV {
		status = s.MayRead(who, r.Key, r.RangeEnd)
	}
	return status
}

// MayTxn says whether someone may do everything that a transaction might do, and see what it compares.
func (s *Store) MayTxn(who Who, r *etcdwire.TxnRequest) etcdwire.Status {
	if !s.auth.enabled || who.service {
		return etcdwire.Status{}
	}
	for i := range r.Compare {
		failpoint.Inject("bugComparedUnseen", func(_ failpoint.Value) { failpoint.Break() })
		if status := s.MayRead(who, r.Compare[i].Key, r.Compare[i].RangeEnd); status.Code != etcdwire.OK {
			return status
		}
	}
	for _, ops := range [][]etcdwire.RequestOp{r.Success, r.Failure} {
		for i := range ops {
			if status := s.mayOp(who, &ops[i]); status.Code != etcdwire.OK {
				return status
			}
		}
	}
	return etcdwire.Status{}
}

func (s *Store) mayOp(who Who, op *etcdwire.RequestOp) etcdwire.Status {
	switch {
	case op.Range != nil:
		return s.MayRead(who, op.Range.Key, op.Range.RangeEnd)
	case op.Put != nil:
		return s.mayPut(who, op.Put)
	case op.DeleteRange != nil:
		return s.mayDelete(who, op.DeleteRange)
	case op.Txn != nil:
		failpoint.Inject("bugNestedNotPermitted", func(_ failpoint.Value) { failpoint.Return(etcdwire.Status{}) })
		return s.MayTxn(who, op.Txn)
	}
	return etcdwire.Status{}
}
