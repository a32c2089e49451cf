// Package real puts Redlock on trial as it is run: five processes of redis-server, clients that are processes too and
// use github.com/go-redsync/redsync, and faults made by hand. The judge is that of the simulated trials.
//
// Without REDIS_SERVER, which says where the program is, nothing is tried: `make test-redlock` sets it.
package real

import (
	"testing"
	"time"

	"ordeal/checker"
)

// judge says what the judge of locks makes of a history.
func judge(t *testing.T, c *court) checker.Verdict {
	t.Helper()
	judge, err := checker.ForModel("lock")
	if err != nil {
		t.Fatal(err)
	}
	v := judge.Check(c.record.Ops())
	t.Logf("%d grants: %v %s", c.grants, v.Outcome, v.Reason)
	return v
}

// While nothing is wrong, the lock is one client's at a time.
func TestUndisturbed(t *testing.T) {
	c := newCourt(t, startServers(t, "--appendonly", "yes"), 4, 10*time.Second)
	c.hear(func(event) bool { return c.grants >= 40 })
	if v := judge(t, c); v.Outcome != checker.Valid {
		t.Errorf("%v: %s", v.Outcome, v.Reason)
	}
}

// A holder that stands still between its look at the clock and its write: the lock is over, another takes it, and the
// first writes while the second is at work.
func TestHolderStandsStill(t *testing.T) {
	c := newCourt(t, startServers(t, "--appendonly", "yes", "--appendfsync", "always"), 4, time.Second)
	var paused, second int
	c.hear(func(e event) bool {
		if c.grants < 10 || e.Kind != working {
			return false
		}
		paused = e.client
		c.pause(paused) // its write is still to come
		return true
	})
	c.hear(func(e event) bool {
		if e.Kind != acquired {
			return false
		}
		second = e.client
		c.clients[second].paused = true // it waits for its answer, which is its work
		return true
	})
	c.resume(paused)
	c.hear(func(e event) bool { return e.client == paused && e.Kind == wrote })
	if session := c.clients[second].session; session == "" {
		t.Error("there is no second holder")
	} else {
		t.Logf("c%d writes while the lock is %s's", paused, session)
	}
	c.resume(second)
	c.hear(func(e event) bool { return e.client == paused && e.Kind == released })
	if v := judge(t, c); v.Outcome != checker.Invalid {
		t.Errorf("%v: %s", v.Outcome, v.Reason)
	}
}

// Servers that keep nothing on disk and are started anew forget who has the lock.
func TestServersAreStartedAnew(t *testing.T) {
	for name, tt := range map[string]struct {
		append string
		want   checker.Outcome
	}{"without a file": {"no", checker.Invalid}, "with one": {"yes", checker.Valid}} {
		t.Run(name, func(t *testing.T) {
			s := startServers(t, "--appendonly", tt.append, "--appendfsync", "always")
			c := newCourt(t, s, 2, 20*time.Second)
			c.hear(func(e event) bool { return c.grants >= 4 && e.Kind == working })
			for i := range 3 {
				s.restart(i)
			}
			grants := c.grants
			c.hear(func(e event) bool { return c.grants >= grants+4 })
			if v := judge(t, c); v.Outcome != tt.want {
				t.Errorf("%v: %s", v.Outcome, v.Reason)
			}
		})
	}
}
