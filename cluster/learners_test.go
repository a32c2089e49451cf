package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/host"
)

// TestLearnersAreCounted looks at what the leader says of its followers over and over: all of them follow while all is
// well, and one that is gone no longer does.
func TestLearnersAreCounted(t *testing.T) {
	e := newEnsembleWith(t, 8, 3, func(c *cluster.Config) { c.Operator.Words = []string{"*"} })
	e.do(20*time.Second, func(_ host.Process, c *client.Client) { must(t, c.Sync("/")) })
	e.awaitSynced(2, 0)
	leader := e.leader()
	want := func(followers string) {
		t.Helper()
		got := e.facts(leader)
		if got["zk_followers"] != followers || got["zk_learners"] != followers || got["zk_synced_followers"] != followers {
			t.Fatalf("at %v there are %s followers and %s learners, %s of them synced", e.Now(), got["zk_followers"],
				got["zk_learners"], got["zk_synced_followers"])
		}
	}
	for end := e.Now() + 10*time.Second; e.Now() < end; e.RunUntil(e.Now() + 7*time.Millisecond) {
		want("2")
	}
	gone := e.follower()
	e.mustDo(e.Crash(gone))
	e.RunUntil(e.Now() + 2*time.Second)
	want("1")
	e.mustDo(e.Restart(gone))
	e.RunUntil(e.Now() + 2*time.Second)
	want("2")
}
