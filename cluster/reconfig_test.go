package cluster_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// lines are the servers of a configuration, observers by a negative number.
func lines(servers ...int) string {
	var list []string
	for _, s := range servers {
		role := "participant"
		if s < 0 {
			s, role = -s, "observer"
		}
		list = append(list, fmt.Sprintf("server.%d=h%d:1:2:%s;0.0.0.0:3", s, s, role))
	}
	return strings.Join(list, "\n")
}

// newChangeable makes an ensemble of the servers from 1 to n that clients may change.
func newChangeable(t *testing.T, seed uint64, n int) *ensemble {
	var founders []int
	for i := range n {
		founders = append(founders, i+1)
	}
	return newEnsembleWith(t, seed, n, func(c *cluster.Config) {
		c.SkipACL, c.Reconfig, c.Announce = true, true, []byte(lines(founders...)+"\nversion=0")
	})
}

// join boots a server that is not in the ensemble yet: it knows the others, and itself as one of them.
func (e *ensemble) join(id uint64) {
	addr := cluster.ServerName(id)
	e.servers = append(e.servers, addr)
	var members []cluster.Member
	for _, s := range e.servers {
		var m cluster.Member
		_, err := fmt.Sscanf(string(s), "n%d", &m.ID)
		e.mustDo(err)
		m.Addr = s
		members = append(members, m)
	}
	e.AddMachine(addr, cluster.Boot(cluster.Config{
		ID: id, Members: members, TickTime: 500 * time.Millisecond, SnapshotEvery: 50, KeepEntries: 10,
		SegmentBytes: 16 << 10,
		SkipACL:      true, Reconfig: true,
	}))
}

// leaves takes a server out of those that the test looks at.
func (e *ensemble) leaves(gone host.Addr) {
	var rest []host.Addr
	for _, s := range e.servers {
		if s != gone {
			rest = append(rest, s)
		}
	}
	e.servers = rest
}

// reconfig changes the ensemble and returns what it is then. A connection may be lost on the way.
func reconfig(t *testing.T, p host.Process, c *client.Client, r wire.ReconfigRequest) string {
	t.Helper()
	before := ""
	for {
		data, _, err := c.SyncGet(wire.ConfigPath, nil)
		if err != nil {
			p.Sleep(50 * time.Millisecond)
			continue
		}
		if before == "" {
			before = string(data)
		}
		if string(data) != before {
			return string(data)
		}
		pending := c.Submit(r, nil, nil)
		switch err := pending.Wait(); {
		case err == nil:
			return string(pending.Response().(wire.GetDataResponse).Data)
		case errors.Is(err, wire.ConnectionLoss), errors.Is(err, wire.ReconfigInProgress):
			p.Sleep(50 * time.Millisecond)
		default:
			t.Errorf("%+v is answered %v", r, err)
			return ""
		}
	}
}

func wantServers(t *testing.T, config string, servers ...int) {
	t.Helper()
	if got, _, _ := strings.Cut(config, "\nversion="); got != lines(servers...) {
		t.Errorf("the configuration is\n%s\nwant\n%s", config, lines(servers...))
	}
}

func joining(servers ...int) wire.ReconfigRequest {
	return wire.ReconfigRequest{Joining: []byte(strings.ReplaceAll(lines(servers...), "\n", ",")), ConfigID: -1}
}

func leaving(list string) wire.ReconfigRequest {
	return wire.ReconfigRequest{Leaving: []byte(list), ConfigID: -1}
}

// survives fails the test unless the ensemble serves without some of its servers.
func (e *ensemble) survives(without ...host.Addr) {
	e.t.Helper()
	for _, s := range without {
		e.mustDo(e.Crash(s))
	}
	e.do(30*time.Second, func(p host.Process, c *client.Client) {
		for { // an election may take longer than a client waits for a server
			if _, _, err := c.Create("/survives", nil, wire.FlagSequential); err == nil {
				return
			}
			p.Sleep(50 * time.Millisecond)
		}
	})
	for _, s := range without {
		e.mustDo(e.Restart(s))
	}
	e.agree()
}

