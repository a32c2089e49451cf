package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// TestEnforceAuth demands that clients are known by digest. What is wanted is what ZooKeeper 3.8.0 does.
func TestEnforceAuth(t *testing.T) {
	e := newEnsembleWith(t, 5, 3, func(c *cluster.Config) { c.EnforceAuth = []string{"digest"} })
	e.RunUntil(2 * time.Second)
	open := []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}}
	e.script(func(p host.Process) {
		for _, ask := range []wire.Request{
			wire.GetDataRequest{Path: "/"}, wire.PingRequest{}, wire.SyncRequest{Path: "/"}, wire.CloseSessionRequest{},
			wire.CreateRequest{Path: "/a", ACL: open}, wire.WhoAmIRequest{},
		} {
			r := dialRaw(t, p, "n1")
			if _, ok := r.attach(wire.ConnectRequest{TimeoutMs: 4000}); !ok {
				t.Fatal("no session")
			}
			if code := r.ask(7, ask); code != wire.SessionClosedRequireSASLAuth {
				t.Errorf("%T is answered with %v", ask, code)
			}
			if r.next() != nil || !r.closed {
				t.Errorf("after %T the connection stays", ask)
			}
		}
		r := dialRaw(t, p, "n1")
		r.attach(wire.ConnectRequest{TimeoutMs: 4000})
		for _, ask := range []wire.Request{wire.AuthRequest{Scheme: "digest", Auth: []byte("ann:1")},
			wire.GetDataRequest{Path: "/"}, wire.PingRequest{}, wire.CreateRequest{Path: "/a", ACL: open}} {
			xid := int32(3)
			if _, ping := ask.(wire.PingRequest); ping {
				xid = wire.XidPing
			}
			if code := r.ask(xid, ask); code != wire.OK {
				t.Errorf("of one who is known %T is answered with %v", ask, code)
			}
		}
	})
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		must(t, c.AddAuth("digest", []byte("bob:2")))
		must(t, c.Sync("/"))
	})
}
