package etcdrecipes_test

import (
	"errors"
	"sync"
	"testing"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// store is a store without servers, for the goroutines of a test.
type store struct {
	mu      sync.Mutex
	keys    *kv.Store
	changed chan struct{} // closed by the next change
}

// newStore makes one with leases 1 to so many.
func newStore(t *testing.T, leases int64) *store {
	t.Helper()
	s := &store{keys: kv.New(), changed: make(chan struct{})}
	for id := range leases {
		r := &etcdwire.LeaseGrantRequest{ID: id + 1, TTL: 60}
		must(t, s.Ask(etcdwire.MethodLeaseGrant, r, &etcdwire.LeaseGrantResponse{}))
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Ask implements etcdrecipes.Keys.
func (s *store) Ask(_ string, request, answer etcdwire.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var reply etcdwire.Message
	var status etcdwire.Status
	if r, reads := request.(*etcdwire.RangeRequest); reads {
		var found *etcdwire.RangeResponse
		found, status = s.keys.Range(r)
		reply = found
	} else {
		result := s.keys.Apply(kv.Entry{Request: request})
		reply, status = result.Response, result.Status
		close(s.changed)
		s.changed = make(chan struct{})
	}
	if status.Code != etcdwire.OK {
		return errors.New(status.Text)
	}
	if err := etcdwire.Decode(etcdwire.Append(nil, reply), answer); err != nil {
		return err
	}
	header := &etcdwire.ResponseHeader{Revision: s.keys.Revision()}
	switch a := answer.(type) {
	case *etcdwire.RangeResponse:
		a.Header = header
	case *etcdwire.TxnResponse:
		a.Header = header
	case *etcdwire.DeleteRangeResponse:
		a.Header = header
	}
	return nil
}

// Watch implements etcdrecipes.Keys.
func (s *store) Watch(r *etcdwire.WatchCreateRequest,
	f func(*etcdwire.ResponseHeader, *etcdwire.Event) (bool, error)) error {
	for from := r.StartRevision; ; {
		events, next, changed := s.since(r, from)
		for i := range events {
			h := &etcdwire.ResponseHeader{Revision: events[i].KV.ModRevision}
			if more, err := f(h, &events[i]); err != nil || !more {
				return err
			}
		}
		from = next
		<-changed
	}
}

// since is what a watch sees from a revision on, the revision from which it has not seen anything, and the next change.
func (s *store) since(r *etcdwire.WatchCreateRequest, from int64) ([]etcdwire.Event, int64, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first, end := string(r.Key), string(r.RangeEnd)
	var events []etcdwire.Event
	s.keys.History(from, func(c kv.Change) bool {
		key := c.Key()
		inside := key == first || end != "" && key >= first && key < end
		if filtered := c.Deleted() && len(r.Filters) > 0; inside && !filtered {
			events = append(events, s.keys.Event(c, false))
		}
		return true
	})
	return events, max(from, s.keys.Revision()+1), s.changed
}

// end ends a lease, and deletes its keys.
func (s *store) end(t *testing.T, lease int64) {
	t.Helper()
	must(t, s.Ask(etcdwire.MethodLeaseRevoke, &etcdwire.LeaseRevokeRequest{ID: lease}, &etcdwire.LeaseRevokeResponse{}))
}
