package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// A session's requests are served in the order in which they were made, also where a sync waits for the leader's word and
// the write behind it would not have to: no read shows a write that was asked for after it.
func TestAWriteBehindASyncWaitsForIt(t *testing.T) {
	e := newEnsemble(t, 1, 3)
	e.RunUntil(3 * time.Second)
	leader := e.leader()
	follower := e.servers[0]
	if follower == leader {
		follower = e.servers[1]
	}
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
