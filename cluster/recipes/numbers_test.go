package recipes_test

import (
	"fmt"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

func TestNumbersAreAllDifferent(t *testing.T) {
	o, done := newTown(t), 0
	given := map[int64]bool{}
	for i := range 3 {
		o.enter(host.Addr(fmt.Sprint("c", i)), func(p host.Process, c *client.Client) {
			n, last := recipes.NewNumbers(p, c, "/n", 7), int64(0)
			for range 20 {
				one, err := n.Next(30 * second)
				if err != nil || given[one] || one <= last {
					t.Errorf("%d behind %d, given before: %v, %v", one, last, given[one], err)
				}
				given[one], last = true, one
				p.Sleep(time.Duration(p.Rand().Int64N(int64(100 * time.Millisecond))))
			}
			done++
		})
	}
	o.run(&done, 3)
}

func TestNumbersAskOnceAWindow(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		sets := 0
		o.s.fate = func(r wire.Request) fate {
			if r.Op() == wire.OpSetData {
				sets++
			}
			return normal
		}
		n := recipes.NewNumbers(p, c, "/n", 100)
		for range 250 {
			n.Next(second)
		}
		if sets != 3 {
			t.Errorf("%d windows were reserved for 250 numbers", sets)
		}
		done++
	})
	o.run(&done, 1)
}
