package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// A newcomer votes before it has anything: the majority that is left elects, and brings it up to date.
func TestNewcomerVotesBeforeItHasCaughtUp(t *testing.T) {
	for seed := range uint64(40) {
		e := newChangeable(t, 100+seed, 3)
		e.join(4)
		cut := func(apart bool) {
			for _, s := range []host.Addr{"n1", "n2", "n3"} {
				if apart {
					e.mustDo(e.Cut(s, "n4"))
					e.mustDo(e.Cut("n4", s))
				} else {
					e.mustDo(e.Mend(s, "n4"))
					e.mustDo(e.Mend("n4", s))
				}
			}
		}
		e.RunUntil(2 * time.Second)
		cut(true)
		e.servers = e.servers[:3]
		e.do(30*time.Second, func(p host.Process, c *client.Client) {
			reconfig(t, p, c, joining(4))
			reconfig(t, p, c, leaving("1"))
		})
		e.mustDo(e.Crash("n1"))
		e.mustDo(e.Crash("n2"))
		e.mustDo(e.Restart("n2"))
		e.RunUntil(e.Now() + 3*time.Second)
		e.mustDo(e.Crash("n3"))
		cut(false)
		e.servers = []host.Addr{"n2", "n4"}
		e.do(30*time.Second, func(p host.Process, c *client.Client) {
			must(t, persistently(p, func() error {
				_, _, err := c.Create("/a", nil, 0)
				return err
			}))
		})
		e.agree()
	}
}

// A server that comes back makes a majority with one that joined just before everybody else went.
func TestBackAmongNewcomers(t *testing.T) {
	for seed := range uint64(40) {
		e := newChangeable(t, 200+seed, 3)
		e.join(4)
		e.RunUntil(2 * time.Second)
		e.servers = e.servers[:3]
		e.do(30*time.Second, func(p host.Process, c *client.Client) {
			reconfig(t, p, c, joining(4))
			reconfig(t, p, c, leaving("1"))
		})
		e.mustDo(e.Crash("n1"))
		e.mustDo(e.Crash("n2"))
		e.mustDo(e.Crash("n3"))
		e.mustDo(e.Restart("n2"))
		e.servers = []host.Addr{"n2", "n4"}
		e.do(30*time.Second, func(p host.Process, c *client.Client) {
			must(t, persistently(p, func() error {
				_, _, err := c.Create("/a", nil, 0)
				return err
			}))
		})
		e.agree()
	}
}
