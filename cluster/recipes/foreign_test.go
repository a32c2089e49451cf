package recipes_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// others are names that znodes of other programs may have: kazoo's and Curator's, and some that look like ours.
var others = []string{
	"settings", "other-5", "0123456789abcdef-x", "lock-0000000000", "0123456789ABCDEF-0000000000",
	"_c_5c5e0e2c-b9f7-4d3d-9d2f-3f4a3b1c7e0a-lock-0000000001", "e1f3b1e54f0a4fbf9d3e3d8a2d2c0c11__lock__0000000000",
	"-0000000000", "0123456789abcdef-00000000\u00e9", "0123456789abcdef-+000000001", "0123456789abcdef-00000000001",
	"0123456789abcdef-000000001", "0123456789abcdefx-0000000000", "0123456789abcdefrw-0000000000",
	"0123456789abcdef012-0000000000", "0123456789abcdefzzzzzzzzzzzzzzzz-0000000000", "by-0123456789abcdeg",
	"by-0123456789ABCDEF", "by-0123456789abcdef0", "Ready", "held2",
}

// shapes are names of what recipes make, and which make them.
var shapes = map[string][]string{
	"0123456789abcdef-0000000000": {"lock", "election", "reentrant", "guard", "semaphore", "queue",
		"work"},
	"0123456789abcdefr-0000000000":                {"rwlock"},
	"0123456789abcdef00-0000000000":               {"priority"},
	"0123456789abcdef0000000000000000-0000000000": {"delay", "group", "meeting"},
}

// What another recipe has at the path is none of this one's, though it looks like it. A member of a barrier that was
// another recipe's made Enter panic.
func TestOtherRecipesAreLeftAlone(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		for name, use := range uses(p, c) {
			path := "/" + name
			if err := recipes.EnsurePath(p, c, path, second); err != nil {
				t.Fatal(err)
			}
			for other, makers := range shapes {
				if slices.Contains(makers, name) {
					continue
				}
				if _, _, err := c.Create(path+"/"+other, []byte("theirs"), 0); err != nil {
					t.Error(err)
				}
			}
			if err := use(path); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for other, makers := range shapes {
				data, stat, err := c.Get(path+"/"+other, nil)
				if !slices.Contains(makers, name) && (string(data) != "theirs" || stat.Mzxid != stat.Czxid) {
					t.Errorf("%s: %s holds %q, %v", name, other, data, err)
				}
			}
		}
		done++
	})
	o.run(&done, 1)
}

// Another program's znode below an item keeps that from being taken out: the error says where it is.
func TestOthersBelowItems(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		below := func(path string) string {
			names, _, err := c.Children(path, nil)
			if len(names) != 1 {
				t.Fatal(path, names, err)
			}
			other := path + "/" + names[0] + "/other"
			if _, _, err := c.Create(other, []byte("theirs"), 0); err != nil {
				t.Error(err)
			}
			return other
		}
		check := func(other string, outcome recipes.Outcome, err error) {
			data, _, _ := c.Get(other, nil)
			if outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrForeign) || string(data) != "theirs" ||
				!strings.Contains(err.Error(), strings.TrimSuffix(other, "/other")) {
				t.Errorf("%s holds %q: %v, %v", other, data, outcome, err)
			}
		}
		q := recipes.NewQueue(p, c, "/queue")
		q.Enqueue([]byte("item"), second)
		other := below("/queue")
		_, _, outcome, err := q.Dequeue(second)
		check(other, outcome, err)

		pq := recipes.NewPriorityQueue(p, c, "/priority")
		pq.Put([]byte("item"), 1, second)
		other = below("/priority")
		_, _, outcome, err = pq.Take(second)
		check(other, outcome, err)

		dq := recipes.NewDelayQueue(p, c, "/delay")
		dq.Put([]byte("item"), 0, second)
		other = below("/delay")
		_, _, outcome, err = dq.Take(second)
		check(other, outcome, err)

		wq := recipes.NewWorkQueue(p, c, "/work")
		wq.Put([]byte("item"), second)
		other = below("/work")
		w, _, _, _, err := wq.Take(second)
		if err != nil {
			t.Error(err)
		}
		outcome, err = wq.Finish(c, w, second)
		check(other, outcome, err)
		if outcome, err := wq.GiveBack(w, second); outcome != recipes.Done {
			t.Error(outcome, err)
		}
		done++
	})
	o.run(&done, 1)
}

