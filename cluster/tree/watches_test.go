package tree

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
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

// One watcher that waits in several ways hears once; what is persistent stays.
func TestFirePersistent(t *testing.T) {
	w := NewWatches()
	for _, one := range []watch{
		{Watch{Data, "/a"}, 1}, {Watch{Child, "/a"}, 1}, {Watch{Persistent, "/a"}, 1}, {Watch{PersistentRecursive, "/a"}, 1},
		{Watch{PersistentRecursive, "/"}, 1}, {Watch{PersistentRecursive, "/"}, 2}, {Watch{Persistent, "/a"}, 3},
		{Watch{PersistentRecursive, "/a/b"}, 4}, {Watch{Persistent, "/"}, 5},
	} {
		w.Add(one.Kind, one.Path, one.watcher)
	}
	for _, c := range []struct {
		ev   Event
		want []uint64
		left int
	}{
		{Event{wire.EventCreated, "/a"}, []uint64{1, 2, 3}, 8},
		{Event{wire.EventChildrenChanged, "/a"}, []uint64{1, 3}, 7},
		{Event{wire.EventChildrenChanged, "/a"}, []uint64{1, 3}, 7},
		{Event{wire.EventDataChanged, "/a/b"}, []uint64{1, 2, 4}, 7},
		{Event{wire.EventDataChanged, "/a/b/c/d"}, []uint64{1, 2, 4}, 7},
		{Event{wire.EventCreated, "/a-"}, []uint64{1, 2}, 7},
		{Event{wire.EventDeleted, "/a"}, []uint64{1, 2, 3}, 7},
		{Event{wire.EventChildrenChanged, "/"}, []uint64{5}, 7},
		{Event{wire.EventChildrenChanged, "/a/b"}, nil, 7},
		{Event{wire.EventDataChanged, "/"}, []uint64{1, 2, 5}, 7},
	} {
		if got := w.Fire(c.ev); !slices.Equal(got, c.want) || w.Count() != c.left {
			t.Errorf("%v: %v with %d left, want %v with %d", c.ev, got, w.Count(), c.want, c.left)
		}
	}
}

// The two orders of the table hold the same watches: it does what a plain list does.
func TestWatchesAgainstList(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	w, list := NewWatches(), []watch{}
	paths := []string{"/", "/a", "/a/b", "/a/b/c", "/a-", "/b", "/a/c"}
	for range 8000 {
		kind, path, who := WatchKind(rng.IntN(4)), paths[rng.IntN(len(paths))], rng.Uint64N(5)
		switch n := rng.IntN(16); {
		case n == 0:
			w.RemoveWatcher(who)
			list = slices.DeleteFunc(list, func(one watch) bool { return one.watcher == who })
		case n < 5:
			what := wire.WatcherType(rng.IntN(7))
			kept := slices.DeleteFunc(slices.Clone(list), func(one watch) bool {
				return one.Path == path && one.watcher == who &&
					listMeans(what, one.Kind)
			})
			want := wire.OK
			if what < 1 || what > 5 {
				want = wire.MarshallingError
			} else if len(kept) == len(list) {
				want = wire.NoWatcher
			}
			if got := w.Check(path, what, who); got != want {
				t.Fatalf("check %d of %s: %v, want %v", what, path, got, want)
			}
			if n < 3 {
				if list = kept; w.Remove(path, what, who) != want {
					t.Fatalf("remove %d of %s is not %v", what, path, want)
				}
			}
		case n < 9:
			ev := Event{wire.EventType(1 + rng.IntN(4)), path}
			var want []uint64
			list = slices.DeleteFunc(list, func(one watch) bool {
				fires := listFires(one, ev)
				if fires && !slices.Contains(want, one.watcher) {
					want = append(want, one.watcher)
				}
				return fires && one.Kind < Persistent
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

func listMeans(what wire.WatcherType, kind WatchKind) bool {
	return slices.Contains(map[wire.WatcherType][]WatchKind{
		1: {Child}, 2: {Data}, 3: {Data, Child, Persistent, PersistentRecursive}, 4: {Persistent}, 5: {PersistentRecursive},
	}[what], kind)
}

func listFires(one watch, ev Event) bool {
	children, deleted, here := ev.Type == wire.EventChildrenChanged, ev.Type == wire.EventDeleted, one.Path == ev.Path
	switch one.Kind {
	case Data:
		return here && !children
	case Child:
		return here && (children || deleted)
	case Persistent:
		return here
	}
	return !children && strings.HasPrefix(ev.Path+"/", strings.TrimSuffix(one.Path, "/")+"/")
}

func TestKindOf(t *testing.T) {
	for mode, want := range map[wire.WatchMode]WatchKind{0: Persistent, 1: PersistentRecursive} {
		if got, code := KindOf(mode); got != want || code != wire.OK {
			t.Errorf("mode %d: %v %v", mode, got, code)
		}
	}
	for _, mode := range []wire.WatchMode{-1, 2} {
		if _, code := KindOf(mode); code != wire.MarshallingError {
			t.Errorf("mode %d: %v", mode, code)
		}
	}
}

func TestMissed(t *testing.T) {
	d := newDriver(t)
	d.must(create("/quiet", 0), create("/quiet/child", 0), create("/set", 0), create("/parent", 0), create("/parent/x", 0),
		create("/old", 0))
	seen := d.tree.Zxid()
	d.must(wire.SetDataRequest{Path: "/set", Version: -1}, wire.DeleteRequest{Path: "/parent/x", Version: -1},
		wire.DeleteRequest{Path: "/old", Version: -1}, create("/born", 0), wire.SetDataRequest{Path: "/quiet/child",
			Version: -1})
	fire, rearm := Missed(d.tree, wire.SetWatchesRequest{
		RelativeZxid: seen,
		Data:         []string{"/old", "/set", "/parent", "/quiet"},
		Exist:        []string{"/born", "/unborn"},
		Child:        []string{"/set", "/parent", "/old", "/gone", "/quiet", "/"},
		Second:       true, Persistent: []string{"/set", "/gone"}, PersistentRecursive: []string{"/"},
	})
	wantFire := []Event{
		{wire.EventDeleted, "/old"}, {wire.EventDataChanged, "/set"},
		{wire.EventCreated, "/born"},
		{wire.EventChildrenChanged, "/parent"}, {wire.EventDeleted, "/gone"}, {wire.EventChildrenChanged, "/"},
	}
	wantRearm := []Watch{{Data, "/parent"}, {Data, "/quiet"}, {Data, "/unborn"}, {Child, "/set"}, {Child, "/quiet"},
		{Persistent, "/set"}, {Persistent, "/gone"}, {PersistentRecursive, "/"}}
	if !reflect.DeepEqual(fire, wantFire) || !reflect.DeepEqual(rearm, wantRearm) {
		t.Errorf("fire %v, want %v\nrearm %v, want %v", fire, wantFire, rearm, wantRearm)
	}
	everything := wire.SetWatchesRequest{RelativeZxid: d.tree.Zxid(), Data: []string{"/set", "/born"},
		Child: []string{"/parent", "/"}}
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
			t.Fatalf("seed %d: %s was touched and no watcher is told", seed, path)
		}
		if len(rearm) == 0 {
			t.Fatalf("seed %d: nothing is left to wait for", seed)
		}
	}
}
