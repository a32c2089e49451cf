package recipes_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/host"
)

func TestBarrierKeepsThoseWhoWait(t *testing.T) {
	o, done := newTown(t), 0
	passed := time.Duration(0)
	o.enter("c1", func(p host.Process, c *client.Client) {
		b := recipes.NewBarrier(p, c, "/b")
		b.Shut(second)
		// A barrier whose name begins like the other's is another one.
		recipes.NewBarrier(p, c, "/bb").Shut(second)
		if open, err := b.Wait(second); open || err != nil {
			t.Errorf("%v, %v", open, err)
		}
		p.Sleep(5 * second)
		b.Open(second)
		done++
	})
	o.enter("c2", func(p host.Process, c *client.Client) {
		p.Sleep(2 * second)
		if open, err := recipes.NewBarrier(p, c, "/b").Wait(30 * second); !open || err != nil {
			t.Errorf("%v, %v", open, err)
		}
		passed = p.Now()
		done++
	})
	o.run(&done, 2)
	if passed < 6*second {
		t.Errorf("it was passed at %v", passed)
	}
}

// Three rounds of three, by members who come and go at times of their own; one dies inside.
func TestDoubleBarrierMeetsInRounds(t *testing.T) {
	o, done := newTown(t), 0
	const rounds = 3
	inside, entered, left := map[int64]int{}, map[int64]int{}, map[int64]int{}
	for i := range 3 {
		o.enter(host.Addr(fmt.Sprint("c", i)), func(p host.Process, c *client.Client) {
			for k := range rounds {
				p.Sleep(time.Duration(p.Rand().Int64N(int64(second))))
				b := recipes.NewDoubleBarrier(p, c, "/d", 3)
				entered[int64(k)]++
				number, sessions, outcome, err := b.Enter(30 * second)
				if err != nil || outcome != recipes.Done || number != int64(k+1) || len(sessions) != 3 {
					t.Errorf("round %d with %v, %v, %v", number, sessions, outcome, err)
				}
				if entered[int64(k)] != 3 {
					t.Errorf("%d had asked to enter round %d", entered[int64(k)], k)
				}
				inside[number]++
				p.Sleep(time.Duration(p.Rand().Int64N(int64(second))))
				left[number]++
				if k == rounds-1 && i == 2 {
					id, _ := c.Session()
					o.s.expire(id)
				} else if outcome, err := b.Leave(30 * second); outcome != recipes.Done {
					t.Errorf("%v, %v", outcome, err)
				}
				if i != 2 && left[number] != 3 {
					t.Errorf("%d of 3 had asked to leave round %d", left[number], number)
				}
			}
			done++
		})
	}
	o.run(&done, 3)
}

// Who waits alone gives up, and is in no later round.
func TestDoubleBarrierGivesUp(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		b := recipes.NewDoubleBarrier(p, c, "/d", 2)
		if _, _, outcome, err := b.Enter(second); outcome != recipes.NoEffect || !errors.Is(err, recipes.ErrGaveUp) {
			t.Errorf("%v, %v", outcome, err)
		}
		if n := len(o.names("/d")); n != 0 {
			t.Errorf("%d stand there", n)
		}
		done++
	})
	o.run(&done, 1)
}
