package recipes_test

import (
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/server/servertest"
)

// onAServer starts a real server and does something as its client.
func onAServer(do func(p host.Process, c *client.Client)) {
	e := new(servertest.Example)
	defer e.End()
	servertest.Do(e, func(p host.Process, connect func() *client.Client) {
		c := connect()
		do(p, c)
		c.Close()
	})
}

// patience is how long an example waits for one operation.
const patience = 10 * time.Second

func ExampleCounter() {
	onAServer(func(p host.Process, c *client.Client) {
		orders := recipes.NewCounter(p, c, "/orders")
		orders.Add(2, patience)
		sum, outcome, err := orders.Add(3, patience)
		fmt.Println(sum, outcome, err)
	})
	// Output: 5 done <nil>
}

func ExampleValue() {
	onAServer(func(p host.Process, c *client.Client) {
		limit := recipes.NewValue(p, c, "/limit")
		version, _, _ := limit.Set([]byte("100 a second"), patience)
		_, outcome, err := limit.SetIf([]byte("200 a second"), version-1, patience)
		fmt.Println(outcome, err)
		limit.Refresh(0)
		kept, _ := limit.Cached()
		fmt.Printf("%s, version %d, less than a second old: %v\n", kept.Bytes, kept.Version,
			p.Now()-kept.AsOf < time.Second)
	})
	// Output:
	// no effect the service answered BadVersion
	// 100 a second, version 1, less than a second old: true
}

func ExampleLock() {
	onAServer(func(p host.Process, c *client.Client) {
		first, second := recipes.NewLock(p, c, "/locks/a"), recipes.NewLock(p, c, "/locks/a")
		early, _, _ := first.Acquire(patience)
		_, outcome, err := second.Acquire(100 * time.Millisecond)
		fmt.Println(outcome, err)
		first.Release(patience)
		late, outcome, _ := second.Acquire(patience)
		fmt.Println(outcome, late > early)
	})
	// Output:
	// no effect recipes: the time was up
	// done true
}

func ExampleElection() {
	onAServer(func(p host.Process, c *client.Client) {
		e := recipes.NewElection(p, c, "/leader")
		epoch, _, _ := e.Campaign(patience)
		leader, ok, _ := e.Observe(patience)
		fmt.Println(ok, leader.Epoch == epoch)
	})
	// Output: true true
}

func ExampleQueue() {
	onAServer(func(p host.Process, c *client.Client) {
		q := recipes.NewQueue(p, c, "/orders")
		q.Enqueue([]byte("first"), patience)
		q.Enqueue([]byte("second"), patience)
		item, _, _, _ := q.Dequeue(patience)
		fmt.Printf("%s\n", item)
	})
	// Output: first
}

func ExampleReadWriteLock() {
	onAServer(func(p host.Process, c *client.Client) {
		a, b := recipes.NewReadWriteLock(p, c, "/table"), recipes.NewReadWriteLock(p, c, "/table")
		first, _, _ := a.Read(patience)
		second, _, _ := b.Read(patience)
		fmt.Println("both read, by growing tokens:", second > first)
		_, outcome, err := recipes.NewReadWriteLock(p, c, "/table").Write(100 * time.Millisecond)
		fmt.Println(outcome, err)
	})
	// Output:
	// both read, by growing tokens: true
	// no effect recipes: the time was up
}

func ExampleSemaphore() {
	onAServer(func(p host.Process, c *client.Client) {
		for range 3 {
			_, outcome, _ := recipes.NewSemaphore(p, c, "/downloads", 2).Acquire(100 * time.Millisecond)
			fmt.Println(outcome)
		}
	})
	// Output:
	// done
	// done
	// no effect
}

func ExampleReentrantLock() {
	onAServer(func(p host.Process, c *client.Client) {
		l := recipes.NewReentrantLock(p, c, "/job")
		first, _, _ := l.Acquire(patience)
		again, _, _ := l.Acquire(patience)
		fmt.Println("the same token:", first == again)
		l.Release(patience)
		l.Release(patience)
		_, err := l.Release(patience)
		fmt.Println(err)
	})
	// Output:
	// the same token: true
	// recipes: it is not held
}