func TestGrowFromThreeToFive(t *testing.T) {
	for seed := range uint64(5) {
		e := newChangeable(t, 50+seed, 3)
		e.do(20*time.Second, func(_ host.Process, c *client.Client) {
			for i := range int(seed) * 40 {
				_, _, err := c.Create(fmt.Sprintf("/n%d", i), nil, 0)
				must(t, err)
			}
		})
		e.join(4)
		e.join(5)
		e.do(30*time.Second, func(p host.Process, c *client.Client) {
			w := client.NewWatch()
			_, _, err := c.Get(wire.ConfigPath, w)
			must(t, err)
			wantServers(t, reconfig(t, p, c, joining(4, 5)), 1, 2, 3, 4, 5)
			if _, fired := w.Wait(time.Second); !fired {
				t.Error("a watch of the configuration did not fire")
			}
		})
		e.agree()
		e.awaitSynced(4, 0)
		if voters := e.node(e.leader()).Stats().Voters; len(voters) != 5 {
			t.Errorf("seed %d: the leader counts %d voters", seed, len(voters))
		}
		backup, err := cluster.DecodeBackup(e.node("n5").Backup().Encode())
		if err != nil || len(backup.Voters) != 5 {
			t.Errorf("seed %d: a backup names the voters %v, %v", seed, backup.Voters, err)
		}
		e.survives("n1", "n2")
		if leader := e.leader(); leader != "n4" {
			e.survives("n4", leader)
		}
	}
}

func TestShrinkFromFiveToThree(t *testing.T) {
	for seed := range uint64(5) {
		e := newChangeable(t, 60+seed, 5)
		e.do(30*time.Second, func(p host.Process, c *client.Client) {
			wantServers(t, reconfig(t, p, c, leaving("4,5")), 1, 2, 3)
		})
		e.RunUntil(e.Now() + 3*time.Second)
		for _, s := range []host.Addr{"n4", "n5"} {
			if st := e.node(s).Status(); st.Leading || st.Connections > 0 {
				t.Errorf("seed %d: %s was taken out and goes on: %+v", seed, s, st)
			}
			e.mustDo(e.Crash(s))
			e.leaves(s)
		}
		e.agree()
		e.survives("n2") // two of three: of five it would not be enough
	}
}

func TestReplaceOneAsAWhole(t *testing.T) {
	e := newChangeable(t, 70, 3)
	e.join(4)
	e.do(30*time.Second, func(p host.Process, c *client.Client) {
		whole := wire.ReconfigRequest{NewMembers: []byte(lines(1, 2, 4)), ConfigID: -1}
		wantServers(t, reconfig(t, p, c, whole), 1, 2, 4)
	})
	e.mustDo(e.Crash("n3"))
	e.leaves("n3")
	e.agree()
	e.survives("n1")
}

func TestTakeTheLeaderOut(t *testing.T) {
	for seed := range uint64(5) {
		e := newChangeable(t, 80+seed, 5)
		e.RunUntil(2 * time.Second)
		old := e.leader()
		e.do(30*time.Second, func(p host.Process, c *client.Client) {
			reconfig(t, p, c, leaving(strings.TrimPrefix(string(old), "n")))
		})
		e.RunUntil(e.Now() + 3*time.Second)
		if st := e.node(old).Status(); st.Leading {
			t.Errorf("seed %d: %s was taken out and leads: %+v", seed, old, st)
		}
		e.mustDo(e.Crash(old))
		e.leaves(old)
		e.survives(e.servers[0])
	}
}

