package recipes_test

import (
	"errors"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

func TestGroupShowsItsMembers(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		a, b := recipes.NewGroup(p, c, "/g"), recipes.NewGroup(p, c, "/g")
		if view, err := a.Members(second); len(view.Members) != 0 || err != nil {
			t.Errorf("%+v, %v", view, err)
		}
		o.s.fate = once(wire.OpCreate2, 3, loseAnswer) // the first finds no folder, and the second makes that
		first, outcome, err := a.Join([]byte("a"), 10*second)
		if outcome != recipes.Done {
			t.Errorf("%v, %v", outcome, err)
		}
		later, _, _ := b.Join([]byte("b"), second)
		view, err := a.Members(second)
		if err != nil || len(view.Members) != 2 || later <= first || view.Members[0].Number != first ||
			string(view.Members[1].Data) != "b" || view.Members[1].Session != 100 {
			t.Errorf("%+v, %v", view, err)
		}
		if outcome, err := b.Update([]byte("c"), second); outcome != recipes.Done {
			t.Errorf("%v, %v", outcome, err)
		}
		if outcome, err := a.Leave(second); outcome != recipes.Done {
			t.Errorf("%v, %v", outcome, err)
		}
		if view, _ := a.Members(second); len(view.Members) != 1 || string(view.Members[0].Data) != "c" {
			t.Errorf("%+v", view)
		}
		o.s.expire(100)
		if outcome, err := b.Leave(second); outcome == recipes.Done || err == nil {
			t.Errorf("%v, %v", outcome, err)
		}
		if n := len(o.names("/g")); n != 0 {
			t.Errorf("%d stand there", n)
		}
		done++
	})
	o.run(&done, 1)
}

// A view is told of changes, says how old it can be, and never goes back.
func TestGroupIsObserved(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		g := recipes.NewGroup(p, c, "/g")
		recipes.EnsurePath(p, c, "/g", second)
		g.Refresh(0)
		o.enter("c2", func(p host.Process, c *client.Client) {
			p.Sleep(second)
			recipes.NewGroup(p, c, "/g").Join(nil, second)
			p.Sleep(20 * second)
		})
		begun := p.Now()
		if err := g.Refresh(20 * second); err != nil || p.Now()-begun > 2*second {
			t.Errorf("it took %v, %v", p.Now()-begun, err)
		}
		view, ok := g.Cached()
		if len(view.Members) != 1 || !ok || view.AsOf < begun {
			t.Errorf("%+v", view)
		}
		o.s.fate = func(wire.Request) fate { return loseRequest }
		p.Sleep(second)
		if err := g.Refresh(100 * time.Millisecond); err == nil {
			t.Error("it was refreshed without a server")
		}
		if again, _ := g.Cached(); again.AsOf != view.AsOf || again.Zxid != view.Zxid {
			t.Errorf("%+v", again)
		}
		o.s.fate = nil
		done++
	})
	o.run(&done, 1)
}

func TestPriorityQueueGivesTheLeastFirst(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		q := recipes.NewPriorityQueue(p, c, "/q")
		for _, item := range []string{"2b", "1b", "2a", "0", "1a"} {
			if outcome, err := q.Put([]byte(item), item[0]-'0', second); outcome != recipes.Done {
				t.Errorf("%v, %v", outcome, err)
			}
		}
		for _, want := range []string{"0", "1b", "1a", "2b", "2a"} {
			if item, ok, _, err := q.Take(second); string(item) != want || !ok || err != nil {
				t.Errorf("%q, %v, %v, and want %q", item, ok, err, want)
			}
		}
		if item, ok, outcome, err := q.Take(second); ok || outcome != recipes.Done || err != nil {
			t.Errorf("of an empty queue: %q, %v, %v", item, outcome, err)
		}
		done++
	})
	o.run(&done, 1)
}

func TestDelayQueueGivesWhatIsDue(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		q := recipes.NewDelayQueue(p, c, "/q")
		if _, ok, outcome, err := q.Take(second); ok || outcome != recipes.Done {
			t.Errorf("of an empty queue: %v, %v, %v", ok, outcome, err)
		}
		q.Put([]byte("later"), time.Hour, second)
		stamp, outcome, err := q.Put([]byte("now"), 0, second)
		if outcome != recipes.Done || stamp.Zxid == 0 {
			t.Errorf("%+v, %v, %v", stamp, outcome, err)
		}
		due, ok, _, err := q.Take(second)
		if string(due.Item) != "now" || !ok || err != nil || due.Since != stamp.Time || due.Now.Zxid <= stamp.Zxid {
			t.Errorf("%+v, %v, %v", due, ok, err)
		}
		if due, ok, _, _ := q.Take(second); ok {
			t.Errorf("%+v an hour early", due)
		}
		done++
	})
	o.run(&done, 1)
}

