package kv

import (
	"maps"
	"slices"

	"ordeal/cluster/etcdwire"
)

// leaseTTLMax is the longest that a lease may have, in seconds.
const leaseTTLMax = 9_000_000_000

// lease is one of the state's. When it ends is the leader's to count: the state only knows how much it had.
type lease struct {
	id, ttl int64
	// remaining is what it had left at its last checkpoint, or 0 for none since it was renewed.
	remaining int64
	keys      map[string]bool
}

type leases struct {
	byID map[int64]*lease
	sum  uint64 // of their hashes, but for their keys, which the keys' versions tell
}

func newLeases() *leases { return &leases{byID: map[int64]*lease{}} }

// attach gives a version's key to its lease, if it has one that is there.
func (l *leases) attach(v *version) {
	if one := l.byID[v.lease]; one != nil {
		one.keys[v.of.name] = true
	}
}

// detach takes it away again.
func (l *leases) detach(v *version) {
	if one := l.byID[v.lease]; one != nil {
		delete(one.keys, v.of.name)
	}
}

func (l *leases) add(one *lease) {
	l.byID[one.id] = one
	l.sum += one.hash()
}

// grant makes a lease. The server that was asked has chosen the id, and raised what is too short.
func (s *Store) grant(r *etcdwire.LeaseGrantRequest) (etcdwire.Message, etcdwire.Status) {
	switch {
	case r.ID == 0:
		return nil, etcdwire.ErrLeaseNotFound
	case r.TTL > leaseTTLMax:
		return nil, etcdwire.ErrLeaseTTLTooLarge
	case s.leases.byID[r.ID] != nil:
		return nil, etcdwire.ErrLeaseExist
	}
	s.leases.add(&lease{id: r.ID, ttl: r.TTL, keys: map[string]bool{}})
	return &etcdwire.LeaseGrantResponse{Header: header(s.revision), ID: r.ID, TTL: r.TTL}, etcdwire.Status{}
}

// revoke ends a lease, and deletes its keys in their order.
func (s *Store) revoke(r *etcdwire.LeaseRevokeRequest) (etcdwire.Message, etcdwire.Status) {
	one := s.leases.byID[r.ID]
	if one == nil {
		return nil, etcdwire.ErrLeaseNotFound
	}
	w := s.begin()
	for _, name := range bendRevoked(one.sorted()) {
		if k := s.find(name); k != nil && !k.newest.deleted() {
			w.remove(k)
		}
	}
	w.end()
	s.leases.sum -= one.hash()
	delete(s.leases.byID, r.ID)
	return &etcdwire.LeaseRevokeResponse{Header: header(s.revision)}, etcdwire.Status{}
}

func (l *lease) sorted() []string { return slices.Sorted(maps.Keys(l.keys)) }

// checkpoint notes what leases have left. Those that are gone are passed over.
func (s *Store) checkpoint(r *etcdwire.LeaseCheckpointRequest) (etcdwire.Message, etcdwire.Status) {
	for _, c := range r.Checkpoints {
		if one := s.leases.byID[c.ID]; one != nil {
			s.leases.sum -= one.hash()
			one.remaining = c.RemainingTTL
			s.leases.sum += one.hash()
		}
	}
	return &etcdwire.LeaseCheckpointResponse{Header: header(s.revision)}, etcdwire.Status{}
}

// Lease is what the state knows of a lease. Times are in seconds.
type Lease struct {
	ID, TTL int64
	// Remaining is what it had left at its last checkpoint, or 0 if there was none since it was renewed.
	Remaining int64
}

// Lease tells of a lease, if it is there.
func (s *Store) Lease(id int64) (Lease, bool) {
	one := s.leases.byID[id]
	if one == nil {
		return Lease{}, false
	}
	return Lease{one.id, one.ttl, one.remaining}, true
}

// Leases are all that there are, by id.
func (s *Store) Leases() []Lease {
	list := make([]Lease, 0, len(s.leases.byID))
	for _, id := range slices.Sorted(maps.Keys(s.leases.byID)) {
		one := s.leases.byID[id]
		list = append(list, Lease{one.id, one.ttl, one.remaining})
	}
	return list
}

// LeaseKeys are the keys of a lease, in their order.
func (s *Store) LeaseKeys(id int64) []string {
	if one := s.leases.byID[id]; one != nil {
		return one.sorted()
	}
	return nil
}
