package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// TestReadOfAServerThatHasComeBack has a follower come back while no client writes: it answers reads all the same.
func TestReadOfAServerThatHasComeBack(t *testing.T) {
	e := etcdEnsemble(t, 5, 3)
	e.RunUntil(3 * time.Second)
	back := e.follower()
	e.mustDo(e.Crash(back))
	e.RunUntil(3500 * time.Millisecond)
	e.mustDo(e.Restart(back))
	var took time.Duration
	e.Spawn("reader", func(p host.Process) {
		c := newEtcdClient(p, []host.Addr{back}, 0)
		for {
			r := &etcdwire.RangeResponse{}
			status, lost := c.call(etcdwire.MethodRange, &etcdwire.RangeRequest{Key: []byte("k")}, r)
			if !lost && status.Code == etcdwire.OK {
				took = e.Now() - 3500*time.Millisecond
				return
			}
			p.Sleep(50 * time.Millisecond)
		}
	})
	e.RunUntil(15 * time.Second)
	if took == 0 || took > 3*time.Second {
		t.Errorf("a server that has come back answers a read behind %v", took)
	}
}
