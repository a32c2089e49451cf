package etcdrecipes_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	recipes "ordeal/cluster/etcdrecipes"
	"ordeal/cluster/etcdwire"
)

var name = []byte("jobs")

// waiter is a goroutine that asked for a lock.
type waiter struct {
	made int64
	err  error
	done bool
}

// lock asks for a lock, and returns when it is held or waited for.
func lock(s *store, lease int64) *waiter {
	w := &waiter{}
	go func() {
		w.made, _, w.err = recipes.Lock(s, recipes.NewPlace(name, lease))
		w.done = true
	}()
	synctest.Wait()
	return w
}

func TestALockGoesDownTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStore(t, 4)
		first, second, third, fourth := lock(s, 1), lock(s, 2), lock(s, 3), lock(s, 4)
		if !first.done || first.err != nil || second.done || third.done || fourth.done {
			t.Fatalf("%+v %+v %+v %+v", first, second, third, fourth)
		}
		if again := lock(s, 1); !again.done || again.made != first.made {
			t.Errorf("who has the lock asks for it: %+v, and it was %+v", again, first)
		}
		// Who stands in the middle goes: that lets no one in, and its own wait ends in an error.
		s.end(t, 2)
		synctest.Wait()
		if third.done || second.done {
			t.Fatalf("who waited before has gone: %+v %+v", second, third)
		}
		_, err := recipes.Forget(s, recipes.NewPlace(name, 1).Key)
		must(t, err)
		synctest.Wait()
		if !second.done || !errors.Is(second.err, recipes.ErrSessionExpired) || second.made != 0 {
			t.Errorf("whose lease ended while it waited: %+v", second)
		}
		if !third.done || third.err != nil || third.made <= first.made || fourth.done {
			t.Errorf("who came next: %+v, and behind it %+v", third, fourth)
		}
		s.end(t, 3)
		synctest.Wait()
		if !fourth.done || fourth.err != nil || fourth.made <= third.made {
			t.Errorf("the holder's lease ended: %+v", fourth)
		}
	})
}

func TestALockIsTried(t *testing.T) {
	s := newStore(t, 2)
	made, free, err := recipes.TryLock(s, recipes.NewPlace(name, 1))
	if err != nil || !free {
		t.Fatal(made, free, err)
	}
	place := recipes.NewPlace(name, 2)
	queued, free, err := recipes.TryLock(s, place)
	if err != nil || free || queued <= made {
		t.Fatal(queued, free, err)
	}
	// The key of another lock of the same name stays.
	if was, err := recipes.Free(s, place.Key, made); was || err != nil {
		t.Error("a key was freed that was made at another revision", err)
	}
	if was, err := recipes.Free(s, place.Key, queued); !was || err != nil {
		t.Error("the key was not freed", err)
	}
	if again, _, err := recipes.TryLock(s, place); err != nil || again <= queued {
		t.Error("the key was there still", again, err)
	}
}

func TestLeadersAreObserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, over := newStore(t, 2), errors.New("enough")
		if _, _, err := recipes.Leader(s, name); !errors.Is(err, recipes.ErrNoLeader) {
			t.Fatal(err)
		}
		var seen []string
		observed := false
		go func() {
			err := recipes.Observe(s, name, func(_ *etcdwire.ResponseHeader, kv *etcdwire.KeyValue) error {
				if seen = append(seen, string(kv.Value)); len(seen) == 5 {
					return over
				}
				return nil
			})
			observed = errors.Is(err, over)
		}()
		synctest.Wait()
		one, two := recipes.NewPlace(name, 1), recipes.NewPlace(name, 2)
		first, _, err := recipes.Campaign(s, one, []byte("a"))
		must(t, err)
		var second int64
		go func() { second, _, _ = recipes.Campaign(s, two, []byte("b")) }()
		synctest.Wait()
		_, err = recipes.Proclaim(s, one.Key, first, 1, []byte("a2"))
		must(t, err)
		synctest.Wait()
		// Who leads campaigns once more, with another value: it goes on to lead, in the same epoch.
		again, _, err := recipes.Campaign(s, one, []byte("a3"))
		if err != nil || again != first || second != 0 {
			t.Error(again, first, second, err)
		}
		synctest.Wait()
		if _, was, err := recipes.Resign(s, one.Key, first); !was || err != nil {
			t.Error("it did not lead", err)
		}
		synctest.Wait()
		if _, leader, err := recipes.Leader(s, name); err != nil || leader.CreateRevision != second || second <= first {
			t.Error(leader, second, err)
		}
		elected(t, s, one, first, false)
		elected(t, s, two, second, true)
		if _, err := recipes.Proclaim(s, one.Key, first, 1, []byte("a4")); !errors.Is(err, recipes.ErrNotLeader) {
			t.Error("who has resigned proclaims:", err)
		}
		_, err = recipes.Proclaim(s, two.Key, second, 2, []byte("b2"))
		must(t, err)
		synctest.Wait()
		if want := []string{"a", "a2", "a3", "b", "b2"}; !observed || !slices.Equal(seen, want) {
			t.Errorf("observed were %q, and it should be %q", seen, want)
		}
	})
}

func elected(t *testing.T, s *store, p recipes.Place, made int64, want bool) {
	t.Helper()
	if leads, err := recipes.Leads(s, p, made); err != nil || leads != want {
		t.Errorf("%s leads: %v, %v", p.Key, leads, err)
	}
}

func TestItemsComeInTheirOrder(t *testing.T) {
	s := newStore(t, 0)
	var want []string
	put := map[int64]int64{}
	for i, process := range []int64{9, 1, 5, 1} { // the names are in another order
		want = append(want, fmt.Sprint("item ", i))
		put[process]++
		must(t, recipes.Enqueue(s, name, process, put[process], []byte(want[i])))
	}
	must(t, recipes.Enqueue(s, []byte("jobs2"), 0, 0, []byte("of another queue")))
	var got []string
	for {
		item, ok, err := recipes.Dequeue(s, name)
		must(t, err)
		if !ok {
			break
		}
		got = append(got, string(item))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, and it should be %q", got, want)
	}
}

func TestARegisterIsSetByItsVersion(t *testing.T) {
	s, key := newStore(t, 0), []byte("r")
	if r, err := recipes.Read(s, key); err != nil || r.Version != 0 || r.Value != nil {
		t.Fatal(r, err)
	}
	if version, was, err := recipes.SetIf(s, key, []byte("a"), 0); err != nil || !was || version != 1 {
		t.Fatal(version, was, err)
	}
	if _, was, err := recipes.SetIf(s, key, []byte("b"), 0); err != nil || was {
		t.Error("it was set by a version that it no longer had", err)
	}
	if version, err := recipes.Set(s, key, []byte("c")); err != nil || version != 2 {
		t.Error(version, err)
	}
	if version, was, err := recipes.SetIf(s, key, []byte("d"), 2); err != nil || !was || version != 3 {
		t.Error(version, was, err)
	}
	if r, err := recipes.Read(s, key); err != nil || r.Version != 3 || string(r.Value) != "d" {
		t.Error(r, err)
	}
}
