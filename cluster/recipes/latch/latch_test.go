package latch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/latch"
	"ordeal/host"
	"ordeal/server/servertest"
)

const patience = 10 * time.Second

// kinds collects what an instance hears.
type kinds []string

func (k *kinds) hear(e latch.Event) { *k = append(*k, e.Kind.String()) }

// A session that ends is told of in order, and another begins behind it.
func TestLossIsToldInOrder(t *testing.T) {
	servertest.Do(t, func(p host.Process, connect func() *client.Client) {
		var heard kinds
		link := latch.NewLink(p, connect)
		l := latch.New(p, link, "/leader", []byte("a"))
		if _, outcome, err := l.Join(patience); outcome != recipes.NoEffect || err == nil {
			t.Errorf("without a session: %v, %v", outcome, err)
		}
		l.Listen(patience, heard.hear)
		first, _, err := l.Join(patience)
		if _, followed := l.Follow(0); err != nil || followed != nil {
			t.Fatal(err, followed)
		}
		if epoch, leads := l.Leads(); epoch != first || !leads {
			t.Errorf("epoch %d, %v", epoch, leads)
		}
		link.Session().Close()
		if _, leads := l.Leads(); leads {
			t.Error("it leads without a session")
		}
		l.Listen(0, heard.hear)
		if l.Joined() || link.Session() != nil {
			t.Error("it stands in line without a session")
		}
		l.Listen(patience, heard.hear)
		if got := strings.Join(heard, " "); got != "connected suspended lost reconnected" {
			t.Error(got)
		}
		second, _, err := l.Join(patience)
		l.Follow(0)
		leader, ok := l.Leader()
		if !ok || leader.Epoch != second || second <= first || string(leader.Data) != "a" || err != nil {
			t.Errorf("%+v, %v behind %d, %v", leader, second, first, err)
		}
		link.Session().Close()
	})
}

// Two instances take turns: who has led goes to the end of the line, and the other follows.
func TestTwoTakeTurns(t *testing.T) {
	servertest.Do(t, func(p host.Process, connect func() *client.Client) {
		one, two := latch.NewLink(p, connect), latch.NewLink(p, connect)
		a, b := latch.New(p, one, "/leader", []byte("a")), latch.New(p, two, "/leader", []byte("b"))
		quiet := func(latch.Event) {}
		a.Listen(patience, quiet)
		b.Listen(patience, quiet)
		a.Join(patience)
		last, _, _ := b.Join(patience)
		for _, leads := range []*latch.Latch{a, b, a} {
			for _, l := range []*latch.Latch{a, b} {
				l.Follow(0)
				if _, ok := l.Leads(); ok != (l == leads) {
					t.Error("the wrong one leads")
				}
			}
			if outcome, err := leads.Leave(patience); outcome != recipes.Done {
				t.Errorf("%v, %v", outcome, err)
			}
			epoch, _, _ := leads.Join(patience)
			if epoch <= last {
				t.Errorf("epoch %d behind %d", epoch, last)
			}
			last = epoch
		}
		one.Session().Close()
		two.Session().Close()
	})
}

func ExampleLatch_Run() {
	e := new(servertest.Example)
	defer e.End()
	servertest.Do(e, func(p host.Process, connect func() *client.Client) {
		link := latch.NewLink(p, connect)
		pieces := 0
		latch.New(p, link, "/jobs/leader", []byte("web-1")).Run(latch.Work{
			Heard: func(e latch.Event) { fmt.Println(e.Kind) },
			Lead: func(epoch int64) (goOn bool) {
				if pieces++; pieces == 1 {
					fmt.Println("leads:", epoch > 0)
				}
				return true
			},
			Follow: func(leader latch.Office) { fmt.Printf("follows %s\n", leader.Data) },
		}, 100*time.Millisecond, p.Now()+300*time.Millisecond)
		fmt.Println("worked:", pieces > 0)
		link.Session().Close()
	})
	// Output:
	// connected
	// leads: true
	// worked: true
}
