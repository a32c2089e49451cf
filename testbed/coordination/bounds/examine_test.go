package bounds_test

import (
	"testing"
	"testing/cryptotest"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/sim"
	"ordeal/testbed/coordination/bounds"
)

// Who may do what with the root is up to the clients of a trial. A server that keeps to it is not at fault, and one
// that is down still is.
func TestTheExaminerIsLetIn(t *testing.T) {
	for _, tt := range []struct {
		perms int32
		cut   bool
	}{{wire.PermAll, false}, {wire.PermAll &^ wire.PermDelete, false}, {wire.PermAdmin, false}, {wire.PermAdmin, true}} {
		cryptotest.SetGlobalRandom(t, 1)
		w := sim.New(1, sim.Config{})
		servers := []host.Addr{"n1", "n2", "n3"}
		var members []cluster.Member
		for i, s := range servers {
			members = append(members, cluster.Member{ID: uint64(i + 1), Addr: s})
		}
		c := cluster.Config{Members: members, TickTime: 500 * time.Millisecond}
		for _, m := range members {
			c.ID = m.ID
			w.AddMachine(m.Addr, cluster.Boot(c))
		}
		missing, over := "", false
		w.Spawn("c1", func(p host.Process) {
			cl := client.New(p, client.Config{Servers: servers, SessionTimeout: 10 * time.Second})
			allowed := []wire.ACL{{Perms: tt.perms, ID: wire.ID{Scheme: "world", ID: "anyone"}}}
			if _, err := cl.SetACL("/", allowed, wire.AnyVersion); err != nil {
				t.Error(err)
			}
			if tt.cut {
				if err := w.Crash("n3"); err != nil {
					t.Error(err)
				}
			}
			missing = bounds.Examine(p, servers, "super:x", time.Second, 10*time.Second)
			over = true
		})
		w.RunUntil(2 * time.Minute)
		if !over || (missing != "") != tt.cut {
			t.Errorf("permissions %d, a server is down: %v: %q", tt.perms, tt.cut, missing)
		}
		w.Close()
	}
}
