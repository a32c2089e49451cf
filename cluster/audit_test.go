package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// TestAudit: what the servers of a sound ensemble keep twice agrees, in use and behind it. That it finds what does not
// is shown by planted bugs: bugWatchesOfGone, bugDeadlinesStay and others.
func TestAudit(t *testing.T) {
	e := newEnsemble(t, 7, 3)
	e.RunUntil(2 * time.Second)
	look := func(when string) {
		t.Helper()
		for _, s := range []host.Addr{"n1", "n2", "n3"} {
			disk, err := e.Synced(s)
			must(t, err)
			if lines := e.node(s).Audit(disk); len(lines) > 0 {
				t.Errorf("%s, of %s: %q", when, s, lines)
			}
		}
	}
	look("at the beginning")
	e.at(e.leader(), time.Minute, func(p host.Process, c *client.Client) {
		for range 50 {
			_, _, err := c.Create("/a-", []byte("data"), wire.FlagEphemeral|wire.FlagSequential)
			must(t, err)
		}
		_, _, err := c.Children("/", client.NewWatch())
		must(t, err)
		p.Sleep(time.Second)
		look("in use")
		must(t, c.Close())
		p.Sleep(time.Second)
		look("behind it")
	})
}
