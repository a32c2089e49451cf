package recipes_test

import (
	"errors"
	"math"
	"testing"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

func TestCounterCountsOnce(t *testing.T) {
	for name, f := range map[string]func(wire.Request) fate{
		"nothing lost":          nil,
		"the answer":            once(wire.OpSetData, 2, loseAnswer),
		"the request":           once(wire.OpSetData, 2, loseRequest),
		"the answer of a look":  once(wire.OpGetData, 3, loseAnswer),
		"the answer of the end": once(wire.OpSetData, 5, loseAnswer),
	} {
		t.Run(name, func(t *testing.T) {
			o, done := newTown(t), 0
			o.enter("c1", func(p host.Process, c *client.Client) {
				o.s.fate = f
				k := recipes.NewCounter(p, c, "/counts/a")
				for i := range int64(5) {
					if sum, outcome, err := k.Add(2, 10*second); sum != 2*(i+1) || outcome != recipes.Done {
						t.Errorf("add %d: %d, %v, %v", i, sum, outcome, err)
					}
				}
				if sum, err := k.Read(second); sum != 10 || err != nil {
					t.Errorf("read: %d, %v", sum, err)
				}
				done++
			})
			o.run(&done, 1)
		})
	}
}

func TestCounterStopsAtTheEndOf64Bits(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		for path, most := range map[string]int64{"/most": math.MaxInt64, "/least": math.MinInt64} {
			k := recipes.NewCounter(p, c, path)
			if sum, outcome, err := k.Add(most, second); sum != most || outcome != recipes.Done {
				t.Errorf("%s: %d, %v, %v", path, sum, outcome, err)
			}
			one := most / math.MaxInt64 // 1 or -1
			if sum, outcome, err := k.Add(one, second); outcome != recipes.NoEffect || err == nil {
				t.Errorf("%s: one more: %d, %v, %v", path, sum, outcome, err)
			}
			if sum, err := k.Read(second); sum != most || err != nil {
				t.Errorf("%s: behind that: %d, %v", path, sum, err)
			}
		}
		done++
	})
	o.run(&done, 1)
}

func TestCounterOfManyLosesNothing(t *testing.T) {
	o, done := newTown(t), 0
	for _, name := range []host.Addr{"c1", "c2", "c3"} {
		o.enter(name, func(p host.Process, c *client.Client) {
			for range 20 {
				if _, outcome, err := recipes.NewCounter(p, c, "/n").Add(1, 30*second); outcome != recipes.Done {
					t.Errorf("add: %v, %v", outcome, err)
				}
			}
			if done++; done < 3 {
				return
			}
			if sum, err := recipes.NewCounter(p, c, "/n").Read(second); sum != 60 || err != nil {
				t.Errorf("60 adds of 1 make %d, %v", sum, err)
			}
		})
	}
	o.run(&done, 3)
}

// What another wrote over it, more often than a counter keeps marks, leaves it unknown whether an add counts.
func TestCounterSaysWhenItCannotKnow(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		k := recipes.NewCounter(p, c, "/n")
		k.Add(1, second)
		lost := once(wire.OpSetData, 1, loseAnswer)
		o.s.fate = func(r wire.Request) fate {
			f := lost(r)
			if f == loseAnswer {
				o.enter("c2", func(p host.Process, c *client.Client) {
					for range 9 {
						recipes.NewCounter(p, c, "/n").Add(1, second)
					}
				})
			}
			return f
		}
		// Its own look is lost too, until the other has added.
		if _, outcome, err := k.Add(1, 10*second); outcome != recipes.Unknown && outcome != recipes.Done {
			t.Errorf("%v, %v", outcome, err)
		}
		done++
	})
	o.run(&done, 1)
}

func TestCounterLeavesAloneWhatIsNotItsOwn(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		for _, foreign := range []string{"hello", "0123456789abcdef\nhello"} {
			c.Create("/n", nil, 0)
			c.Set("/n", []byte(foreign), wire.AnyVersion)
			if _, outcome, err := recipes.NewCounter(p, c, "/n").Add(1, second); outcome != recipes.NoEffect ||
				!errors.Is(err, recipes.ErrForeign) {
				t.Errorf("add: %v, %v", outcome, err)
			}
			if data, _, err := c.Get("/n", nil); string(data) != foreign || err != nil {
				t.Errorf("it has become %q, %v", data, err)
			}
		}
		done++
	})
	o.run(&done, 1)
}