// What looks nearly like a value of the recipe's own is named, and stays.
func TestOthersValues(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		const mark = "0123456789abcdef"
		for path, holds := range map[string][]string{
			"/counter": {"", "5", "hello world\n5", mark + "\n+5", mark + "\n05", mark + "\n5 ", mark + "\n",
				mark + "  " + mark + "\n5", strings.Repeat(mark+" ", 8) + mark + "\n5", strings.ToUpper(mark) + "\n5",
				mark + "\n9223372036854775808"},
			"/value":   {"", "5", "\n5", " \n5", mark + mark + "\n5", mark + "x\n5"},
			"/barrier": {"", "shut", "\nshut", mark + "\nopen", mark + "\nSHUT", mark + "\nshut "},
			"/numbers": {"", "1000", mark + "\n-", mark + "\n1e3", mark + "\n9223372036854775807\n"},
		} {
			for _, data := range holds {
				recipes.EnsurePath(p, c, path, second)
				if _, err := c.Set(path, []byte(data), wire.AnyVersion); err != nil {
					t.Error(err)
				}
				var outcomes []recipes.Outcome
				var errs []error
				add := func(outcome recipes.Outcome, err error) {
					outcomes, errs = append(outcomes, outcome), append(errs, err)
				}
				switch path {
				case "/counter":
					_, outcome, err := recipes.NewCounter(p, c, path).Add(1, second)
					add(outcome, err)
					_, err = recipes.NewCounter(p, c, path).Read(second)
					add(recipes.NoEffect, err)
				case "/value":
					_, outcome, err := recipes.NewValue(p, c, path).Set([]byte("ours"), second)
					add(outcome, err)
					_, err = recipes.NewValue(p, c, path).Get(second)
					add(recipes.NoEffect, err)
					add(recipes.NoEffect, recipes.NewValue(p, c, path).Refresh(0))
				case "/barrier":
					add(recipes.NewBarrier(p, c, path).Shut(second))
					add(recipes.NewBarrier(p, c, path).Open(second))
					_, err := recipes.NewBarrier(p, c, path).Wait(second)
					add(recipes.NoEffect, err)
				case "/numbers":
					_, err := recipes.NewNumbers(p, c, path, 10).Next(second)
					add(recipes.NoEffect, err)
				}
				for i, err := range errs {
					if !errors.Is(err, recipes.ErrForeign) || outcomes[i] != recipes.NoEffect {
						t.Errorf("%s with %q: %d: %v, %v", path, data, i, outcomes[i], err)
					}
				}
				if got, _, _ := c.Get(path, nil); string(got) != data {
					t.Errorf("%s held %q, and holds %q", path, data, got)
				}
			}
		}
		done++
	})
	o.run(&done, 1)
}

// What is another program's below a recipe's path is in no one's way, is not taken, and stays as it is.
func TestOthersAreLeftAlone(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		for name, use := range uses(p, c) {
			path := "/" + name
			if err := recipes.EnsurePath(p, c, path, second); err != nil {
				t.Fatal(err)
			}
			for _, other := range others {
				if _, _, err := c.Create(path+"/"+other, []byte("theirs"), 0); err != nil {
					t.Error(err)
				}
			}
			if err := use(path); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, other := range others {
				if data, stat, err := c.Get(path+"/"+other, nil); string(data) != "theirs" || stat.Mzxid != stat.Czxid {
					t.Errorf("%s: %s holds %q, %v", name, other, data, err)
				}
			}
			names, _, err := c.Children(path, nil)
			if foreign := recipes.Foreign(names); err != nil || !slices.Equal(sorted(foreign), sorted(others)) {
				t.Errorf("%s: another program's are %q, %v", name, foreign, err)
			}
		}
		done++
	})
	o.run(&done, 1)
}

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }

// use is what one client does with a recipe. The last of what it does leaves something of the recipe's behind.
type use func(path string) error

func want(got any, outcome recipes.Outcome, err error, right any) error {
	if err != nil || outcome != recipes.Done || fmt.Sprint(got) != fmt.Sprint(right) {
		return fmt.Errorf("%v, %v, %v, where %v belongs", got, outcome, err, right)
	}
	return nil
}

func uses(p host.Process, c *client.Client) map[string]use {
	all := usesOfLocks(p, c)
	maps.Copy(all, usesOfCells(p, c))
	maps.Copy(all, usesOfQueues(p, c))
	return all
}

