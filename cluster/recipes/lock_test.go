package recipes_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

const second = time.Second

func TestLockHasOneHolderAndGrowingTokens(t *testing.T) {
	o, done, holders, last := newTown(t), 0, 0, int64(0)
	for i := range 5 {
		o.enter(host.Addr(fmt.Sprintf("c%d", i)), func(p host.Process, c *client.Client) {
			l := recipes.NewLock(p, c, "/locks/a")
			for range 10 {
				token, _, err := l.Acquire(recipes.Forever)
				if holders++; err != nil || holders != 1 || token <= last {
					t.Errorf("token %d after %d, %d holders, error %v", token, last, holders, err)
				}
				last = token
				p.Sleep(time.Duration(p.Rand().Int64N(int64(20 * time.Millisecond))))
				holders--
				if outcome, err := l.Release(second); outcome != recipes.Done || err != nil {
					t.Errorf("release: %v, %v", outcome, err)
				}
			}
			done++
		})
	}
	o.run(&done, 5)
	if left := o.names("/locks/a"); len(left) != 0 {
		t.Errorf("left in line: %v", left)
	}
	// 50 grants, of which all but the first waited for one event: a herd would be woken hundreds of times.
	if o.s.events > 50 {
		t.Errorf("%d watch events for 50 grants", o.s.events)
	}
}

func TestLockIsFair(t *testing.T) {
	o, done := newTown(t), 0
	var order []int
	for i := range 6 {
		o.enter(host.Addr(fmt.Sprintf("c%d", i)), func(p host.Process, c *client.Client) {
			p.Sleep(time.Duration(10*i) * time.Millisecond)
			l := recipes.NewLock(p, c, "/lock")
			l.Acquire(recipes.Forever)
			order = append(order, i)
			p.Sleep(second)
			l.Release(second)
			done++
		})
	}
	o.run(&done, 6)
	if fmt.Sprint(order) != "[0 1 2 3 4 5]" {
		t.Errorf("came as 0 to 5 and were served as %v", order)
	}
}

func TestAcquireSettlesALostCreate(t *testing.T) {
	for _, f := range []fate{loseAnswer, loseRequest} {
		o, done := newTown(t), 0
		o.enter("c1", func(p host.Process, c *client.Client) {
			recipes.EnsurePath(p, c, "/lock", second)
			o.s.fate = once(wire.OpCreate2, 1, f)
			l := recipes.NewLock(p, c, "/lock")
			token, outcome, err := l.Acquire(second)
			if err != nil || outcome != recipes.Done || token == 0 {
				t.Errorf("fate %d: token %d, %v, %v", f, token, outcome, err)
			}
			if n := len(o.names("/lock")); n != 1 {
				t.Errorf("fate %d: %d znodes in line", f, n)
			}
			done++
		})
		o.run(&done, 1)
	}
}

func TestAcquireThatGivesUpLeavesTheLine(t *testing.T) {
	for _, f := range []fate{normal, loseAnswer, loseRequest} {
		o, done := newTown(t), 0
		o.enter("c1", func(p host.Process, c *client.Client) {
			l := recipes.NewLock(p, c, "/lock")
			l.Acquire(second)
			p.Sleep(5 * second)
			l.Release(second)
			done++
		})
		o.enter("c2", func(p host.Process, c *client.Client) {
			p.Sleep(second)
			o.s.fate = once(wire.OpMulti, 1, f)
			l := recipes.NewLock(p, c, "/lock")
			_, outcome, err := l.Acquire(second)
			if outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrGaveUp) {
				t.Errorf("fate %d: %v, %v", f, outcome, err)
			}
			if n := len(o.names("/lock")); n != 1 {
				t.Errorf("fate %d: %d znodes in line", f, n)
			}
			if outcome, err := l.Release(second); outcome != recipes.NoEffect || err != recipes.ErrNotHeld {
				t.Errorf("a release of what is not held: %v, %v", outcome, err)
			}
			done++
		})
		o.run(&done, 2)
	}
}

