package cluster_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// must fails the test on an error, within a client's program.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// persistently repeats a request until it is answered: a connection may be lost on the way.
func persistently(p host.Process, f func() error) error {
	for {
		err := f()
		if !errors.Is(err, wire.ConnectionLoss) && !errors.Is(err, client.ErrNotSent) {
			return err
		}
		p.Sleep(50 * time.Millisecond)
	}
}

// agree lets the ensemble come to rest and fails the test unless all servers are up and of one state.
func (e *ensemble) agree() {
	e.t.Helper()
	e.RunUntil(e.Now() + 5*time.Second)
	var first cluster.Status
	for i, s := range e.servers {
		st := e.node(s).Status()
		if i == 0 {
			first = st
		}
		if st.Applied != first.Applied || st.StateHash != first.StateHash || st.LogHash != first.LogHash {
			e.t.Errorf("%s and %s differ:\n%+v\n%+v", e.servers[0], s, first, st)
		}
	}
}

func (e *ensemble) mustDo(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

func TestElectsWithinTwoTimeouts(t *testing.T) {
	for seed := range uint64(20) {
		e := newEnsemble(t, seed, 5)
		e.RunUntil(2500 * time.Millisecond)
		if e.leader() == "" {
			t.Errorf("seed %d: no leader after five election timeouts without a fault", seed)
		}
	}
}

func TestReadYourWrites(t *testing.T) {
	for _, nodes := range []int{1, 3, 5} {
		e := newEnsemble(t, 1, nodes)
		e.do(20*time.Second, func(p host.Process, c *client.Client) {
			_, _, err := c.Create("/a", nil, 0)
			must(t, err)
			for i := range 120 {
				want := fmt.Sprint(i)
				_, err := c.Set("/a", []byte(want), int32(i))
				must(t, err)
				got, stat, err := c.Get("/a", nil)
				must(t, err)
				if string(got) != want || stat.Version != int32(i+1) {
					t.Errorf("read %q at version %d behind the write of %q", got, stat.Version, want)
				}
			}
			_, err = c.Set("/a", nil, 7)
			if !errors.Is(err, wire.BadVersion) {
				t.Errorf("a set of an old version: %v", err)
			}
		})
		e.agree()
	}
}

func TestAcknowledgedWritesSurviveEveryCrash(t *testing.T) {
	for seed := range uint64(8) {
		e := newEnsemble(t, seed, 3)
		acknowledged := -1
		e.At(1500*time.Millisecond, func() { _ = e.Crash(e.leader()) })
		e.At(3*time.Second, func() {
			for _, s := range e.servers {
				_ = e.Crash(s)
			}
		})
		e.At(3500*time.Millisecond, func() {
			for _, s := range e.servers {
				_ = e.Restart(s)
			}
		})
		e.do(time.Minute, func(p host.Process, c *client.Client) {
			must(t, persistently(p, func() error {
				_, _, err := c.Create("/a", nil, 0)
				if errors.Is(err, wire.NodeExists) {
					return nil
				}
				return err
			}))
			for i := range 1500 {
				if _, err := c.Set("/a", fmt.Append(nil, i), -1); err == nil {
					acknowledged = i
				}
				data, _, err := c.SyncGet("/a", nil)
				if err != nil {
					continue
				}
				if got, _ := strconv.Atoi(string(data)); got < acknowledged {
					t.Errorf("seed %d: %d was acknowledged and %d is there", seed, acknowledged, got)
				}
			}
		})
		e.agree()
	}
}

func TestLaggardGetsSnapshot(t *testing.T) {
	e := newEnsemble(t, 3, 3)
	e.RunUntil(2 * time.Second)
	lagging := e.servers[0]
	if lagging == e.leader() {
		lagging = e.servers[1]
	}
	e.mustDo(e.Crash(lagging))
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		for i := range 300 {
			_, _, err := c.Create(fmt.Sprintf("/n%d", i), nil, wire.FlagEphemeral*int32(i%2))
			must(t, err)
		}
		e.mustDo(e.Restart(lagging))
	})
	e.agree()
	if first, _ := e.node(lagging).TermAt(100); first != 0 {
		t.Errorf("%s has entry 100: it caught up by the log, and the test shows nothing", lagging)
	}
}