func usesOfLocks(p host.Process, c *client.Client) map[string]use {
	return map[string]use{
		"lock": func(path string) error {
			_, outcome, err := recipes.NewLock(p, c, path).Acquire(second)
			return want(nil, outcome, err, nil)
		},
		"election": func(path string) error {
			_, outcome, err := recipes.NewElection(p, c, path).Campaign(second)
			return want(nil, outcome, err, nil)
		},
		"reentrant": func(path string) error {
			l := recipes.NewReentrantLock(p, c, path)
			if _, outcome, err := l.Acquire(second); outcome != recipes.Done {
				return err
			}
			_, outcome, err := l.Acquire(second)
			return want(nil, outcome, err, nil)
		},
		"guard": func(path string) error {
			l := recipes.NewLock(p, c, path)
			if _, outcome, err := l.Acquire(second); outcome != recipes.Done {
				return err
			}
			_, outcome, err := l.Guard(c, wire.SetDataRequest{Path: path, Version: wire.AnyVersion})
			return want(nil, outcome, err, nil)
		},
		"rwlock": func(path string) error {
			_, outcome, err := recipes.NewReadWriteLock(p, c, path).Write(second)
			return want(nil, outcome, err, nil)
		},
		"semaphore": func(path string) error {
			_, outcome, err := recipes.NewSemaphore(p, c, path, 1).Acquire(second)
			return want(nil, outcome, err, nil)
		},
		"multilock": func(path string) error {
			_, outcome, err := recipes.NewMultiLock(p, c, path).Acquire(second)
			return want(nil, outcome, err, nil)
		},
	}
}

func usesOfCells(p host.Process, c *client.Client) map[string]use {
	return map[string]use{
		"counter": func(path string) error {
			sum, outcome, err := recipes.NewCounter(p, c, path).Add(2, second)
			return want(sum, outcome, err, 2)
		},
		"value": func(path string) error {
			version, outcome, err := recipes.NewValue(p, c, path).Set([]byte("ours"), second)
			return want(version, outcome, err, 1)
		},
		"barrier": func(path string) error {
			b := recipes.NewBarrier(p, c, path)
			if outcome, err := b.Shut(second); outcome != recipes.Done {
				return err
			}
			open, err := b.Wait(second)
			return want(open, recipes.Done, err, false)
		},
		"numbers": func(path string) error {
			n, err := recipes.NewNumbers(p, c, path, 10).Next(second)
			return want(n, recipes.Done, err, 1)
		},
	}
}

func usesOfQueues(p host.Process, c *client.Client) map[string]use {
	return map[string]use{
		"queue": func(path string) error {
			_, ok, outcome, err := recipes.NewQueue(p, c, path).Dequeue(second)
			return want(ok, outcome, err, false)
		},
		"priority": func(path string) error {
			_, ok, outcome, err := recipes.NewPriorityQueue(p, c, path).Take(second)
			return want(ok, outcome, err, false)
		},
		"delay": func(path string) error {
			_, ok, outcome, err := recipes.NewDelayQueue(p, c, path).Take(second)
			return want(ok, outcome, err, false)
		},
		"work": func(path string) error {
			q := recipes.NewWorkQueue(p, c, path)
			_, ok, _, outcome, err := q.Take(second)
			if err := want(ok, outcome, err, false); err != nil {
				return err
			}
			outcome, err = q.Put([]byte("ours"), second)
			return want(nil, outcome, err, nil)
		},
		"group": func(path string) error {
			g := recipes.NewGroup(p, c, path)
			if _, outcome, err := g.Join(nil, second); outcome != recipes.Done {
				return err
			}
			v, err := g.Members(second)
			return want(len(v.Members), recipes.Done, err, 1)
		},
		"meeting": func(path string) error {
			b := recipes.NewDoubleBarrier(p, c, path, 2)
			_, _, outcome, err := b.Enter(second)
			if outcome != recipes.NoEffect {
				return fmt.Errorf("with another program's, a barrier for two lets one in: %v, %v", outcome, err)
			}
			return nil
		},
	}
}

// A recipe's own shape is that of what it makes.
func TestRecipesKnowTheirOwn(t *testing.T) {
	for _, own := range []string{"0123456789abcdef-0000000000", "0123456789abcdefw-0000000012",
		"0123456789abcdef0123456789abcdef-0000000001", "0123456789abcdef--2147483648", "held", "ready",
		"by-0123456789abcdef"} {
		if foreign := recipes.Foreign([]string{own}); len(foreign) != 0 {
			t.Error(own)
		}
	}
}