// The contender gives up at the instant at which the one before leaves: it is first then, and has it.
func TestWhoIsFirstWhenTimeIsUpHasTheLock(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		l := recipes.NewLock(p, c, "/lock")
		l.Acquire(second)
		holder, _ := c.Session()
		p.Sleep(second / 2)
		o.s.fate = func(r wire.Request) fate {
			if r.Op() == wire.OpMulti {
				o.s.expire(holder)
			}
			return normal
		}
		done++
		p.Sleep(10 * second)
	})
	o.enter("c2", func(p host.Process, c *client.Client) {
		p.Sleep(100 * time.Millisecond)
		l := recipes.NewLock(p, c, "/lock")
		_, outcome, err := l.Acquire(second)
		if outcome != recipes.Done || err != nil {
			t.Errorf("%v, %v", outcome, err)
		}
		done++
	})
	o.run(&done, 2)
}

func TestTryAcquire(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		one, other := recipes.NewLock(p, c, "/lock"), recipes.NewLock(p, c, "/lock")
		first, held, _, err := one.TryAcquire(second)
		if held || err != nil {
			t.Errorf("a free lock: held %v, %v", held, err)
		}
		if _, held, _, err := other.TryAcquire(second); !held || err != nil {
			t.Errorf("a held lock: held %v, %v", held, err)
		}
		if n := len(o.names("/lock")); n != 1 {
			t.Errorf("%d znodes in line", n)
		}
		one.Release(second)
		if second, held, _, err := other.TryAcquire(second); held || err != nil || second <= first {
			t.Errorf("after the release: token %d after %d, held %v, %v", second, first, held, err)
		}
		done++
	})
	o.run(&done, 1)
}

// The service ends the session of a contender that waits, and the one before it leaves too: whether it hears of either
// or was cut off, it must not be let in.
func TestAContenderWhoseSessionEndedIsNotLetIn(t *testing.T) {
	for _, late := range []time.Duration{0, 2 * second} {
		o, done, waiter := newTown(t), 0, int64(0)
		o.enter("c1", func(p host.Process, c *client.Client) {
			l := recipes.NewLock(p, c, "/lock")
			l.Acquire(second)
			p.Sleep(5 * second)
			if late > 0 {
				o.w.Cut("n1", "c2")
			}
			o.s.expire(waiter)
			l.Release(second)
			done++
		})
		o.enter("c2", func(p host.Process, c *client.Client) {
			p.Sleep(second)
			l := recipes.NewLock(p, c, "/lock")
			c.Sync("/")
			waiter, _ = c.Session()
			token, outcome, err := l.Acquire(recipes.Forever)
			if outcome != recipes.Unknown || !errors.Is(err, client.ErrSessionExpired) {
				t.Errorf("token %d, %v, %v", token, outcome, err)
			}
			done++
		})
		o.w.At(5*second+late, func() { o.w.Mend("n1", "c2") })
		o.run(&done, 2)
	}
}

func TestRelease(t *testing.T) {
	for name, c := range map[string]struct {
		before  func(o *town)
		outcome recipes.Outcome
		err     error
	}{
		"an answer lost":    {func(o *town) { o.s.fate = once(wire.OpDelete, 1, loseAnswer) }, recipes.Done, nil},
		"a request lost":    {func(o *town) { o.s.fate = once(wire.OpDelete, 1, loseRequest) }, recipes.Done, nil},
		"the session ended": {func(o *town) { o.s.expire(100) }, recipes.Unknown, client.ErrSessionExpired},
		"the znode removed": {func(o *town) {
			o.s.apply(nil, 0, wire.DeleteRequest{Path: "/lock/" + o.names("/lock")[0], Version: wire.AnyVersion})
		}, recipes.Done, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o, done := newTown(t), 0
			o.enter("c1", func(p host.Process, cl *client.Client) {
				l := recipes.NewLock(p, cl, "/lock")
				l.Acquire(second)
				c.before(o)
				outcome, err := l.Release(second)
				if outcome != c.outcome || !errors.Is(err, c.err) {
					t.Errorf("%v, %v", outcome, err)
				}
				done++
			})
			o.run(&done, 1)
		})
	}
}
