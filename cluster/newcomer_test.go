package cluster_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
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

// A server is away while everybody else it knows is replaced. It comes back, and the newcomers need it.
func TestBackAmongStrangers(t *testing.T) {
	for seed := range uint64(20) {
		e := newChangeable(t, 400+seed, 3)
		e.join(4)
		e.join(5)
		e.RunUntil(2 * time.Second)
		e.mustDo(e.Crash("n3"))
		e.do(30*time.Second, func(p host.Process, c *client.Client) {
			whole := wire.ReconfigRequest{NewMembers: []byte(lines(3, 4, 5)), ConfigID: -1}
			wantServers(t, reconfig(t, p, c, whole), 3, 4, 5)
			for i := range int(seed) * 5 {
				must(t, persistently(p, func() error {
					_, _, err := c.Create(fmt.Sprintf("/n%d", i), nil, 0)
					return err
				}))
			}
		})
		e.mustDo(e.Crash("n1"))
		e.mustDo(e.Crash("n2"))
		e.servers = []host.Addr{"n3", "n4", "n5"}
		e.mustDo(e.Restart("n3"))
		e.RunUntil(e.Now() + time.Duration(seed)*500*time.Millisecond)
		e.survives([]host.Addr{"n4", "n5"}[seed%2])
	}
}

// The ensemble more than doubles at once, as with ZooKeeper: newcomers that have caught up count.
func TestNewcomersInTheMajority(t *testing.T) {
	e := newChangeable(t, 450, 3)
	for id := range uint64(4) {
		e.join(4 + id)
	}
	e.do(30*time.Second, func(p host.Process, c *client.Client) {
		wantServers(t, reconfig(t, p, c, joining(4, 5, 6, 7)), 1, 2, 3, 4, 5, 6, 7)
	})
	e.agree()
	e.survives("n1", "n2", "n3")
}

// Until a newcomer has caught up it is no voter: it costs the others nothing that it is not there.
func TestNewcomersDoNotVoteBeforeTheyHaveCaughtUp(t *testing.T) {
	e := newChangeable(t, 451, 3)
	for id := range uint64(4) {
		e.join(4 + id)
	}
	e.RunUntil(2 * time.Second)
	for _, s := range e.servers[3:] {
		e.mustDo(e.Crash(s))
	}
	e.servers = e.servers[:3]
	e.do(30*time.Second, func(p host.Process, c *client.Client) {
		pending := c.Submit(joining(4, 5, 6, 7), nil, nil)
		for range 10 { // seven voters with three there could not
			_, _, err := c.Create("/meanwhile", nil, wire.FlagSequential)
			must(t, err)
			p.Sleep(50 * time.Millisecond)
		}
		if err := pending.Wait(); !errors.Is(err, wire.NewConfigNoQuorum) {
			t.Errorf("it is answered %v", err)
		}
		wantServers(t, reconfig(t, p, c, joining(4)), 1, 2, 3, 4) // one that is away is no hindrance
	})
}

// A server that was taken out learns that, and then is left alone.
func TestTakenOutAndTold(t *testing.T) {
	for seed := range uint64(5) {
		e := newChangeable(t, 460+seed, 4)
		e.RunUntil(2 * time.Second)
		gone := e.servers[seed%4]
		e.at(gone, 30*time.Second, func(p host.Process, c *client.Client) {
			pending := c.Submit(leaving(string(gone[1:])), nil, nil)
			if err := pending.Wait(); err != nil {
				t.Errorf("seed %d: who asks the server that is taken out is answered %v", seed, err)
			}
		})
		shown, _ := e.node(gone).Tree().Read(wire.GetDataRequest{Path: wire.ConfigPath})
		if text := string(shown.(wire.GetDataResponse).Data); strings.Contains(text, "server."+string(gone[1:])) {
			t.Errorf("seed %d: it was taken out, and has\n%s", seed, text)
		}
		e.RunUntil(e.Now() + 5*time.Second)
		if st := e.node(gone).Status(); st.Leader != 0 || st.Connections != 0 {
			t.Errorf("seed %d: long after it was taken out it is %+v", seed, st)
		}
		e.leaves(gone)
		e.agree()
	}
}
