package cluster_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// newObserved makes an ensemble whose last servers are observers.
func newObserved(t *testing.T, seed uint64, voters, observers int) *ensemble {
	return newEnsembleWith(t, seed, voters+observers, func(c *cluster.Config) {
		c.Members = slices.Clone(c.Members)
		for i := voters; i < len(c.Members); i++ {
			c.Members[i].Observer = true
		}
	})
}

// at runs a client's program that knows one server only.
func (e *ensemble) at(server host.Addr, limit time.Duration, f func(p host.Process, c *client.Client)) {
	e.t.Helper()
	all := e.servers
	e.servers = []host.Addr{server}
	defer func() { e.servers = all }()
	e.do(limit, f)
}

// awaitSynced waits until the leader counts so many that have all of the log. A leader that has just begun to listen
// anew for signs of life counts no server for a moment.
func (e *ensemble) awaitSynced(followers, observers int) {
	e.t.Helper()
	for end := e.Now() + time.Second; ; e.RunUntil(e.Now() + 10*time.Millisecond) {
		s := e.node(e.leader()).Stats()
		if s.Followers == followers && s.Synced == followers && s.Observers == observers && s.SyncedObservers == observers {
			return
		}
		if e.Now() > end {
			e.t.Fatalf("the leader counts %d followers, %d of them synced, and %d observers, %d of them synced",
				s.Followers, s.Synced, s.Observers, s.SyncedObservers)
		}
	}
}

func TestObserverServes(t *testing.T) {
	e := newObserved(t, 21, 3, 1)
	e.at("n4", 20*time.Second, func(_ host.Process, c *client.Client) {
		_, _, err := c.Create("/a", []byte("x"), 0)
		must(t, err)
		if data, _, err := c.Get("/a", nil); err != nil || string(data) != "x" {
			t.Errorf("read %q, %v", data, err)
		}
		must(t, c.Sync("/"))
		w := client.NewWatch()
		_, _, err = c.Get("/a", w)
		must(t, err)
		_, err = c.Set("/a", []byte("y"), 0)
		must(t, err)
		if _, fired := w.Wait(time.Second); !fired {
			t.Error("a watch at the observer did not fire")
		}
	})
	e.agree()
	e.awaitSynced(2, 1)
	if voters := e.node(e.leader()).Stats().Voters; len(voters) != 3 {
		t.Errorf("the leader counts %d voters", len(voters))
	}
	if s := e.node("n4").Stats(); s.State != "observer" || !s.Observing {
		t.Errorf("the observer calls itself %q", s.State)
	}
}

func TestObserverIsNoPartOfTheQuorum(t *testing.T) {
	e := newObserved(t, 22, 3, 2)
	e.RunUntil(2 * time.Second)
	for _, s := range []host.Addr{"n1", "n4", "n5"} {
		e.mustDo(e.Crash(s))
	}
	e.at("n2", 20*time.Second, func(p host.Process, c *client.Client) {
		must(t, persistently(p, func() error {
			_, _, err := c.Create("/two", nil, 0)
			return err
		}))
	})
	for _, s := range []host.Addr{"n4", "n5", "n1"} {
		e.mustDo(e.Restart(s))
	}
	e.agree()
	for _, s := range []host.Addr{"n1", "n2"} {
		e.mustDo(e.Crash(s))
	}
	e.RunUntil(e.Now() + 5*time.Second)
	for _, s := range []host.Addr{"n3", "n4", "n5"} {
		if st := e.node(s).Status(); st.Leading || st.Leader != 0 {
			t.Errorf("%s has a leader without a majority of the voters: %+v", s, st)
		}
	}
}

func TestObserverSurvivesCrashAndCatchesUp(t *testing.T) {
	e := newObserved(t, 23, 3, 1)
	e.at("n4", 20*time.Second, func(_ host.Process, c *client.Client) {
		_, _, err := c.Create("/a", nil, 0)
		must(t, err)
	})
	e.mustDo(e.Crash("n4"))
	e.at("n1", 20*time.Second, func(_ host.Process, c *client.Client) {
		for i := range 200 {
			_, _, err := c.Create(fmt.Sprintf("/n%d", i), nil, 0)
			must(t, err)
		}
	})
	e.mustDo(e.Restart("n4"))
	e.agree()
	if first, _ := e.node("n4").TermAt(100); first != 0 {
		t.Error("the observer has entry 100: it caught up by the log, and the test shows nothing")
	}
	e.mustDo(e.Crash("n4"))
	e.mustDo(e.Restart("n4"))
	e.at("n4", 20*time.Second, func(_ host.Process, c *client.Client) {
		if _, there, err := c.Exists("/n199", nil); err != nil || !there {
			t.Errorf("behind a restart from a snapshot: %v, %v", there, err)
		}
	})
	if st := e.node("n4").Status(); !st.Observing || st.Leading {
		t.Errorf("the observer became %+v", st)
	}
}

func TestObserverThatIsCutOffSendsItsClientsAway(t *testing.T) {
	e := newObserved(t, 24, 3, 1)
	e.RunUntil(2 * time.Second)
	for _, s := range e.servers[:3] {
		e.mustDo(e.Cut(s, "n4"))
	}
	e.RunUntil(e.Now() + 2*time.Second)
	if st := e.node("n4").Status(); st.Leader != 0 {
		t.Errorf("the observer hears from no server and follows server %d", st.Leader)
	}
	for _, s := range e.servers[:3] {
		e.mustDo(e.Mend(s, "n4"))
	}
	e.at("n4", 10*time.Second, func(_ host.Process, c *client.Client) {
		_, _, err := c.Create("/back", nil, 0)
		must(t, err)
	})
}

func TestSomeMemberMustVote(t *testing.T) {
	err := cluster.Config{ID: 1, Members: []cluster.Member{{ID: 1, Addr: "n1", Observer: true}}}.Check()
	if err == nil {
		t.Error("an ensemble of observers is taken")
	}
}

// A voter that is asked to become an observer is none before raft says so, and here raft never does: it votes, and it
// does not take its leader, which may be itself, for silent.
func TestWhoIsToObserveVotesUntilThen(t *testing.T) {
	for seed := range uint64(5) {
		e := newChangeable(t, 70+seed, 3)
		e.RunUntil(2 * time.Second)
		leader, down := e.leader(), e.follower()
		answered := false
		e.Spawn("c2", func(p host.Process) {
			c := client.New(p, client.Config{Servers: []host.Addr{leader}, SessionTimeout: 2 * time.Second})
			must(t, persistently(p, func() error { _, _, err := c.Exists("/", nil); return err }))
			e.mustDo(e.Crash(down)) // without it the two others can't do without the leader's vote
			err := c.Submit(joining(-int(e.node(leader).Status().ID)), nil, nil).Wait()
			if answered = true; !errors.Is(err, wire.NewConfigNoQuorum) {
				t.Errorf("seed %d: the change was answered %v", seed, err)
			}
		})
		for end := e.Now() + 6*time.Second; e.Now() < end; e.RunUntil(e.Now() + 10*time.Millisecond) {
			for _, s := range e.servers {
				if s != down && e.node(s).Status().Observing {
					t.Fatalf("seed %d, at %v: %s does not vote any more", seed, e.Now(), s)
				}
			}
		}
		if !answered {
			t.Errorf("seed %d: the change was not answered", seed)
		}
		e.mustDo(e.Restart(down))
		e.agree()
	}
}
