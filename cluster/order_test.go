package cluster_test

import (
	"errors"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// A session's requests are served in the order in which they were made, also where a sync waits for the leader's word
// and the write behind it would not have to: no read shows a write that was asked for after it.
func TestAWriteBehindASyncWaitsForIt(t *testing.T) {
	e := newEnsemble(t, 1, 3)
	e.RunUntil(3 * time.Second)
	leader, follower := e.leader(), e.follower()
	done := false
	e.Spawn("c9", func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{follower}, SessionTimeout: 4 * time.Second})
		_, _, err := c.Create("/a", []byte("old"), 0)
		must(t, err)
		e.mustDo(e.Cut(follower, leader)) // the sync's question is lost, and asked again only after a while
		var pending []*client.Pending
		submit := func(r wire.Request) { pending = append(pending, c.Submit(r, nil, nil)) }
		submit(wire.SyncRequest{Path: "/a"})
		p.Sleep(20 * time.Millisecond)
		e.mustDo(e.Mend(follower, leader))
		submit(wire.GetDataRequest{Path: "/a"})
		submit(wire.SetDataRequest{Path: "/a", Data: []byte("new"), Version: 0})
		submit(wire.GetDataRequest{Path: "/a"})
		submit(wire.SyncRequest{Path: "/a"})
		submit(wire.SetDataRequest{Path: "/a", Data: []byte("newer"), Version: 1})
		for _, one := range pending {
			must(t, one.Wait())
		}
		for i, want := range map[int]string{1: "old", 3: "new"} {
			if got := pending[i].Response().(wire.GetDataResponse).Data; string(got) != want {
				t.Errorf("request %d reads %q, want %q", i, got, want)
			}
		}
		for i := range pending[1:] {
			if a, b := pending[i].Zxid(), pending[i+1].Zxid(); b < a {
				t.Errorf("answer %d shows zxid 0x%x, and answer %d before it 0x%x", i+1, b, i, a)
			}
		}
		if first, second := pending[2].Zxid(), pending[5].Zxid(); first <= pending[1].Zxid() || second <= first {
			t.Errorf("the writes have zxids 0x%x and 0x%x behind 0x%x", first, second, pending[1].Zxid())
		}
		done = true
	})
	e.RunUntil(e.Now() + 10*time.Second)
	if !done {
		t.Fatal("the requests were not all answered")
	}
}

// A change of the ensemble comes into force some entries behind the one that asks for it. What its session asks for
// behind it waits, so that its answers do not go back.
func TestAWriteBehindAReconfigWaitsForIt(t *testing.T) {
	e := newChangeable(t, 1, 3)
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		_, _, err := c.Create("/a", []byte("old"), 0)
		must(t, err)
		var pending []*client.Pending
		submit := func(r wire.Request) { pending = append(pending, c.Submit(r, nil, nil)) }
		submit(leaving("99"))
		submit(wire.SetDataRequest{Path: "/a", Data: []byte("new"), Version: 0})
		submit(leaving("98"))
		submit(wire.SyncRequest{Path: "/a"})
		submit(wire.GetDataRequest{Path: wire.ConfigPath})
		submit(wire.SetDataRequest{Path: "/a", Data: []byte("newer"), Version: 1})
		for _, one := range pending {
			must(t, one.Wait())
		}
		for i := range pending[1:] {
			if a, b := pending[i].Zxid(), pending[i+1].Zxid(); b < a {
				t.Errorf("answer %d shows zxid 0x%x, and answer %d before it 0x%x", i+1, b, i, a)
			}
		}
		changed, seen := pending[2].Response().(wire.GetDataResponse), pending[4].Response().(wire.GetDataResponse)
		if changed.Stat != seen.Stat || changed.Stat.Mzxid != pending[2].Zxid() {
			t.Errorf("the change is answered %+v at 0x%x, and a look behind it sees %+v", changed.Stat, pending[2].Zxid(),
				seen.Stat)
		}
		wantServers(t, string(seen.Data), 1, 2, 3)
	})
}

// Whoever may do everything may change the ensemble, but not write what it is: the servers go by that.
func TestTheConfigurationIsNotForClientsToWrite(t *testing.T) {
	e := newChangeable(t, 2, 3)
	e.do(20*time.Second, func(p host.Process, c *client.Client) {
		before := reconfig(t, p, c, leaving("99"))
		if _, err := c.Set(wire.ConfigPath, []byte("nonsense"), wire.AnyVersion); !errors.Is(err, wire.BadArguments) {
			t.Errorf("a setData is answered %v", err)
		}
		if after := reconfig(t, p, c, leaving("3")); after == before {
			t.Errorf("the ensemble did not change behind it: %s", after)
		}
	})
}
