package cluster_test

import (
	"strings"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// TestWhatWaits asks a leader for a write that no majority can take, and then lets it be taken.
func TestWhatWaits(t *testing.T) {
	e := newEnsemble(t, 1, 3)
	e.RunUntil(3 * time.Second)
	leader := e.leader()
	if list := e.node(leader).Waiting(0); len(list) > 0 {
		t.Fatalf("nothing was asked for, and there waits %+v", list)
	}
	var others []host.Addr
	for _, s := range e.servers {
		if s != leader {
			others = append(others, s)
		}
	}
	e.Spawn("c1", func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{leader}, SessionTimeout: 9 * time.Second})
		must(t, c.Sync("/"))
		for _, s := range others {
			e.mustDo(e.Crash(s))
		}
		_, _, _ = c.Create("/a", nil, 0) // answered when the others are back, or lost with a leader that steps down
	})
	e.RunUntil(e.Now() + 500*time.Millisecond)
	list := e.node(leader).Waiting(0)
	if len(list) != 2 || !strings.Contains(list[0].What+list[1].What, "create2") ||
		!strings.Contains(list[0].What+list[1].What, "outbox") || list[1].For < 200*time.Millisecond {
		t.Errorf("there waits %+v", list)
	}
	if list := e.node(leader).Waiting(time.Minute); len(list) > 0 {
		t.Errorf("for a minute there waits %+v", list)
	}
	for _, s := range others {
		e.mustDo(e.Restart(s))
	}
	e.RunUntil(e.Now() + 5*time.Second)
	if list := e.node(leader).Waiting(0); len(list) > 0 {
		t.Errorf("all are back, and there waits %+v", list)
	}
}

// TestWhichReadsOfEtcdWait asks for a key at a leader that no majority confirms.
func TestWhichReadsOfEtcdWait(t *testing.T) {
	e := etcdEnsemble(t, 5, 3)
	e.RunUntil(3 * time.Second)
	leader := e.leader()
	for _, s := range e.servers {
		if s != leader {
			e.mustDo(e.Crash(s))
		}
	}
	e.Spawn("reader", func(p host.Process) {
		c := newEtcdClient(p, []host.Addr{leader}, 0)
		_, _ = c.call(etcdwire.MethodRange, &etcdwire.RangeRequest{Key: []byte("k")}, &etcdwire.RangeResponse{})
	})
	e.RunUntil(e.Now() + 500*time.Millisecond)
	list := e.node(leader).Waiting(200 * time.Millisecond)
	what := etcdwire.MethodRange + ", for the leader to say"
	if len(list) != 1 || !strings.HasPrefix(list[0].What, what) || list[0].Change {
		t.Errorf("there waits %+v", list)
	}
	for _, s := range e.servers {
		if s != leader {
			e.mustDo(e.Restart(s))
		}
	}
	e.RunUntil(e.Now() + 5*time.Second)
	if list := e.node(leader).Waiting(0); len(list) > 0 {
		t.Errorf("all are back, and there waits %+v", list)
	}
}
