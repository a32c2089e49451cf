package naming_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/naming"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/server/servertest"
)

func three() (list []naming.Instance) {
	for k, weight := range []int{5, 1, 1} {
		address := fmt.Sprintf("10.0.0.%d:80", k+1)
		list = append(list, naming.Instance{ID: string(rune('a' + k)), Address: address, Weight: weight})
	}
	return list
}

func TestInstancesAreRead(t *testing.T) {
	want := naming.Instance{ID: "a", Address: "[::1]:80", Weight: 7, Load: -3, Down: true,
		Lease: 1500 * time.Millisecond}
	if got, err := naming.Decode(want.Encode()); got != want || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	old := naming.Instance{ID: "a", Address: "h:1", Weight: 1}
	if got, err := naming.Decode([]byte("instance/1\na\nh:1\n1 0 false\n")); got != old || err != nil {
		t.Errorf("without a lease: %+v, %v", got, err)
	}
	for _, bad := range []string{"instance/1\na\nh:1\n1 0 false x\n", "instance/1\na\nh:1\n1 0 false -1\n",
		"", "hello", "instance/2\na\nh:1\n1 0 false\n", "instance/1\na\nh:1\n1 0\n",
		"instance/1\na\nh:1\n1 0 false", "instance/1\na\nh\n1 0 false\n", "instance/1\na\n:1\n1 0 false\n",
		"instance/1\na\nh:99999\n1 0 false\n",
		"instance/1\n\nh:1\n1 0 false\n", "instance/1\na\nh:1\n1001 0 false\n", "instance/1\na\nh:1\n-1 0 false\n"} {
		if got, err := naming.Decode([]byte(bad)); err == nil {
			t.Errorf("%q is read as %+v", bad, got)
		}
	}
}

func TestPicks(t *testing.T) {
	list := three()
	picks := func(pick func([]naming.Instance) (naming.Instance, error), n int) (ids string) {
		for range n {
			i, err := pick(list)
			if err != nil {
				t.Fatal(err)
			}
			ids += i.ID
		}
		return ids
	}
	if got := picks(new(naming.RoundRobin).Pick, 7); got != "abcabca" {
		t.Errorf("round robin: %s", got)
	}
	if got := picks(new(naming.Weighted).Pick, 14); got != "aabacaaaabacaa" {
		t.Errorf("weighted: %s", got)
	}
	list[0].Load, list[1].Load, list[2].Load = 11, 2, 3
	if got := picks(naming.LeastLoaded, 1); got != "b" {
		t.Errorf("least loaded: %s", got)
	}
	for name, pick := range map[string]func([]naming.Instance) (naming.Instance, error){
		"round robin": new(naming.RoundRobin).Pick, "weighted": new(naming.Weighted).Pick, "least loaded": naming.LeastLoaded,
		"ring": func(l []naming.Instance) (naming.Instance, error) { return naming.NewRing(l).Pick("x") },
	} {
		if i, err := pick(nil); err != naming.ErrNone {
			t.Errorf("%s of none: %+v, %v", name, i, err)
		}
	}
}

// Where an instance goes, its keys move and no others; and each has about its share.
func TestRingMovesFewKeys(t *testing.T) {
	list := three()
	for k := range list {
		list[k].Weight = 1
	}
	whole, without := naming.NewRing(list), naming.NewRing(list[1:])
	share, moved := map[string]int{}, 0
	for k := range 3000 {
		key := fmt.Sprint("key ", k)
		before, _ := whole.Pick(key)
		after, _ := without.Pick(key)
		share[before.ID]++
		if before.ID != "a" && before != after {
			moved++
		}
	}
	if moved > 0 {
		t.Errorf("%d keys moved that were not on what has gone", moved)
	}
	for _, id := range []string{"a", "b", "c"} {
		if share[id] < 700 || share[id] > 1400 {
			t.Errorf("%s has %d of 3000 keys", id, share[id])
		}
	}
}

// An instance that starts anew while its old session lives shows once, as it is now; and goes when its session does.
func TestNameOnAServer(t *testing.T) {
	addr := servertest.Start(t).Addrs()[0]
	p := oshost.StartProcess(oshost.ProcessConfig{
		Self: "test", Servers: map[host.Addr]string{"server": addr}, Logger: slog.New(slog.DiscardHandler),
	}, func(p host.Process) {
		connect := func() *client.Client { return client.New(p, client.Config{Servers: []host.Addr{"server"}}) }
		const patience = 10 * time.Second
		look := connect()
		name := naming.NewName(p, look, "/services/orders")
		old, fresh := connect(), connect()
		a := naming.Instance{ID: "a", Address: "10.0.0.1:80", Weight: 1}
		if _, err := naming.NewName(p, old, "/services/orders").Register(a, patience); err != nil {
			t.Error(err)
		}
		a.Address = "10.0.0.1:81"
		again := naming.NewName(p, fresh, "/services/orders")
		if _, err := again.Register(a, patience); err != nil {
			t.Error(err)
		}
		see := func(want string) {
			t.Helper()
			if err := name.Refresh(0); err != nil {
				t.Error(err)
			}
			list, _ := name.Instances()
			for k := range list {
				if list[k].Lease != 4*time.Second {
					t.Errorf("%+v", list[k])
				}
				list[k].Lease = 0
			}
			if fmt.Sprint(list) != want {
				t.Errorf("%v, and want %v", list, want)
			}
		}
		see("[{a 10.0.0.1:81 1 0 false 0s}]")
		old.Close()
		see("[{a 10.0.0.1:81 1 0 false 0s}]")
		a.Load = 9
		if _, err := again.Update(a, patience); err != nil {
			t.Error(err)
		}
		see("[{a 10.0.0.1:81 1 9 false 0s}]")
		a.Down = true
		again.Update(a, patience)
		see("[]")
		fresh.Close()
		if _, err := again.Update(a, patience); err == nil {
			t.Error("what is registered no more was updated")
		}
		look.Close()
	})
	<-p.Done()
}
