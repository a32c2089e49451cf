package cluster_test

import (
	"slices"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
	"ordeal/host"
	"ordeal/sim"
)

// TestLeasesLastTheirSeconds: however a second divides into ticks, and wherever in a tick a lease begins, it is not
// ended before its time.
func TestLeasesLastTheirSeconds(t *testing.T) {
	e := newEnsembleWith(t, 1, 3, func(c *cluster.Config) {
		c.TickTime = 300 * time.Millisecond
		c.Etcd = cluster.Etcd{On: true, ClusterID: 7, CheckpointEvery: 3 * time.Second}
	})
	const leases = 20
	var granted [leases]time.Duration
	e.Spawn("c1", func(p host.Process) {
		c := newEtcdClient(p, e.servers, 0)
		p.Sleep(2 * time.Second)
		for i := range granted {
			granted[i] = e.Now()
			status, lost := c.call(etcdwire.MethodLeaseGrant, &etcdwire.LeaseGrantRequest{ID: int64(1 + i), TTL: 2},
				&etcdwire.LeaseGrantResponse{})
			if lost || status.Code != etcdwire.OK {
				t.Errorf("a grant: %v", status)
			}
			p.Sleep(7 * time.Millisecond)
		}
	})
	ended := map[int64]bool{}
	for e.Now() < 8*time.Second {
		e.RunUntil(e.Now() + time.Millisecond)
		list, _ := e.node(e.servers[0]).KeysAppliedSince(0)
		for _, one := range list {
			if one.Expired == 0 || ended[one.Expired] {
				continue
			}
			ended[one.Expired] = true
			if lasted := e.Now() - granted[one.Expired-1]; lasted < 2*time.Second {
				t.Errorf("lease %d of 2 s has ended after %v", one.Expired, lasted)
			}
		}
	}
	if len(ended) != leases {
		t.Errorf("%d of %d leases have ended", len(ended), leases)
	}
}

// TestARevokedLeaseIsNotKeptAlive: where the leader's own disk is the last, the others have applied and answered that a
// lease is revoked before the leader has. It must not say then that the lease is kept alive.
func TestARevokedLeaseIsNotKeptAlive(t *testing.T) {
	e := etcdEnsemble(t, 1, 3)
	e.RunUntil(2 * time.Second)
	asked := 0
	e.Spawn("c1", func(p host.Process) {
		follower, leader := newEtcdClient(p, []host.Addr{e.follower()}, 0), newEtcdClient(p, []host.Addr{e.leader()}, 0)
		for ; asked < 10; asked++ {
			id := int64(1 + asked)
			status, lost := follower.call(etcdwire.MethodLeaseGrant, &etcdwire.LeaseGrantRequest{ID: id, TTL: 60},
				&etcdwire.LeaseGrantResponse{})
			e.mustDo(e.SetDisk(e.leader(), sim.DiskFault{SyncDelay: 60 * time.Millisecond}))
			revoked, lostToo := follower.call(etcdwire.MethodLeaseRevoke, &etcdwire.LeaseRevokeRequest{ID: id},
				&etcdwire.LeaseRevokeResponse{})
			r := &etcdwire.LeaseKeepAliveResponse{}
			alive, lostThree := leader.call(etcdwire.MethodKeepAlive, &etcdwire.LeaseKeepAliveRequest{ID: id}, r)
			if lost || lostToo || lostThree || status.Code|revoked.Code|alive.Code != etcdwire.OK || r.TTL != 0 {
				t.Errorf("a lease that is revoked is kept alive with %d: %v %v %v", r.TTL, status, revoked, alive)
				return
			}
			e.mustDo(e.SetDisk(e.leader(), sim.DiskFault{}))
			p.Sleep(300 * time.Millisecond)
		}
	})
	e.RunUntil(20 * time.Second)
	if asked != 10 {
		t.Errorf("only %d leases", asked)
	}
}

// TestLeasesAreListedByTheirEnds: those that are granted or kept alive within one tick too.
func TestLeasesAreListedByTheirEnds(t *testing.T) {
	e := etcdEnsemble(t, 1, 1)
	listed := false
	e.Spawn("c1", func(p host.Process) {
		c := newEtcdClient(p, e.servers, 0)
		p.Sleep(2 * time.Second)
		ask := func(method string, request, response etcdwire.Message) {
			if status, lost := c.call(method, request, response); lost || status.Code != etcdwire.OK {
				t.Errorf("%v: %v", request, status)
			}
		}
		for id := int64(9); id > 4; id-- {
			ask(etcdwire.MethodLeaseGrant, &etcdwire.LeaseGrantRequest{ID: id, TTL: 60}, &etcdwire.LeaseGrantResponse{})
		}
		ask(etcdwire.MethodKeepAlive, &etcdwire.LeaseKeepAliveRequest{ID: 8}, &etcdwire.LeaseKeepAliveResponse{})
		r := &etcdwire.LeaseLeasesResponse{}
		ask("/etcdserverpb.Lease/LeaseLeases", &etcdwire.LeaseLeasesRequest{}, r)
		var ids []int64
		for _, l := range r.Leases {
			ids = append(ids, l.ID)
		}
		if want := []int64{9, 7, 6, 5, 8}; !slices.Equal(ids, want) {
			t.Errorf("they are listed as %v, not %v", ids, want)
		}
		listed = true
	})
	e.RunUntil(4 * time.Second)
	if !listed {
		t.Error("they were not listed")
	}
}

// TestKeysOfALeaseAreThoseOfNow asks a server whose disk is slow for what a lease has left, and for its keys: a put
// that was answered elsewhere is among them.
func TestKeysOfALeaseAreThoseOfNow(t *testing.T) {
	e := etcdEnsemble(t, 1, 3)
	e.RunUntil(2 * time.Second)
	asked := 0
	e.Spawn("c1", func(p host.Process) {
		slow := e.follower()
		follower, leader := newEtcdClient(p, []host.Addr{slow}, 0), newEtcdClient(p, []host.Addr{e.leader()}, 0)
		for ; asked < 10; asked++ {
			id := int64(1 + asked)
			status, lost := leader.call(etcdwire.MethodLeaseGrant, &etcdwire.LeaseGrantRequest{ID: id, TTL: 60},
				&etcdwire.LeaseGrantResponse{})
			e.mustDo(e.SetDisk(slow, sim.DiskFault{SyncDelay: 60 * time.Millisecond}))
			put, lostToo := leader.call(etcdwire.MethodPut, &etcdwire.PutRequest{Key: []byte("k"), Lease: id},
				&etcdwire.PutResponse{})
			r := &etcdwire.LeaseTimeToLiveResponse{}
			left, lostThree := follower.call("/etcdserverpb.Lease/LeaseTimeToLive",
				&etcdwire.LeaseTimeToLiveRequest{ID: id, Keys: true}, r)
			if lost || lostToo || lostThree || status.Code|put.Code|left.Code != etcdwire.OK || len(r.Keys) != 1 {
				t.Errorf("a lease has the keys %q, and is to have k: %v %v %v", r.Keys, status, put, left)
				return
			}
			e.mustDo(e.SetDisk(slow, sim.DiskFault{}))
			p.Sleep(300 * time.Millisecond)
		}
	})
	e.RunUntil(20 * time.Second)
	if asked != 10 {
		t.Errorf("only %d leases", asked)
	}
}
