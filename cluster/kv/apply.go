package kv

import (
	"ordeal/cluster/etcdwire"
)

// Result is what became of an entry.
type Result struct {
	// Response is nil if Status says that it failed. Its header has a revision where etcd says one there.
	Response etcdwire.Message
	Status   etcdwire.Status
	// Changed says that keys were changed, at the revision that the store has now: see History.
	Changed bool
}

// Apply carries out one entry. It keeps nothing of it.
func (s *Store) Apply(e Entry) Result {
	before := s.revision
	who := s.bendEntry(Who{User: e.User, Revision: e.AuthRevision, service: e.Service})
	response, status := s.apply(who, e.Request)
	if status.Code != etcdwire.OK {
		response = nil
	}
	return Result{Response: response, Status: status, Changed: s.revision != before}
}

func (s *Store) apply(who Who, request etcdwire.Message) (etcdwire.Message, etcdwire.Status) {
	if status := s.alarmed(request); status.Code != etcdwire.OK {
		return nil, status
	}
	switch r := request.(type) {
	case *etcdwire.PutRequest:
		if status := s.mayPut(who, r); status.Code != etcdwire.OK {
			return nil, status
		}
		return s.putAlone(r)
	case *etcdwire.DeleteRangeRequest:
		if status := s.mayDelete(who, r); status.Code != etcdwire.OK {
			return nil, status
		}
		w := s.begin()
		response := w.deleteRange(r)
		w.end()
		return response, etcdwire.Status{}
	case *etcdwire.TxnRequest:
		if status := s.MayTxn(who, r); status.Code != etcdwire.OK {
			return nil, status
		}
		return s.txn(r)
	case *etcdwire.CompactionRequest:
		return s.compact(r)
	case *etcdwire.LeaseGrantRequest:
		return s.grant(r)
	case *etcdwire.LeaseRevokeRequest:
		if status := s.mayPutKeysOf(who, r.ID); status.Code != etcdwire.OK {
			return nil, status
		}
		return s.revoke(r)
	case *etcdwire.LeaseCheckpointRequest:
		return s.checkpoint(r)
	case *etcdwire.AlarmRequest:
		return s.alarm(r)
	case *etcdwire.Member:
		return s.publish(r)
	}
	return s.applyAuth(who, request)
}

// write is an entry under way that may change keys.
type write struct {
	s *Store
	// began is the revision before it.
	began int64
}

func (s *Store) begin() *write {
	s.written = 0
	return &write{s, s.revision}
}

// end gives the changes their revision.
func (w *write) end() {
	if w.s.written > 0 {
		w.s.revision = w.bendRevision(w.began + 1)
	}
}

// revision is what a read within the entry is at.
func (w *write) revision() int64 {
	if w.s.written > 0 {
		return w.began + 1
	}
	return w.began
}

func header(revision int64) *etcdwire.ResponseHeader {
	return &etcdwire.ResponseHeader{Revision: revision}
}