// Where one that was listed is gone at the look, another may have come since: at no instant was nothing due.
func TestDelayQueueLooksAgain(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		q := recipes.NewDelayQueue(p, c, "/q")
		q.Put([]byte("first"), 0, second)
		first := "/q/" + o.names("/q")[0]
		o.s.fate = func(r wire.Request) fate {
			if get, ok := r.(wire.GetDataRequest); ok && get.Path == first {
				o.s.fate = nil
				next := client.CreateRequest("/q/0123456789abcdef0000000000000000-", []byte("next"), wire.FlagSequential)
				o.s.apply(nil, 100, next)
				o.s.apply(nil, 100, wire.DeleteRequest{Path: first, Version: wire.AnyVersion})
			}
			return normal
		}
		if due, ok, outcome, err := q.Take(second); string(due.Item) != "next" || !ok {
			t.Errorf("%+v, %v, %v, %v", due, ok, outcome, err)
		}
		done++
	})
	o.run(&done, 1)
}

func TestWorkIsFinishedOnce(t *testing.T) {
	for name, f := range map[string]func(wire.Request) fate{
		"nothing lost": nil, "the answer to the take": once(wire.OpMulti, 1, loseAnswer),
		"the take": once(wire.OpMulti, 1, loseRequest), "the answer to the finish": once(wire.OpMulti, 3, loseAnswer),
	} {
		t.Run(name, func(t *testing.T) {
			o, done := newTown(t), 0
			o.enter("c1", func(p host.Process, c *client.Client) {
				q := recipes.NewWorkQueue(p, c, "/q")
				q.Put([]byte("x"), second)
				o.s.fate = f
				w, ok, _, outcome, err := q.Take(10 * second)
				if string(w.Item) != "x" || !ok || w.Token == 0 {
					t.Fatalf("%+v, %v, %v, %v", w, ok, outcome, err)
				}
				if _, ok, left, _, err := q.Take(second); ok || left != 1 || err != nil {
					t.Errorf("taken twice: %v, %d left, %v", ok, left, err)
				}
				if outcome, err := q.Finish(c, w, 10*second); outcome != recipes.Done {
					t.Errorf("%v, %v", outcome, err)
				}
				if outcome, err := q.Finish(c, w, second); outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrLost) {
					t.Errorf("again: %v, %v", outcome, err)
				}
				if n := len(o.names("/q")); n != 0 {
					t.Errorf("%d stand there", n)
				}
				done++
			})
			o.run(&done, 1)
		})
	}
}

// A Finish by another session, whose first try is lost, has not finished what came free when the taker's session ended.
func TestWorkOfTheDeadIsNotFinished(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		q := recipes.NewWorkQueue(p, c, "/q")
		q.Put([]byte("x"), second)
		w, _, _, _, _ := q.Take(second)
		o.s.expire(100)
		other := client.New(p, client.Config{Servers: []host.Addr{"n1"}, SessionTimeout: 3 * second})
		o.s.fate = once(wire.OpMulti, 1, loseRequest)
		outcome, err := q.Finish(other, w, 10*second)
		if outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrLost) || len(o.names("/q")) != 1 {
			t.Errorf("%v, %v, and %d stand there", outcome, err, len(o.names("/q")))
		}
		other.Abandon()
		done++
	})
	o.run(&done, 1)
}

// What a dead taker had is another's, and the dead one can't finish it, by whatever session.
func TestWorkOfTheDeadIsTakenAgain(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		q := recipes.NewWorkQueue(p, c, "/q")
		q.Put([]byte("x"), second)
		first, _, _, _, _ := q.Take(second)
		o.s.expire(100)
		other := client.New(p, client.Config{Servers: []host.Addr{"n1"}, SessionTimeout: 3 * second})
		again := recipes.NewWorkQueue(p, other, "/q")
		w, ok, _, _, err := again.Take(10 * second)
		if string(w.Item) != "x" || !ok || w.Token <= first.Token {
			t.Errorf("%+v behind %+v, %v", w, first, err)
		}
		if outcome, err := q.Finish(other, first, second); outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrLost) {
			t.Errorf("%v, %v", outcome, err)
		}
		if outcome, err := again.GiveBack(w, second); outcome != recipes.Done {
			t.Errorf("%v, %v", outcome, err)
		}
		if _, ok, _, _, _ := again.Take(second); !ok {
			t.Error("what was given back can't be taken")
		}
		other.Abandon()
		done++
	})
	o.run(&done, 1)
}
