package recipes_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Readers hold it together; a writer waits for those before it, and those behind it wait for the writer.
func TestReadersTogetherWritersAlone(t *testing.T) {
	o, done := newTown(t), 0
	var order []string
	for i, kind := range []string{"r", "r", "w", "r", "w"} {
		name := fmt.Sprint(kind, i+1)
		o.enter(host.Addr("c"+name), func(p host.Process, c *client.Client) {
			p.Sleep(time.Duration(i) * 100 * time.Millisecond)
			l := recipes.NewReadWriteLock(p, c, "/l")
			take := l.Read
			if kind == "w" {
				take = l.Write
			}
			if _, _, err := take(30 * second); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			order = append(order, name+" in")
			p.Sleep(second)
			order = append(order, name+" out")
			if _, err := l.Release(second); err != nil {
				t.Error(err)
			}
			done++
		})
	}
	o.run(&done, 5)
	want := []string{"r1 in", "r2 in", "r1 out", "r2 out", "w3 in", "w3 out", "r4 in", "r4 out", "w5 in", "w5 out"}
	if !slices.Equal(order, want) {
		t.Errorf("%v", order)
	}
}

func TestSemaphoreGivesOutItsPermits(t *testing.T) {
	o, done := newTown(t), 0
	held, most := 0, 0
	for i := range 5 {
		o.enter(host.Addr(fmt.Sprint("c", i)), func(p host.Process, c *client.Client) {
			s := recipes.NewSemaphore(p, c, "/s", 2)
			if _, _, err := s.Acquire(30 * second); err != nil {
				t.Error(err)
			}
			held++
			most = max(most, held)
			p.Sleep(second)
			held--
			if _, err := s.Release(second); err != nil {
				t.Error(err)
			}
			done++
		})
	}
	o.run(&done, 5)
	if most != 2 {
		t.Errorf("%d permits were held at once", most)
	}
}

// Who gives up leaves nothing behind that others would wait for.
func TestSemaphoreGivesUp(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		a, b := recipes.NewSemaphore(p, c, "/s", 1), recipes.NewSemaphore(p, c, "/s", 1)
		a.Acquire(second)
		if _, outcome, err := b.Acquire(second); outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrGaveUp) {
			t.Errorf("%v, %v", outcome, err)
		}
		if n := len(o.names("/s")); n != 1 {
			t.Errorf("%d stand there", n)
		}
		done++
	})
	o.run(&done, 1)
}

func TestReentrantLockIsFreeBehindTheLastRelease(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		l := recipes.NewReentrantLock(p, c, "/l")
		first, _, _ := l.Acquire(second)
		again, _, err := l.Acquire(second)
		if again != first || err != nil {
			t.Errorf("%d and again %d, %v", first, again, err)
		}
		l.Release(second)
		if n := len(o.names("/l")); n != 1 {
			t.Errorf("behind the first release %d stand there", n)
		}
		l.Release(second)
		if n := len(o.names("/l")); n != 0 {
			t.Errorf("behind the last release %d stand there", n)
		}
		if outcome, err := l.Release(second); outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrNotHeld) {
			t.Errorf("%v, %v", outcome, err)
		}
		done++
	})
	o.run(&done, 1)
}

// A lock whose session has ended is not taken again.
func TestReentrantLockIsNotBelieved(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		l := recipes.NewReentrantLock(p, c, "/l")
		l.Acquire(second)
		o.s.expire(100)
		if _, outcome, err := l.Acquire(second); outcome == recipes.Done || err == nil {
			t.Errorf("%v, %v", outcome, err)
		}
		done++
	})
	o.run(&done, 1)
}

