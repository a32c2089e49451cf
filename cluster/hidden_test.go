package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Who may read the ensemble's configuration is up to operators. Servers go by it all the same: when they start, when
// they lead, and when it is changed.
func TestAConfigurationThatClientsMayNotRead(t *testing.T) {
	e := newChangeable(t, 21, 3)
	hide := wire.SetACLRequest{Path: wire.ConfigPath, Version: wire.AnyVersion,
		ACL: []wire.ACL{{Perms: wire.PermAll &^ wire.PermRead, ID: wire.ID{Scheme: "world", ID: "anyone"}}}}
	e.do(20*time.Second, func(p host.Process, c *client.Client) {
		wantServers(t, reconfig(t, p, c, leaving("3")), 1, 2)
		wantCode(t, c, hide, wire.OK)
	})
	e.leaves("n3")
	for range 2 { // whoever leads
		leader := e.leader()
		e.mustDo(e.Crash(leader))
		e.RunUntil(e.Now() + 100*time.Millisecond)
		e.mustDo(e.Restart(leader))
		e.RunUntil(e.Now() + 5*time.Second)
	}
	e.join(4)
	e.do(20*time.Second, func(p host.Process, c *client.Client) {
		wantServers(t, reconfig(t, p, c, joining(4)), 1, 2, 4)
	})
	e.agree()
}
