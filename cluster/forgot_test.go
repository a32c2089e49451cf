package cluster_test

import (
	"testing"
	"time"

	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/client"
	"ordeal/cluster/raftwire"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/sim"
)

// TestAServerThatForgotIsNotAskedInALoop takes a follower's disk back to before entries that it has acknowledged and
// that are not committed: the leader goes on asking it, and not more often than it has heartbeats.
func TestAServerThatForgotIsNotAskedInALoop(t *testing.T) {
	e := newEnsemble(t, 3, 3)
	e.RunUntil(2 * time.Second)
	e.do(20*time.Second, func(_ host.Process, c *client.Client) { must(t, c.Sync("/")) })
	leader, forgets := e.leader(), e.follower()
	e.RunUntil(e.Now() + time.Second)
	e.mustDo(e.Remember(forgets))
	// Only the follower acknowledges anything from here on.
	for _, s := range e.servers {
		if s != forgets {
			e.mustDo(e.SetDisk(s, sim.DiskFault{SyncDelay: time.Hour}))
		}
	}
	e.Spawn("writer", func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{leader}, SessionTimeout: 10 * time.Second})
		c.Submit(wire.SyncRequest{Path: "/"}, nil, nil)
		p.Sleep(time.Hour)
	})
	e.RunUntil(e.Now() + 300*time.Millisecond)
	e.mustDo(e.Crash(forgets))
	e.mustDo(e.GoBack(forgets))
	e.mustDo(e.Restart(forgets))
	appends := 0
	e.Overhear(func(from, _ host.Addr, payload []byte) {
		m, err := raftwire.DecodeMessage(payload[1 : len(payload)-4])
		if payload[0] == 1 && err == nil && m.GetType() == raftpb.MsgAppResp && m.GetReject() && from == forgets {
			appends++
		}
	})
	const length = 5 * time.Second
	e.RunUntil(e.Now() + length)
	if heartbeats := int(length / (50 * time.Millisecond)); appends == 0 || appends > 2*heartbeats {
		t.Errorf("in %v, with %d heartbeats, it rejected %d appends", length, heartbeats, appends)
	}
}
