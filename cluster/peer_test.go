package cluster_test

import (
	"fmt"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
	"ordeal/sim"
)

// TestCorruptMessagesAreDropped: with one bit in so many wrong on every link, nothing that was garbled gets into a log,
// and the ensemble goes on.
func TestCorruptMessagesAreDropped(t *testing.T) {
	e := newEnsemble(t, 5, 3)
	e.RunUntil(2 * time.Second)
	for _, from := range e.servers {
		for _, to := range e.servers {
			if from != to {
				e.mustDo(e.SetLink(from, to, sim.LinkFault{CorruptPPM: 50_000}))
			}
		}
	}
	e.do(time.Minute, func(p host.Process, c *client.Client) {
		must(t, persistently(p, func() error {
			_, _, err := c.Create("/a", nil, 0)
			return err
		}))
		for i := range 200 {
			must(t, persistently(p, func() error {
				_, err := c.Set("/a", fmt.Append(nil, i), -1)
				return err
			}))
		}
	})
	dropped := uint64(0)
	for _, s := range e.servers {
		dropped += e.node(s).Stats().PeersCorrupt
	}
	if corrupted := e.World.Stats().Corrupted; dropped < 20 || corrupted < dropped {
		t.Errorf("%d messages were garbled, and %d dropped", corrupted, dropped)
	}
	e.agree()
}
