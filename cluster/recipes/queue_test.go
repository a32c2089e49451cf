package recipes_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

func TestQueueIsFirstInFirstOut(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		q := recipes.NewQueue(p, c, "/queues/a")
		if item, ok, outcome, err := q.Dequeue(second); ok || outcome != recipes.Done || err != nil {
			t.Errorf("an empty queue gave %q, %v, %v", item, outcome, err)
		}
		for i := range 20 {
			if outcome, err := q.Enqueue(fmt.Append(nil, i), second); outcome != recipes.Done {
				t.Errorf("enqueue: %v, %v", outcome, err)
			}
		}
		for i := range 20 {
			if item, ok, _, err := q.Dequeue(second); string(item) != fmt.Sprint(i) || !ok || err != nil {
				t.Errorf("item %d is %q, %v, %v", i, item, ok, err)
			}
		}
		if item, ok, _, _ := q.Dequeue(second); ok {
			t.Errorf("one more: %q", item)
		}
		done++
	})
	o.run(&done, 1)
}

func TestQueueGivesAnItemOnceToManyConsumers(t *testing.T) {
	o, done := newTown(t), 0
	var got []string
	for _, name := range []host.Addr{"c1", "c2", "c3", "c4"} {
		o.enter(name, func(p host.Process, c *client.Client) {
			q := recipes.NewQueue(p, c, "/q")
			for i := range 10 {
				q.Enqueue(fmt.Append(nil, name, i), second)
			}
			for {
				item, ok, _, err := q.Dequeue(10 * second)
				if err != nil {
					t.Errorf("dequeue: %v", err)
				}
				if !ok {
					break
				}
				got = append(got, string(item))
			}
			done++
		})
	}
	o.run(&done, 4)
	slices.Sort(got)
	if len(got) != 40 || len(slices.Compact(got)) != 40 {
		t.Errorf("40 items went in, %d came out: %v", len(got), got)
	}
}

func TestQueueSettlesWhatCanBeSettled(t *testing.T) {
	both := func(first, second func(wire.Request) fate) func(wire.Request) fate {
		return func(r wire.Request) fate { return max(first(r), second(r)) }
	}
	for name, c := range map[string]struct {
		fate    func(wire.Request) fate
		enqueue recipes.Outcome
		dequeue recipes.Outcome
		item    string
	}{
		"nothing lost":         {nil, recipes.Done, recipes.Done, "x"},
		"enqueue, its answer":  {once(wire.OpCreate2, 1, loseAnswer), recipes.Done, recipes.Done, "x"},
		"enqueue, its request": {once(wire.OpCreate2, 1, loseRequest), recipes.Unknown, recipes.Done, ""},
		"dequeue, its request": {once(wire.OpDelete, 1, loseRequest), recipes.Done, recipes.Done, "x"},
		"dequeue, its answer":  {once(wire.OpDelete, 1, loseAnswer), recipes.Done, recipes.Unknown, "x"},
		"dequeue, its look":    {once(wire.OpGetData, 1, loseRequest), recipes.Done, recipes.Done, "x"},
		"both answers": {both(once(wire.OpCreate2, 1, loseAnswer), once(wire.OpDelete, 1, loseAnswer)),
			recipes.Done, recipes.Unknown, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			o, done := newTown(t), 0
			o.enter("c1", func(p host.Process, cl *client.Client) {
				recipes.EnsurePath(p, cl, "/q", second)
				o.s.fate = c.fate
				q := recipes.NewQueue(p, cl, "/q")
				if outcome, err := q.Enqueue([]byte("x"), second); outcome != c.enqueue {
					t.Errorf("enqueue: %v, %v", outcome, err)
				}
				item, ok, outcome, err := q.Dequeue(second)
				if string(item) != c.item || outcome != c.dequeue || ok != (c.item != "" && outcome == recipes.Done) {
					t.Errorf("dequeue: %q, %v, %v, %v", item, ok, outcome, err)
				}
				done++
			})
			o.run(&done, 1)
		})
	}
}

func TestAnExpiredSessionChangesNothing(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		q := recipes.NewQueue(p, c, "/q")
		q.Enqueue([]byte("x"), second)
		o.s.expire(100)
		p.Sleep(second)
		if outcome, err := q.Enqueue([]byte("y"), second); outcome != recipes.NoEffect ||
			!errors.Is(err, client.ErrSessionExpired) {
			t.Errorf("enqueue: %v, %v", outcome, err)
		}
		if _, ok, outcome, err := q.Dequeue(second); ok || outcome != recipes.NoEffect {
			t.Errorf("dequeue: %v, %v", outcome, err)
		}
		if n := len(o.names("/q")); n != 1 {
			t.Errorf("%d items", n)
		}
		done++
	})
	o.run(&done, 1)
}
