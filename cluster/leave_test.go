package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
	"ordeal/sim"
)

// leave takes the power from a server that was asked to leave, once it is ready.
func (e *ensemble) leave(s host.Addr, limit time.Duration) {
	e.t.Helper()
	e.ready(s, limit)
	e.mustDo(e.Crash(s))
}

// ready asks a server to leave and waits until it is ready.
func (e *ensemble) ready(s host.Addr, limit time.Duration) {
	e.t.Helper()
	ready := false
	e.At(e.Now()+time.Millisecond, func() { e.node(s).Leave(func() { ready = true }) })
	for end := e.Now() + limit; !ready && e.Now() < end; {
		e.RunUntil(e.Now() + time.Millisecond)
	}
	if !ready {
		e.t.Fatalf("%s is not ready for its end after %v", s, limit)
	}
}

func TestLeaderHandsOver(t *testing.T) {
	for seed := range uint64(40) {
		e := newObserved(t, 30+seed, 3, 1)
		e.RunUntil(2*time.Second + time.Duration(seed)*13*time.Millisecond) // at any moment of a TickTime
		old := e.leader()
		for _, s := range e.servers[:3] { // so that there are moments at which raft counts no other as active
			if s != old {
				e.mustDo(e.SetLink(s, old, sim.LinkFault{Delay: 40 * time.Millisecond}))
			}
		}
		e.RunUntil(e.Now() + time.Second)
		// Without a word it would take the others at least a TickTime, which is 500 ms, to notice.
		e.leave(old, 150*time.Millisecond)
		e.RunUntil(e.Now() + 60*time.Millisecond)
		if now := e.leader(); now == "" || now == old || now == "n4" {
			t.Errorf("seed %d: %s left, and %q leads", seed, old, now)
		}
		e.mustDo(e.Restart(old))
		e.agree()
	}
}

func TestWhoCannotHandOverLeavesAllTheSame(t *testing.T) {
	e := newEnsemble(t, 40, 3)
	e.RunUntil(2 * time.Second)
	leader := e.leader()
	for _, s := range e.servers {
		if s != leader {
			e.mustDo(e.Cut(leader, s))
		}
	}
	e.leave(leader, time.Second)
	alone := newEnsemble(t, 41, 1)
	alone.RunUntil(2 * time.Second)
	alone.leave("n1", 10*time.Millisecond)
}

// A server that is started again, and hears from no other, goes by what its disk says is committed.
func TestWhoLeavesKnowsAfterwardsWhatWasCommitted(t *testing.T) {
	for seed := range uint64(10) {
		e := newEnsemble(t, 42+seed, 3)
		e.do(10*time.Second, func(_ host.Process, c *client.Client) {
			if _, _, err := c.Create("/last", nil, 0); err != nil {
				t.Error(err)
			}
		})
		e.RunUntil(e.Now() + 20*time.Millisecond)
		applied := e.node("n1").Status().Applied
		e.ready("n1", time.Second)
		e.mustDo(e.Kill("n1"))
		for _, s := range e.servers[1:] {
			e.mustDo(e.Cut("n1", s))
			e.mustDo(e.Cut(s, "n1"))
		}
		e.mustDo(e.Restart("n1"))
		e.RunUntil(e.Now() + 2*time.Second)
		if got := e.node("n1").Status().Applied; got != applied {
			t.Errorf("seed %d: n1 left with entry %d applied, and came back with %d", seed, applied, got)
		}
	}
}
