package cluster_test

import (
	"fmt"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// A session lives for its timeout from when its client was last heard of, also if that was right before the connection
// broke.
func TestWhoIsHeardOfAndGoneHasItsTimeout(t *testing.T) {
	e := newEnsemble(t, 1, 3)
	e.RunUntil(3 * time.Second)
	const timeout, idle = 8 * time.Second, 2 * time.Second
	began := e.Now()
	for i := range 10 {
		e.Spawn(host.Addr(fmt.Sprintf("c%d", 10+i)), func(p host.Process) {
			p.Sleep(time.Duration(i) * 30 * time.Millisecond)
			c := client.New(p, client.Config{Servers: e.servers, SessionTimeout: timeout})
			_, _, err := c.Create(fmt.Sprintf("/e%d", i), nil, wire.FlagEphemeral)
			must(t, err)
			p.Sleep(idle)
			must(t, c.Sync("/"))
			c.Abandon()
		})
	}
	e.RunUntil(began + idle + timeout - 500*time.Millisecond)
	e.do(5*time.Second, func(_ host.Process, c *client.Client) {
		names, _, err := c.Children("/", nil)
		must(t, err)
		if len(names) != 11 { // and /zookeeper
			t.Errorf("of ten sessions there are left %v", names)
		}
	})
}
