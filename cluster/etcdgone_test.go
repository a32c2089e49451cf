package cluster_test

import (
	"testing"
	"time"

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