func ExampleMultiLock() {
	onAServer(func(p host.Process, c *client.Client) {
		transfer := recipes.NewMultiLock(p, c, "/accounts/ada", "/accounts/bob")
		transfer.Acquire(patience)
		_, outcome, _ := recipes.NewMultiLock(p, c, "/accounts/bob").Acquire(100 * time.Millisecond)
		fmt.Println(outcome)
	})
	// Output: no effect
}

func ExampleLock_Guard() {
	onAServer(func(p host.Process, c *client.Client) {
		c.Create("/config", nil, 0)
		l := recipes.NewLock(p, c, "/config-lock")
		l.Acquire(patience)
		write := wire.SetDataRequest{Path: "/config", Data: []byte("new"), Version: wire.AnyVersion}
		_, outcome, err := l.Guard(c, write)
		fmt.Println(outcome, err)
		l.Release(patience)
		_, outcome, err = l.Guard(c, write)
		fmt.Println(outcome, err)
	})
	// Output:
	// done <nil>
	// no effect recipes: it is not held
}

func ExampleBarrier() {
	onAServer(func(p host.Process, c *client.Client) {
		maintenance := recipes.NewBarrier(p, c, "/maintenance")
		maintenance.Shut(patience)
		open, _ := maintenance.Wait(100 * time.Millisecond)
		fmt.Println(open)
		maintenance.Open(patience)
		open, _ = maintenance.Wait(patience)
		fmt.Println(open)
	})
	// Output:
	// false
	// true
}

func ExampleDoubleBarrier() {
	onAServer(func(p host.Process, c *client.Client) {
		b := recipes.NewDoubleBarrier(p, c, "/round", 1)
		number, members, _, _ := b.Enter(patience)
		fmt.Println("round", number, "of", len(members))
		outcome, _ := b.Leave(patience)
		fmt.Println(outcome)
	})
	// Output:
	// round 1 of 1
	// done
}

func ExampleNumbers() {
	onAServer(func(p host.Process, c *client.Client) {
		a, b := recipes.NewNumbers(p, c, "/invoices", 100), recipes.NewNumbers(p, c, "/invoices", 100)
		for _, n := range []*recipes.Numbers{a, a, b, a} {
			id, _ := n.Next(patience)
			fmt.Println(id)
		}
	})
	// Output:
	// 1
	// 2
	// 101
	// 3
}

func ExampleGroup() {
	onAServer(func(p host.Process, c *client.Client) {
		workers := recipes.NewGroup(p, c, "/workers")
		workers.Join([]byte("10.0.0.1"), patience)
		view, _ := workers.Members(patience)
		for _, m := range view.Members {
			fmt.Printf("%s\n", m.Data)
		}
	})
	// Output: 10.0.0.1
}

func ExamplePriorityQueue() {
	onAServer(func(p host.Process, c *client.Client) {
		q := recipes.NewPriorityQueue(p, c, "/mail")
		q.Put([]byte("newsletter"), 9, patience)
		q.Put([]byte("password reset"), 1, patience)
		item, _, _, _ := q.Take(patience)
		fmt.Printf("%s\n", item)
	})
	// Output: password reset
}

func ExampleDelayQueue() {
	onAServer(func(p host.Process, c *client.Client) {
		q := recipes.NewDelayQueue(p, c, "/reminders")
		q.Put([]byte("tomorrow"), 24*time.Hour, patience)
		q.Put([]byte("at once"), 0, patience)
		due, _, _, _ := q.Take(patience)
		fmt.Printf("%s\n", due.Item)
		_, ok, _, _ := q.Take(patience)
		fmt.Println(ok)
	})
	// Output:
	// at once
	// false
}

func ExampleWorkQueue() {
	onAServer(func(p host.Process, c *client.Client) {
		q := recipes.NewWorkQueue(p, c, "/work")
		q.Put([]byte("resize photo 7"), patience)
		w, _, _, _, _ := q.Take(patience)
		_, again, left, _, _ := q.Take(patience)
		fmt.Printf("%s; for others there is something: %v, and others have %d\n", w.Item, again, left)
		outcome, _ := q.Finish(c, w, patience)
		fmt.Println(outcome)
	})
	// Output:
	// resize photo 7; for others there is something: false, and others have 1
	// done
}
