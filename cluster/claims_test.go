package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// A request is judged by whom its client had claimed to be when it came in, however long it waits behind others.
func TestAClaimIsForWhatComesBehindIt(t *testing.T) {
	e := newEnsemble(t, 15, 3)
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		must(t, c.AddAuth("digest", []byte("ada:1")))
		_, _, err := c.CreateAs("/hers", nil, []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "auth"}}}, 0)
		must(t, err)
	})
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		must(t, c.Sync("/"))
		before := []*client.Pending{
			c.Submit(wire.SyncRequest{Path: "/"}, nil, nil),
			c.Submit(wire.GetDataRequest{Path: "/hers"}, nil, nil),
			c.Submit(wire.SetDataRequest{Path: "/hers", Version: -1}, nil, nil),
			c.Submit(wire.WhoAmIRequest{}, nil, nil),
		}
		must(t, c.AddAuth("digest", []byte("ada:1")))
		must(t, before[0].Wait())
		for _, p := range before[1:3] {
			if err := p.Wait(); err != error(wire.NoAuth) {
				t.Errorf("what was asked before the claim ended with %v", err)
			}
		}
		if must(t, before[3].Wait()); len(before[3].Response().(wire.WhoAmIResponse).IDs) != 0 {
			t.Errorf("before the claim she was taken for %v", before[3].Response())
		}
		wantCode(t, c, wire.SetDataRequest{Path: "/hers", Version: -1}, wire.OK)
	})
	e.agree()
}

// Who names no password is not who has an empty one. The hash is what ZooKeeper 3.8.0 prints for it.
func TestAClaimWithoutAPassword(t *testing.T) {
	e := newEnsemble(t, 16, 1)
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		must(t, c.AddAuth("digest", []byte("carl")))
		_, _, err := c.CreateAs("/his", nil, []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "auth"}}}, 0)
		must(t, err)
		acl, _, err := c.GetACL("/his")
		must(t, err)
		if len(acl) != 1 || acl[0].ID.ID != "carl:3hh2QubHX2DRDynlLKtUzfZ2hw0=" {
			t.Errorf("the ACL is %v", acl)
		}
		wantCode(t, c, wire.ExistsRequest{Path: "/his\x00"}, wire.BadArguments)
		wantCode(t, c, wire.GetDataRequest{Path: "/his\x00"}, wire.NoNode)
	})
}
