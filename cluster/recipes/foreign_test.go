package recipes_test

import (
	"fmt"
	"slices"
	"testing"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/host"
)

// others are names that znodes of other programs may have: kazoo's and Curator's, and some that look like ours.
var others = []string{
	"settings", "other-5", "0123456789abcdef-x", "lock-0000000000", "0123456789ABCDEF-0000000000",
	"_c_5c5e0e2c-b9f7-4d3d-9d2f-3f4a3b1c7e0a-lock-0000000001", "e1f3b1e54f0a4fbf9d3e3d8a2d2c0c11__lock__0000000000",
	"-0000000000", "0123456789abcdef-00000000\u00e9",
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

// uses are what one client does with recipes. The last of what it does leaves something of the recipe's behind.
func uses(p host.Process, c *client.Client) map[string]func(path string) error {
	want := func(got any, outcome recipes.Outcome, err error, right any) error {
		if err != nil || outcome != recipes.Done || fmt.Sprint(got) != fmt.Sprint(right) {
			return fmt.Errorf("%v, %v, %v, where %v belongs", got, outcome, err, right)
		}
		return nil
	}
	return map[string]func(path string) error{
		"lock": func(path string) error {
			_, outcome, err := recipes.NewLock(p, c, path).Acquire(second)
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