func TestMultiLockTakesAllOrNone(t *testing.T) {
	for name, f := range map[string]func(wire.Request) fate{
		"nothing lost": nil, "the answer": once(wire.OpMulti, 2, loseAnswer),
		"the request":               once(wire.OpMulti, 2, loseRequest),
		"the answer to the release": once(wire.OpMulti, 3, loseAnswer),
	} {
		t.Run(name, func(t *testing.T) {
			o, done := newTown(t), 0
			o.enter("c1", func(p host.Process, c *client.Client) {
				o.s.fate = f
				ab, bc := recipes.NewMultiLock(p, c, "/a", "/b"), recipes.NewMultiLock(p, c, "/c", "/b")
				token, outcome, err := ab.Acquire(10 * second)
				if token == 0 || outcome != recipes.Done {
					t.Errorf("%d, %v, %v", token, outcome, err)
				}
				if _, outcome, err := bc.Acquire(second); outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrGaveUp) {
					t.Errorf("%v, %v", outcome, err)
				}
				if names := o.names("/c"); len(names) != 0 {
					t.Errorf("of what was not to be had something is held: %v", names)
				}
				if outcome, err := ab.Release(10 * second); outcome != recipes.Done {
					t.Errorf("%v, %v", outcome, err)
				}
				if later, _, err := bc.Acquire(second); later <= token || err != nil {
					t.Errorf("%d behind %d, %v", later, token, err)
				}
				done++
			})
			o.run(&done, 1)
		})
	}
}

// A release whose answer was lost, made again, frees what it freed and not what another has taken since.
func TestMultiLockFreesItsOwnAlone(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		l := recipes.NewMultiLock(p, c, "/a")
		l.Acquire(second)
		lost := once(wire.OpMulti, 1, loseAnswer)
		o.s.fate = func(r wire.Request) fate {
			f := lost(r)
			if f == loseAnswer {
				o.enter("c2", func(p host.Process, c *client.Client) {
					if _, _, err := recipes.NewMultiLock(p, c, "/a").Acquire(second); err != nil {
						t.Error(err)
					}
					p.Sleep(30 * second)
					if n := len(o.names("/a")); n != 2 {
						t.Errorf("the second holder has %d znodes left", n)
					}
					done++
				})
			}
			return f
		}
		if outcome, err := l.Release(20 * second); outcome != recipes.Done {
			t.Errorf("%v, %v", outcome, err)
		}
		done++
	})
	o.run(&done, 2)
}

// A guarded write is carried out while the lock is held, by whoever's session, and never after.
func TestGuard(t *testing.T) {
	type lock interface {
		Acquire(time.Duration) (int64, recipes.Outcome, error)
		Release(time.Duration) (recipes.Outcome, error)
		Guard(*client.Client, ...wire.Request) ([]wire.MultiResult, recipes.Outcome, error)
	}
	for name, make := range map[string]func(host.Process, *client.Client) lock{
		"lock":      func(p host.Process, c *client.Client) lock { return recipes.NewLock(p, c, "/l") },
		"multilock": func(p host.Process, c *client.Client) lock { return recipes.NewMultiLock(p, c, "/l") },
	} {
		t.Run(name, func(t *testing.T) {
			o, done := newTown(t), 0
			o.enter("c1", func(p host.Process, c *client.Client) {
				c.Create("/data", nil, 0)
				write := func(l lock, by *client.Client, data string) (recipes.Outcome, error) {
					_, outcome, err := l.Guard(by, wire.SetDataRequest{Path: "/data", Data: []byte(data), Version: -1})
					return outcome, err
				}
				l := make(p, c)
				if outcome, err := write(l, c, "early"); outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrNotHeld) {
					t.Errorf("before: %v, %v", outcome, err)
				}
				l.Acquire(second)
				if outcome, err := write(l, c, "held"); outcome != recipes.Done {
					t.Errorf("held: %v, %v", outcome, err)
				}
				o.s.expire(100)
				other := client.New(p, client.Config{Servers: []host.Addr{"n1"}, SessionTimeout: 3 * second})
				// Another has it by then, at the same place.
				if _, _, err := make(p, other).Acquire(10 * second); err != nil {
					t.Error(err)
				}
				if outcome, err := write(l, other, "late"); outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrLost) {
					t.Errorf("late: %v, %v", outcome, err)
				}
				if data, _, err := other.Get("/data", nil); string(data) != "held" || err != nil {
					t.Errorf("it is %q, %v", data, err)
				}
				other.Abandon()
				done++
			})
			o.run(&done, 1)
		})
	}
}
