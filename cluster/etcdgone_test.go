package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// TestCallsWithoutALeaderEnd asks a server that has lost all others: reads and writes end in time, many at once, and a
// read of what the server has is answered.
func TestCallsWithoutALeaderEnd(t *testing.T) {
	e := etcdEnsemble(t, 9, 3)
	e.RunUntil(2 * time.Second)
	for _, s := range e.servers[1:] {
		e.mustDo(e.Crash(s))
	}
	const calls = 200
	ended, served := 0, false
	e.Spawn("c1", func(p host.Process) {
		c := newEtcdClient(p, e.servers[:1], 0)
		p.Sleep(2 * time.Second)
		var under []uint64
		for i := range calls {
			method, request := etcdwire.MethodPut, etcdwire.Message(&etcdwire.PutRequest{Key: []byte("k")})
			if i%2 == 0 {
				method, request = etcdwire.MethodRange, &etcdwire.RangeRequest{Key: []byte("k")}
			}
			under = append(under, c.begin(method, request))
		}
		_, status, lost := c.wait(c.begin(etcdwire.MethodRange, &etcdwire.RangeRequest{
			Key: []byte("k"), Serializable: true,
		}), time.Second)
		served = !lost && status.Code == etcdwire.OK
		for _, call := range under {
			if _, status, lost := c.wait(call, 15*time.Second); !lost && status == etcdwire.ErrTimeout {
				ended++
			}
		}
	})
	e.RunUntil(30 * time.Second)
	for _, failure := range e.Failures() {
		t.Fatalf("%+v", failure)
	}
	if ended != calls || !served {
		t.Errorf("%d of %d calls have ended; a serializable read was served: %v", ended, calls, served)
	}
}

// TestTooMuchWithoutALeaderIsRefused has clients go on to put at a server that has lost all others: what waits there
// for a leader, given up by its clients or not, is bounded. With a leader it is applied, and more is taken.
func TestTooMuchWithoutALeaderIsRefused(t *testing.T) {
	const most = 100 << 10
	e := newEnsembleWith(t, 9, 3, func(c *cluster.Config) {
		c.Etcd, c.Limits = cluster.Etcd{On: true, ClusterID: 7}, cluster.Limits{OutboxBytes: most}
	})
	e.RunUntil(2 * time.Second)
	lonely := e.follower()
	e.cutOff(lonely)
	const value, rounds = 10 << 10, 3
	refused, taken := 0, 0
	e.Spawn("c1", func(p host.Process) {
		c := newEtcdClient(p, []host.Addr{lonely}, 0)
		p.Sleep(2 * time.Second)
		put := &etcdwire.PutRequest{Key: []byte("k"), Value: make([]byte, value)}
		for range rounds {
			var under []uint64
			for range 2 * most / value {
				under = append(under, c.begin(etcdwire.MethodPut, put))
			}
			for _, call := range under {
				if _, status, _ := c.wait(call, 15*time.Second); status == etcdwire.ErrTooManyRequests {
					refused++
				}
			}
		}
		e.letIn(lonely)
		p.Sleep(3 * time.Second)
		if status, lost := c.call(etcdwire.MethodPut, put, &etcdwire.PutResponse{}); !lost && status.Code == etcdwire.OK {
			taken++
		}
	})
	e.RunUntil(45 * time.Second)
	for _, failure := range e.Failures() {
		t.Fatalf("%+v", failure)
	}
	if least := 2*most/value*rounds - most/value; refused < least || taken != 1 {
		t.Errorf("%d of %d puts were refused, and with a leader %d of 1 is taken", refused, 2*most/value*rounds, taken)
	}
}