func TestObserverComesAndIsPromoted(t *testing.T) {
	e := newChangeable(t, 90, 3)
	e.join(4)
	e.do(30*time.Second, func(p host.Process, c *client.Client) {
		wantServers(t, reconfig(t, p, c, joining(-4)), 1, 2, 3, -4)
	})
	e.agree()
	if s := e.node("n4").Stats(); s.State != "observer" {
		t.Errorf("the server that joined is a %q", s.State)
	}
	e.do(30*time.Second, func(p host.Process, c *client.Client) {
		wantServers(t, reconfig(t, p, c, joining(4)), 1, 2, 3, 4)
	})
	e.agree()
	if s := e.node("n4").Stats(); s.State == "observer" || len(s.Voters) != 4 {
		t.Errorf("the server that was promoted is a %q: %+v", s.State, s)
	}
}

func TestCrashesInTheMidstOfAChange(t *testing.T) {
	for seed := range uint64(25) {
		e := newChangeable(t, 100+seed, 3)
		e.join(4)
		e.join(5)
		e.RunUntil(2 * time.Second)
		began := e.Now()
		for i := range 3 {
			at := began + time.Duration(seed*3+1)*time.Millisecond + time.Duration(i)*1500*time.Millisecond
			e.At(at, func() {
				victim := e.leader()
				if victim == "" {
					return
				}
				_ = e.Crash(victim)
				e.At(e.Now()+time.Second, func() { _ = e.Restart(victim) })
			})
		}
		e.do(time.Minute, func(p host.Process, c *client.Client) {
			wantServers(t, reconfig(t, p, c, wire.ReconfigRequest{NewMembers: []byte(lines(2, 3, 4, -5)), ConfigID: -1}), 2, 3,
				4, -5)
		})
		e.RunUntil(max(e.Now(), began+10*time.Second))
		e.mustDo(e.Crash("n1"))
		e.leaves("n1")
		e.survives("n2")
	}
}

func TestChangesThatAreRefused(t *testing.T) {
	e := newChangeable(t, 130, 3)
	e.do(30*time.Second, func(p host.Process, c *client.Client) {
		for _, r := range []wire.ReconfigRequest{
			leaving("1,2"), leaving("x"), joining(), {Joining: []byte("server.4=h"), ConfigID: -1},
			{Joining: []byte("server.4=h1:1:2;3"), ConfigID: -1}, {NewMembers: []byte("nonsense"), ConfigID: -1},
			{Joining: []byte("server.4=h4:1:2"), ConfigID: -1}, {Joining: []byte("server.999=h4:1:2;3"), ConfigID: -1},
		} {
			if len(r.Joining)+len(r.Leaving)+len(r.NewMembers) > 0 {
				wantCode(t, c, r, wire.BadArguments)
			}
		}
		r := joining(4)
		r.ConfigID = 7
		wantCode(t, c, r, wire.BadVersion)
		wantCode(t, c, joining(4, 5, 6, 7), wire.NewConfigNoQuorum)
		data, _, err := c.Get(wire.ConfigPath, nil)
		must(t, err)
		wantServers(t, string(data), 1, 2, 3)
		other := client.New(p, client.Config{Servers: e.servers, SessionTimeout: 4 * time.Second})
		must(t, other.Sync("/"))
		first := c.Submit(joining(4, 5, 6, 7), nil, nil)
		must(t, other.Sync("/"))
		wantCode(t, other, joining(4), wire.ReconfigInProgress)
		if err := first.Wait(); !errors.Is(err, wire.NewConfigNoQuorum) {
			t.Errorf("the first of two is answered %v", err)
		}
	})
	e.agree()
	shut := newEnsembleWith(t, 131, 3, func(c *cluster.Config) {
		c.Reconfig, c.Announce = true, []byte(lines(1, 2, 3)+"\nversion=0")
	})
	shut.do(20*time.Second, func(_ host.Process, c *client.Client) {
		wantCode(t, c, leaving("3"), wire.NoAuth)
		wantCode(t, c, leaving("x"), wire.BadArguments)
		wantCode(t, c, wire.ReconfigRequest{Joining: []byte("server.999=h4:1:2;3"), ConfigID: -1}, wire.NoAuth)
	})
}
