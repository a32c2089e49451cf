package cluster_test

import (
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/sim"
)

func newNeighbours(t *testing.T, seed uint64, await bool) *ensemble {
	e := newEnsembleWith(t, seed, 3, func(c *cluster.Config) { c.AwaitCommitted = await })
	e.RunUntil(2 * time.Second)
	return e
}

// looks creates znodes at the leader and looks for each at a follower, whose syncs take so long, once that was told of
// its commit. It returns how many looks found nothing, and what each took.
func (e *ensemble) looks(znodes int, sync time.Duration) (misses int, took []time.Duration) {
	e.t.Helper()
	slow := e.follower()
	e.at(e.leader(), time.Minute, func(p host.Process, at *client.Client) {
		there := client.New(p, client.Config{Servers: []host.Addr{slow}, SessionTimeout: 10 * time.Second})
		_, _, err := there.Get("/", nil)
		must(e.t, err)
		e.mustDo(e.SetDisk(slow, sim.DiskFault{SyncDelay: sync}))
		for range znodes {
			path, _, err := at.Create("/looked-for-", nil, wire.FlagSequential)
			must(e.t, err)
			p.Sleep(5 * time.Millisecond)
			began := p.Now()
			_, there, err := there.Exists(path, nil)
			must(e.t, err)
			took = append(took, p.Now()-began)
			if !there {
				misses++
			}
		}
		e.mustDo(e.SetDisk(slow, sim.DiskFault{}))
	})
	return misses, took
}

func TestAReadAwaitsWhatItsServerKnowsToBeCommitted(t *testing.T) {
	for _, await := range []bool{false, true} {
		want := 20
		if await {
			want = 0
		}
		if misses, _ := newNeighbours(t, 140, await).looks(20, 30*time.Millisecond); misses != want {
			t.Errorf("awaiting %v: %d of 20 looks missed, not %d", await, misses, want)
		}
	}
}

// Two of raft's ticks, of 50 ms, are the most that a read waits for a disk; and once for all that is behind.
func TestAReadDoesNotAwaitADiskThatIsStuck(t *testing.T) {
	e := newNeighbours(t, 141, true)
	misses, took := e.looks(4, 20*time.Second)
	if misses != 4 {
		t.Errorf("%d of 4 looks missed", misses)
	}
	if took[0] < 40*time.Millisecond || took[0] > 110*time.Millisecond {
		t.Errorf("the first look took %v", took[0])
	}
	for _, d := range took[1:] {
		if d > 10*time.Millisecond {
			t.Errorf("looks took %v", took)
		}
	}
	node := e.node(e.follower())
	if n, m := node.DeedCount(cluster.AwaitedCommit), node.DeedCount(cluster.GaveUpAwaiting); n != 1 || m != 1 {
		t.Errorf("%d reads waited, and %d gave up", n, m)
	}
	e.RunUntil(e.Now() + 30*time.Second)
	if misses, _ := e.looks(4, 30*time.Millisecond); misses != 0 {
		t.Errorf("%d looks missed when the disk was mended", misses)
	}
}

// What a read waits for is told, with the session that asks.
func TestWhatAReadAwaitsIsTold(t *testing.T) {
	e := newNeighbours(t, 142, true)
	told := ""
	slow := e.follower()
	e.Spawn("c9", func(p host.Process) {
		for told == "" {
			p.Sleep(time.Millisecond)
			if list := e.node(slow).Waits(9); len(list) > 0 && strings.Contains(list[0], "exists") {
				told = list[0]
			}
		}
	})
	e.looks(1, 80*time.Millisecond)
	if want := "which is committed, to be on this disk"; !strings.Contains(told, want) {
		t.Errorf("it says %q, and not %q", told, want)
	}
}

// A read must not show what its own client has sent behind it, however long it waits for what others have.
func TestAReadThatWaitsDoesNotSeeWhatIsBehindIt(t *testing.T) {
	e := newNeighbours(t, 143, true)
	slow, leader := e.follower(), e.leader()
	e.Spawn("c9", func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{leader}, SessionTimeout: 10 * time.Second})
		for {
			c.Create("/other-", nil, wire.FlagSequential)
		}
	})
	e.at(slow, time.Minute, func(p host.Process, c *client.Client) {
		_, _, err := c.Create("/a", nil, 0)
		must(t, err)
		e.mustDo(e.SetDisk(slow, sim.DiskFault{SyncDelay: 30 * time.Millisecond}))
		p.Sleep(10 * time.Millisecond) // the other's znodes are committed, and not on this disk
		var pending []*client.Pending
		for i := range byte(20) {
			pending = append(pending, c.Submit(wire.GetDataRequest{Path: "/a"}, nil, nil),
				c.Submit(wire.GetDataRequest{Path: "/a"}, nil, nil),
				c.Submit(wire.SetDataRequest{Path: "/a", Data: []byte{i}, Version: -1}, nil, nil))
			p.Sleep(time.Duration(i) * time.Millisecond)
		}
		last := int64(0)
		for i, one := range pending {
			must(t, one.Wait())
			if one.Zxid() < last {
				t.Errorf("answer %d shows zxid 0x%x, and the one before it 0x%x", i, one.Zxid(), last)
			}
			last = one.Zxid()
			if r, ok := one.Response().(wire.GetDataResponse); ok && int(r.Stat.Version) != i/3 {
				t.Errorf("read %d shows version %d", i, r.Stat.Version)
			}
		}
	})
	if e.node(slow).DeedCount(cluster.AwaitedCommit) == 0 {
		t.Error("no read waited")
	}
}
