package cluster_test

import (
	"fmt"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/host"
)

// TestFewLargeEntriesMakeASnapshot writes entries of 1,000 bytes where 20,000 bytes of the log are the most between two
// snapshots, and no number of entries is: the log must not keep them all, and one who was away catches up.
func TestFewLargeEntriesMakeASnapshot(t *testing.T) {
	e := newEnsembleWith(t, 1, 3, func(c *cluster.Config) {
		c.SnapshotEvery, c.KeepEntries, c.SnapshotBytes = 1<<40, 1<<40, 20_000
	})
	e.RunUntil(2 * time.Second)
	lagging := e.follower()
	e.mustDo(e.Crash(lagging))
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		for i := range 200 {
			_, _, err := c.Create(fmt.Sprintf("/n%d", i%2), make([]byte, 1000), 0)
			must(t, err)
			must(t, c.Delete(fmt.Sprintf("/n%d", i%2), -1))
		}
	})
	n := e.node(e.leader())
	last := n.Status().Applied
	kept := 0
	for i := last; i > 0; i-- {
		if term, _ := n.TermAt(i); term != 0 {
			kept++
		}
	}
	// An entry that creates has 1,000 bytes and some, one that deletes some: 50 of them have 25,000 and more, which is
	// what lies between two snapshots, and a quarter.
	if kept > 60 || kept < 2 {
		t.Errorf("%d of %d entries are in the log", kept, last)
	}
	e.mustDo(e.Restart(lagging))
	e.RunUntil(e.Now() + 10*time.Second)
	e.agree()
	if first, _ := e.node(lagging).TermAt(100); first != 0 {
		t.Errorf("%s has entry 100", lagging)
	}
}

// TestALargeStateIsSavedSeldom writes as much, where the state itself is larger than what may lie between two
// snapshots: the next one comes when the log has as many bytes.
func TestALargeStateIsSavedSeldom(t *testing.T) {
	e := newEnsembleWith(t, 1, 1, func(c *cluster.Config) {
		c.SnapshotEvery, c.KeepEntries, c.SnapshotBytes = 1<<40, 1<<40, 1_000
	})
	e.RunUntil(2 * time.Second)
	saved := map[int64]bool{}
	e.do(60*time.Second, func(_ host.Process, c *client.Client) {
		for i := range 200 {
			_, _, err := c.Create(fmt.Sprintf("/n%d", i), make([]byte, 1000), 0)
			must(t, err)
			saved[e.node(e.servers[0]).NewestSnapshot().Zxid] = true
		}
	})
	// Each holds what the one before does and as many bytes of the log: their sizes double.
	if len(saved) < 5 || len(saved) > 12 {
		t.Errorf("%d snapshots were saved of 200,000 bytes", len(saved))
	}
}
