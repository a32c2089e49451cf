package cluster_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/etcdwire"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// TestWaits cuts a server off from the others, and asks it what it waits for.
func TestWaits(t *testing.T) {
	e := newEnsemble(t, 12, 3)
	e.do(20*time.Second, func(_ host.Process, c *client.Client) { must(t, c.Sync("/")) })
	server := e.follower()
	session := int64(0)
	e.Spawn("c2", func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{server}, SessionTimeout: 10 * time.Second})
		if c.Sync("/") != nil {
			return
		}
		session, _ = c.Session()
		for _, other := range e.servers {
			if other != server {
				e.mustDo(e.Cut(server, other))
			}
		}
		c.Submit(wire.SetDataRequest{Path: "/", Version: -1}, nil, nil)
		c.Submit(wire.SyncRequest{Path: "/"}, nil, nil)
		p.Sleep(time.Hour)
	})
	e.RunUntil(e.Now() + 400*time.Millisecond)
	got := strings.Join(e.node(server).Waits(5), "; ")
	for _, want := range []string{
		fmt.Sprintf("of session 0x%x waits to be applied: it was sent to the leader, at last in tick ", uint64(session)),
		fmt.Sprintf("of session 0x%x waits for the leader to say how far it must see, since tick ", uint64(session)),
	} {
		if session == 0 || !strings.Contains(got, want) {
			t.Errorf("it says %q, and not %q", got, want)
		}
	}
	if one := e.node(server).Waits(1); len(one) != 1 {
		t.Errorf("of one that was asked for it says %q", one)
	}
}

// TestWaitsOfCalls does the same with calls of etcd's API.
func TestWaitsOfCalls(t *testing.T) {
	e := etcdEnsemble(t, 12, 3)
	e.RunUntil(2 * time.Second)
	server := e.follower()
	e.cutOff(server)
	e.Spawn("c1", func(p host.Process) {
		c := newEtcdClient(p, []host.Addr{server}, 0)
		c.begin(etcdwire.MethodRange, &etcdwire.RangeRequest{Key: []byte("k")})
		c.begin(etcdwire.MethodPut, &etcdwire.PutRequest{Key: []byte("k")})
		p.Sleep(time.Hour)
	})
	e.RunUntil(e.Now() + 100*time.Millisecond)
	got := strings.Join(e.node(server).Waits(5), "; ")
	for _, want := range []string{
		etcdwire.MethodPut + " waits to be applied: it was sent to the leader",
		etcdwire.MethodRange + " waits for the leader to say how far it must see",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it says %q, and not %q", got, want)
		}
	}
}
