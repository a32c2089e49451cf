package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// questions counts the messages about reads that arrive from now on, by their first byte.
func (e *ensemble) questions() *[256]int {
	var kinds [256]int
	e.Overhear(func(_, _ host.Addr, payload []byte) { kinds[payload[0]]++ })
	return &kinds
}

// What a read costs: with three servers the one that asks and the leader are a majority, with five one more is asked.
func TestWhatAReadCosts(t *testing.T) {
	const reads = 100
	for _, c := range []struct {
		nodes, asked int
		leader       bool
	}{{1, 0, true}, {3, 0, false}, {3, 1, true}, {5, 1, false}, {5, 2, true}} {
		e := newEnsemble(t, 70, c.nodes)
		e.RunUntil(2 * time.Second)
		server := e.leader()
		if !c.leader {
			server = e.follower()
		}
		kinds := e.questions()
		e.at(server, 10*time.Second, func(_ host.Process, cl *client.Client) {
			for range reads {
				must(t, cl.Sync("/"))
			}
		})
		questions := reads
		if c.leader {
			questions = 0
		}
		if want := [4]int{questions, c.asked * reads, c.asked * reads, questions}; [4]int(kinds[7:11]) != want {
			t.Errorf("%d servers, at the leader %v: %v messages, not %v", c.nodes, c.leader, kinds[7:11], want)
		}
	}
}

// A server that crashed is asked all the same for a while. The read then waits until all are asked, and no longer.
func TestAReadWhoseVoterIsDown(t *testing.T) {
	for seed := range uint64(20) {
		e := newEnsemble(t, 80+seed, 3)
		e.RunUntil(2 * time.Second)
		leader, other := e.leader(), e.follower()
		crashed := false
		e.at(leader, 10*time.Second, func(p host.Process, c *client.Client) {
			for range 10 {
				began := p.Now()
				must(t, c.Sync("/"))
				if took := p.Now() - began; took > 200*time.Millisecond {
					t.Errorf("seed %d: a read took %v", seed, took)
				}
				if !crashed {
					crashed = true
					e.mustDo(e.Crash(other))
				}
			}
		})
	}
}

// A leader that was deposed and does not know it yet answers no read, whoever asks: those that are cut off with it
// neither.
func TestADeposedLeaderAnswersNoRead(t *testing.T) {
	for seed := range uint64(10) {
		e := newEnsemble(t, 110+seed, 5)
		e.RunUntil(2 * time.Second)
		old := e.leader()
		companion := e.follower()
		var majority []host.Addr
		for _, s := range e.servers {
			if s != old && s != companion {
				majority = append(majority, s)
			}
		}
		e.at(old, 10*time.Second, func(_ host.Process, c *client.Client) {
			_, _, err := c.Create("/a", []byte("0"), 0)
			must(t, err)
		})
		for _, s := range majority {
			for _, m := range []host.Addr{old, companion} {
				e.mustDo(e.Cut(s, m))
				e.mustDo(e.Cut(m, s))
			}
		}
		cut := e.Now()
		written := time.Duration(-1)
		for i, s := range []host.Addr{old, companion} {
			name := host.Addr([]string{"reader-old", "reader-companion"}[i])
			e.Spawn(name, func(p host.Process) {
				c := client.New(p, client.Config{Servers: []host.Addr{s}, SessionTimeout: 20 * time.Second,
					RequestTimeout: 10 * time.Second})
				for e.Now() < cut+5*time.Second {
					began := e.Now()
					data, _, err := c.SyncGet("/a", nil)
					if err == nil && written >= 0 && began >= written && string(data) != "1" {
						t.Errorf("seed %d: a read at %s which began at %v shows %q, and the write was done at %v", seed, s, began, data,
							written)
					}
				}
			})
		}
		e.Spawn("writer", func(p host.Process) {
			c := client.New(p, client.Config{Servers: majority, SessionTimeout: 20 * time.Second,
				RequestTimeout: 10 * time.Second})
			must(t, persistently(p, func() error {
				_, err := c.Set("/a", []byte("1"), -1)
				return err
			}))
			written = e.Now()
		})
		e.RunUntil(cut + 5*time.Second)
		if written < 0 {
			t.Errorf("seed %d: the majority took no write", seed)
		}
		for _, s := range majority {
			for _, m := range []host.Addr{old, companion} {
				e.mustDo(e.Mend(s, m))
				e.mustDo(e.Mend(m, s))
			}
		}
		e.RunUntil(e.Now() + 5*time.Second)
	}
}
