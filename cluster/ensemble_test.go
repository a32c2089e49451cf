package cluster_test

import (
	"fmt"
	"testing"
	"testing/cryptotest"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/host"
	"ordeal/sim"
)

// ensemble is a cluster in a simulated world.
type ensemble struct {
	t *testing.T
	*sim.World
	servers []host.Addr
}

func newEnsemble(t *testing.T, seed uint64, nodes int) *ensemble {
	t.Helper()
	return newEnsembleWith(t, seed, nodes, func(*cluster.Config) {})
}

// newEnsembleWith makes one whose servers are configured as change wants them.
func newEnsembleWith(t *testing.T, seed uint64, nodes int, change func(*cluster.Config)) *ensemble {
	t.Helper()
	e := &ensemble{t: t, World: sim.New(seed, sim.Config{})}
	t.Cleanup(e.Close)
	// Raft draws its elections' jitter from the system, which no seed decides.
	cryptotest.SetGlobalRandom(t, seed)
	var members []cluster.Member
	for i := range nodes {
		addr := host.Addr(fmt.Sprintf("n%d", i+1))
		members = append(members, cluster.Member{ID: uint64(i + 1), Addr: addr})
		e.servers = append(e.servers, addr)
	}
	for _, m := range members {
		config := cluster.Config{
			ID: m.ID, Members: members, TickTime: 500 * time.Millisecond,
			SnapshotEvery: 50, KeepEntries: 10, SegmentBytes: 16 << 10,
		}
		change(&config)
		e.AddMachine(m.Addr, cluster.Boot(config))
	}
	return e
}

// do runs a client's program to its end, within so much virtual time.
func (e *ensemble) do(limit time.Duration, f func(p host.Process, c *client.Client)) {
	e.t.Helper()
	done := false
	e.Spawn("c1", func(p host.Process) {
		c := client.New(p, client.Config{Servers: e.servers, SessionTimeout: 2 * time.Second})
		f(p, c)
		done = true
	})
	end := e.Now() + limit
	for !done && e.Now() < end {
		e.RunUntil(e.Now() + 10*time.Millisecond)
	}
	for _, failure := range e.Failures() {
		e.t.Fatalf("%+v", failure)
	}
	if !done {
		e.t.Fatalf("not done after %v of virtual time", limit)
	}
}

func (e *ensemble) leader() host.Addr {
	for _, s := range e.servers {
		if n, ok := e.Program(s).(*cluster.Node); ok && n.Status().Leading {
			return s
		}
	}
	return ""
}

// follower is a server that does not lead.
func (e *ensemble) follower() host.Addr {
	if e.servers[0] == e.leader() {
		return e.servers[1]
	}
	return e.servers[0]
}

func (e *ensemble) node(s host.Addr) *cluster.Node { return e.Program(s).(*cluster.Node) }
