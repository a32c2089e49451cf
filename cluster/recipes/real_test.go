package recipes_test

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/host"
	"ordeal/host/oshost"
)

// The recipes on real machines: goroutines, sockets, a server's own process. The race detector looks on.
func TestOnTheRealMachine(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	m, err := oshost.Run(oshost.Config{
		Self: "n1", Cluster: "test", DataDir: t.TempDir(), ClientListen: "127.0.0.1:0", PeerListen: "127.0.0.1:0",
		Logger: quiet,
	}, cluster.Boot(cluster.Config{
		ID: 1, Members: []cluster.Member{{ID: 1, Addr: "n1"}},
		TickTime: 100 * time.Millisecond, MaxSessionTimeout: time.Minute,
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()

	// The lock itself keeps the goroutines apart; the counter would tell if it did not.
	var holders atomic.Int32
	items, done := 0, []*oshost.Process{}
	for i := range 4 {
		done = append(done, oshost.StartProcess(oshost.ProcessConfig{
			Self: host.Addr(fmt.Sprintf("c%d", i)), Servers: map[host.Addr]string{"n1": m.ClientAddr()}, Logger: quiet,
		}, func(p host.Process) {
			c := client.New(p, client.Config{Servers: []host.Addr{"n1"}, SessionTimeout: time.Minute})
			l, q := recipes.NewLock(p, c, "/lock"), recipes.NewQueue(p, c, "/queue")
			for range 5 {
				if _, _, err := l.Acquire(recipes.Forever); err != nil || holders.Add(1) != 1 {
					t.Errorf("%d holders, %v", holders.Load(), err)
				}
				q.Enqueue([]byte("x"), recipes.Forever)
				if _, ok, _, err := q.Dequeue(recipes.Forever); ok && err == nil {
					items++
				}
				holders.Add(-1)
				if _, err := l.Release(recipes.Forever); err != nil {
					t.Error(err)
				}
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}))
	}
	for _, p := range done {
		select {
		case <-p.Done():
		case <-time.After(2 * time.Minute):
			t.Fatal("not done after two minutes")
		}
	}
	if items != 20 {
		t.Errorf("%d of 20 items came out", items)
	}
}
