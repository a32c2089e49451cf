package recipes_test

import (
	"errors"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

func TestValueIsSetIfItIsTheVersion(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		v := recipes.NewValue(p, c, "/values/a")
		if now, err := v.Get(second); now.Version != 0 || len(now.Bytes) != 0 || err != nil {
			t.Errorf("at the start: %+v, %v", now, err)
		}
		if version, _, err := v.Set([]byte("a"), second); version != 1 || err != nil {
			t.Errorf("set: %d, %v", version, err)
		}
		if _, outcome, err := v.SetIf([]byte("b"), 0, second); outcome != recipes.NoEffect ||
			!errors.Is(err, wire.BadVersion) {
			t.Errorf("set-if of an old version: %v, %v", outcome, err)
		}
		o.s.fate = once(wire.OpSetData, 1, loseAnswer)
		if version, outcome, err := v.SetIf([]byte("b"), 1, 10*second); version != 2 || outcome != recipes.Done {
			t.Errorf("set-if whose answer is lost: %d, %v, %v", version, outcome, err)
		}
		if now, err := v.Get(second); string(now.Bytes) != "b" || now.Version != 2 || err != nil {
			t.Errorf("in the end: %+v, %v", now, err)
		}
		done++
	})
	o.run(&done, 1)
}

// What is kept says how old it can be, and a change is heard of soon.
func TestValueKeepsWhatItSaw(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, c *client.Client) {
		v := recipes.NewValue(p, c, "/v")
		if _, ok := v.Cached(); ok {
			t.Error("something is kept of a value that was never seen")
		}
		if _, err := v.Get(second); err != nil {
			t.Error(err)
		}
		v.Refresh(0)
		o.enter("c2", func(p host.Process, c *client.Client) {
			p.Sleep(second)
			recipes.NewValue(p, c, "/v").Set([]byte("new"), second)
		})
		begun := p.Now()
		if err := v.Refresh(20 * second); err != nil || p.Now()-begun > 2*second {
			t.Errorf("a change took %v to be heard of, %v", p.Now()-begun, err)
		}
		kept, ok := v.Cached()
		if string(kept.Bytes) != "new" || !ok || kept.AsOf < begun || kept.AsOf > p.Now() {
			t.Errorf("kept: %+v", kept)
		}
		// Cut off, it is as old as it says.
		o.s.fate = func(wire.Request) fate { return loseRequest }
		p.Sleep(second)
		if err := v.Refresh(100 * time.Millisecond); err == nil {
			t.Error("it was refreshed without a server")
		}
		if again, _ := v.Cached(); again.AsOf != kept.AsOf || p.Now()-again.AsOf < second {
			t.Errorf("kept: %+v at %v", again, p.Now())
		}
		o.s.fate = nil
		done++
	})
	o.run(&done, 1)
}
