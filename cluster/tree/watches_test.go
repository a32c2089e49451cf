package tree

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"ordeal/cluster/wire"
)

func TestFire(t *testing.T) {
	set := func() *Watches {
		w := NewWatches()
		w.Add(Data, "/a", 9)
		w.Add(Data, "/a", 3)
		w.Add(Data, "/a", 3) // again: still one
		w.Add(Child, "/a", 3)
		w.Add(Child, "/a", 5)
		w.Add(Data, "/a-", 1)
		w.Add(Child, "/", 1)
		return w
	}
	for _, c := range []struct {
		ev   Event
		want []uint64
		left int
	}{
		{Event{wire.EventCreated, "/a"}, []uint64{3, 9}, 4},
		{Event{wire.EventDataChanged, "/a"}, []uint64{3, 9}, 4},
		{Event{wire.EventChildrenChanged, "/a"}, []uint64{3, 5}, 4},
		{Event{wire.EventDeleted, "/a"}, []uint64{3, 5, 9}, 2},
		{Event{wire.EventChildrenChanged, "/"}, []uint64{1}, 5},
		{Event{wire.EventDataChanged, "/"}, nil, 6},
		{Event{wire.EventCreated, "/a/b"}, nil, 6},
	} {
		w := set()
		if w.Count() != 6 {
			t.Fatalf("%d watches are set", w.Count())
		}
		if got := w.Fire(c.ev); !slices.Equal(got, c.want) || w.Count() != c.left {
			t.Errorf("%v: %v with %d left, want %v with %d", c.ev, got, w.Count(), c.want, c.left)
		}
		if again := w.Fire(c.ev); again != nil {
			t.Errorf("%v fired twice, for %v", c.ev, again)
		}
	}
	w := set()
	w.RemoveWatcher(3)
	if got := w.Fire(Event{wire.EventDeleted, "/a"}); !slices.Equal(got, []uint64{5, 9}) || w.Count() != 2 {
		t.Errorf("after 3 left: %v, %d left", got, w.Count())
	}
}

// The two orders of the table hold the same watches: it does what a plain list does.
func TestWatchesAgainstList(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	w, list := NewWatches(), []watch{}
	for range 5000 {
		kind, path, who := WatchKind(rng.IntN(2)), string([]byte{'/', 'a' + byte(rng.IntN(4))}), rng.Uint64N(5)
		switch n := rng.IntN(12); {
		case n == 0:
			w.RemoveWatcher(who)
			list = slices.DeleteFunc(list, func(one watch) bool { return one.watcher == who })
		case n < 4:
			ev := Event{wire.EventType(1 + rng.IntN(4)), path}
			var want []uint64
			list = slices.DeleteFunc(list, func(one watch) bool {
				fires := one.Path == path && (ev.Type == wire.EventDeleted || (one.Kind == Child) == (ev.Type == wire.EventChildrenChanged))
				if fires && !slices.Contains(want, one.watcher) {
					want = append(want, one.watcher)
				}
				return fires
			})
			slices.Sort(want)
			if got := w.Fire(ev); !slices.Equal(got, want) {
				t.Fatalf("%v: %v, want %v", ev, got, want)
			}
		default:
			w.Add(kind, path, who)
			if one := (watch{Watch{kind, path}, who}); !slices.Contains(list, one) {
				list = append(list, one)
			}
		}
		if w.Count() != len(list) {
			t.Fatalf("%d watches, want %d", w.Count(), len(list))
		}
	}
}

func TestMissed(t *testing.T) {
	d := newDriver(t)
	d.must(create("/quiet", 0), create("/quiet/child", 0), create("/set", 0), create("/parent", 0), create("/parent/x", 0),
		create("/old", 0))
	seen := d.tree.Zxid()
	d.must(wire.SetDataRequest{Path: "/set", Version: -1}, wire.DeleteRequest{Path: "/parent/x", Version: -1},
		wire.DeleteRequest{Path: "/old", Version: -1}, create("/born", 0), wire.SetDataRequest{Path: "/quiet/child", Version: -1})
	fire, rearm := Missed(d.tree, wire.SetWatchesRequest{
		RelativeZxid: seen,
		Data:         []string{"/old", "/set", "/parent", "/quiet"},
		Exist:        []string{"/born", "/unborn"},
		Child:        []string{"/set", "/parent", "/old", "/gone", "/quiet", "/"},
	})
	wantFire := []Event{
		{wire.EventDeleted, "/old"}, {wire.EventDataChanged, "/set"},
		{wire.EventCreated, "/born"},
		{wire.EventChildrenChanged, "/parent"}, {wire.EventDeleted, "/gone"}, {wire.EventChildrenChanged, "/"},
	}
	wantRearm := []Watch{{Data, "/parent"}, {Data, "/quiet"}, {Data, "/unborn"}, {Child, "/set"}, {Child, "/quiet"}}
	if !reflect.DeepEqual(fire, wantFire) || !reflect.DeepEqual(rearm, wantRearm) {
		t.Errorf("fire %v, want %v\nrearm %v, want %v", fire, wantFire, rearm, wantRearm)
	}
	everything := wire.SetWatchesRequest{RelativeZxid: d.tree.Zxid(), Data: []string{"/set", "/born"}, Child: []string{"/parent", "/"}}
	if fire, rearm := Missed(d.tree, everything); fire != nil || len(rearm) != 4 {
		t.Errorf("whoever has seen everything missed %v", fire)
	}
}

// Whoever is told of every change by Fire, and whoever comes back and is told by Missed, hear of the same paths, but
// for what was created and deleted meanwhile.
func TestMissedAgreesWithFire(t *testing.T) {
	for seed := range uint64(200) {
		g := &gen{rand.New(rand.NewPCG(seed, 2)), newTwin()}
		tree := New()
		step := func() Result {
			txn := g.txn()
			g.twin.apply(tree.Zxid()+1, txn)
			return tree.Apply(tree.Zxid()+1, txn)
		}
		for range 40 {
			step()
		}
		r := wire.SetWatchesRequest{RelativeZxid: tree.Zxid()}
		for path := range g.twin.nodes {
			r.Data, r.Child = append(r.Data, path), append(r.Child, path)
		}
		touched := map[string]bool{}
		for range 5 {
			for _, ev := range step().Events {
				if slices.Contains(r.Data, ev.Path) {
					touched[ev.Path] = true
				}
			}
		}
		fire, rearm := Missed(tree, r)
		for _, ev := range fire {
			if !touched[ev.Path] {
				t.Fatalf("seed %d: %v never happened", seed, ev)
			}
		}
		for _, ev := range fire {
			delete(touched, ev.Path)
		}
		for path := range touched {
			t.Fatalf("seed %d: %s was touched and nobody is told", seed, path)
		}
		if len(rearm) == 0 {
			t.Fatalf("seed %d: nothing is left to wait for", seed)
		}
	}
}