func TestSessionEndsWithItsEphemerals(t *testing.T) {
	e := newEnsemble(t, 4, 3)
	var closed, expired int64
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		_, _, err := c.Create("/closed", nil, wire.FlagEphemeral)
		must(t, err)
		closed, _ = c.Session()
		must(t, c.Close())
	})
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		_, _, err := c.Create("/expired", nil, wire.FlagEphemeral)
		must(t, err)
		expired, _ = c.Session()
	}) // its process is over, and no more pings are sent
	e.do(20*time.Second, func(p host.Process, c *client.Client) {
		_, there, err := c.Exists("/closed", nil)
		must(t, err)
		if there {
			t.Error("an ephemeral of a closed session is there")
		}
		w := client.NewWatch()
		_, there, err = c.Exists("/expired", w)
		must(t, err)
		if !there {
			t.Error("an ephemeral is gone before its session")
		}
		if ev, ok := w.Wait(5 * time.Second); !ok || ev.Type != wire.EventDeleted {
			t.Errorf("no event for the end of the ephemeral: %+v, %v", ev, ok)
		}
	})
	for _, s := range e.servers {
		for _, id := range []int64{closed, expired} {
			if _, ok := e.node(s).Tree().Session(id); ok {
				t.Errorf("%s still has session 0x%x", s, id)
			}
		}
	}
}

func TestSessionMovesWithItsClient(t *testing.T) {
	e := newEnsemble(t, 5, 5)
	e.do(time.Minute, func(p host.Process, c *client.Client) {
		_, _, err := c.Create("/mine", nil, wire.FlagEphemeral)
		must(t, err)
		id, _ := c.Session()
		for _, s := range e.servers {
			e.mustDo(e.Crash(s))
			p.Sleep(100 * time.Millisecond)
			must(t, persistently(p, func() error {
				_, stat, err := c.SyncGet("/mine", nil)
				if err == nil && stat.EphemeralOwner != id {
					t.Errorf("the ephemeral of 0x%x is of 0x%x", id, stat.EphemeralOwner)
				}
				return err
			}))
			e.mustDo(e.Restart(s))
			p.Sleep(1500 * time.Millisecond)
		}
		if now, _ := c.Session(); now != id {
			t.Errorf("session 0x%x became 0x%x", id, now)
		}
	})
	e.agree()
}

func TestEventBeforeTheDataThatItAnnounces(t *testing.T) {
	e := newEnsemble(t, 6, 3)
	e.do(5*time.Second, func(_ host.Process, c *client.Client) {
		_, _, err := c.Create("/w", nil, 0)
		must(t, err)
	})
	watched := 0
	e.Spawn("c2", func(p host.Process) {
		c := client.New(p, client.Config{Servers: e.servers[:1], SessionTimeout: 4 * time.Second})
		for {
			w := client.NewWatch()
			_, before, err := c.Get("/w", w)
			must(t, err)
			for {
				_, after, err := c.Get("/w", nil)
				must(t, err)
				if after.Version == before.Version {
					continue
				}
				watched++
				if _, fired := w.Wait(0); !fired {
					t.Errorf("version %d was read before the event that it has come", after.Version)
				}
				break
			}
		}
	})
	e.do(20*time.Second, func(p host.Process, c *client.Client) {
		for i := range 100 {
			_, err := c.Set("/w", fmt.Append(nil, i), -1)
			must(t, err)
			p.Sleep(10 * time.Millisecond)
		}
	})
	if watched < 50 {
		t.Errorf("only %d changes were watched", watched)
	}
}

func TestMinorityServesNoClient(t *testing.T) {
	e := newEnsemble(t, 7, 3)
	e.RunUntil(2 * time.Second)
	lonely := e.leader()
	for _, s := range e.servers {
		if s != lonely {
			e.mustDo(e.Cut(s, lonely))
			e.mustDo(e.Cut(lonely, s))
		}
	}
	e.RunUntil(4 * time.Second)
	if st := e.node(lonely).Status(); st.Leading || st.Leader != 0 {
		t.Errorf("%s is cut off and believes in a leader: %+v", lonely, st)
	}
	if e.leader() == "" || e.leader() == lonely {
		t.Errorf("the majority has no leader of its own: %q", e.leader())
	}
}

func TestSameSeedSameTrace(t *testing.T) {
	trace := func(t *testing.T, seed uint64) (hash uint64) {
		t.Run("", func(t *testing.T) {
			e := newEnsemble(t, seed, 3)
			e.do(20*time.Second, func(_ host.Process, c *client.Client) {
				for i := range 30 {
					_, _, err := c.Create(fmt.Sprintf("/n%d", i), nil, 0)
					must(t, err)
				}
			})
			hash = e.TraceHash()
		})
		return hash
	}
	if a, b := trace(t, 1), trace(t, 1); a != b {
		t.Errorf("two runs of one seed have the traces %016x and %016x", a, b)
	}
	if a, b := trace(t, 1), trace(t, 2); a == b {
		t.Errorf("two seeds have one trace, %016x", a)
	}
}
