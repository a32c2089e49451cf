package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Every request that was applied is remembered by its session and xid, on every server, and so is a session's end.
func TestRecentTransactionsAreRemembered(t *testing.T) {
	e := newEnsemble(t, 1, 3)
	var session, before, created int64
	e.do(10*time.Second, func(p host.Process, c *client.Client) {
		must(t, c.Sync("/"))
		session, _ = c.Session()
		before = c.LastZxid()
		_, stat, err := c.Create("/a", nil, 0)
		must(t, err)
		created = stat.Czxid
		if _, err := c.Set("/a", nil, 7); err != error(wire.BadVersion) {
			t.Errorf("set with a wrong version: %v", err)
		}
		must(t, c.Close())
	})
	e.agree()
	want := []cluster.Applied{
		{Zxid: created, Session: session, Xid: 2, Op: wire.OpCreate2, Target: "/a"},
		{Zxid: created + 1, Session: session, Xid: 3, Op: wire.OpSetData, Err: wire.BadVersion, Target: "/a"},
		{Zxid: created + 2, Session: session, Xid: 4, Op: wire.OpCloseSession},
	}
	for _, s := range e.servers {
		got, whole := e.node(s).AppliedSince(before)
		if len(got) != len(want) || !whole {
			t.Fatalf("%s: %+v, want %+v", s, got, want)
		}
		for i := range want {
			// Behind the first entries, which made the ensemble, the leader's term and the session, each was in one of its own.
			want[i].Term, want[i].Index = uint64(created>>32), uint64(4+i)
			if got[i] != want[i] {
				t.Errorf("%s: %+v, want %+v", s, got[i], want[i])
			}
		}
		if rest, _ := e.node(s).AppliedSince(created + 2); len(rest) != 0 {
			t.Errorf("%s: %+v behind the newest", s, rest)
		}
	}
}

// What a server did not apply one by one it says that it does not know: what the ring has lost, and what came in a
// snapshot.
func TestRecentTransactionsSayWhatIsMissing(t *testing.T) {
	e := newEnsemble(t, 1, 1)
	e.do(60*time.Second, func(p host.Process, c *client.Client) {
		for range 1100 {
			must(t, c.Sync("/"))
			if _, err := c.Set("/zookeeper", nil, 7); err != error(wire.BadVersion) {
				t.Fatal(err)
			}
		}
	})
	n := e.node("n1")
	newest := n.Status().Zxid
	for _, c := range []struct {
		behind int64
		count  int
		whole  bool
	}{{newest - 1, 1, true}, {newest - 1024, 1024, true}, {newest - 1025, 1024, false}, {0, 1024, false}} {
		if got, whole := n.AppliedSince(c.behind); len(got) != c.count || whole != c.whole {
			t.Errorf("behind 0x%x: %d transactions, whole %v", c.behind, len(got), whole)
		}
	}
	e.mustDo(e.Crash("n1"))
	e.mustDo(e.Restart("n1"))
	e.RunUntil(e.Now() + 3*time.Second)
	if _, whole := e.node("n1").AppliedSince(0); whole {
		t.Error("after a restart from a snapshot it remembers everything")
	}
}
