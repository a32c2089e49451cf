package clients_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"ordeal/history"
	"ordeal/workloads/clients"
)

// pipeline is a client with several operations under way, which end in the other order.
type pipeline struct{ *clients.Asker }

func (pipeline) Probe(*clients.Client) bool      { return true }
func (pipeline) Drain(*clients.Client, int, int) {}

func (pipeline) Turn(c *clients.Client) {
	var begun []*clients.Operation
	for range 4 {
		if c.Takes() {
			begun = append(begun, c.Begin(c.NewProcess(), "x", "write", c.NewValue()))
		}
	}
	ends := []clients.Outcome{clients.Done, clients.NoEffect, clients.Unknown}
	for i, o := range slices.Backward(begun) {
		o.End(nil, ends[i], errors.New("refused"))
	}
}

func TestOperationsUnderWayAtOnce(t *testing.T) {
	script, err := clients.ParseScript("c1 1[1,2,4]@1s", 1)
	if err != nil {
		t.Fatal(err)
	}
	o := newTrial(t, clients.Config{})
	cfg := clients.Config{Script: script, Record: o.record, Now: o.Now, Stop: stop}
	o.group = clients.New(cfg, func(c *clients.Client) clients.Behaviour {
		return pipeline{clients.NewAsker(c, servers)}
	})
	o.run(1, stop)
	var got []string
	for _, op := range o.record.Ops() {
		got = append(got, fmt.Sprintf("%d %s %v %s", op.Process, op.Type, op.Value, op.Error))
	}
	want := []string{
		"1 invoke 1 ", "2 invoke 2 ", "3 invoke 3 ", "3 info 3 refused", "2 fail 2 refused", "1 ok <nil> ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the history is %q, want %q", got, want)
	}
	var ops []int
	for _, call := range o.group.Calls() {
		ops = append(ops, call.Op)
	}
	if !slices.Equal(ops, []int{1, 2, 4}) {
		t.Errorf("the operations %v of the turn were begun, want 1, 2 and 4", ops)
	}
}

// An operation that is left out has no effect, and no event.
func TestDoOfAnOperationThatIsLeftOut(t *testing.T) {
	script, err := clients.ParseScript("c1 1[99]@1s", 1)
	if err != nil {
		t.Fatal(err)
	}
	o := newTrial(t, clients.Config{Script: script})
	o.value = 5
	o.run(1, stop)
	if n := len(o.record.Ops()); n != 0 || o.value != 5 {
		t.Errorf("%d events were recorded, and the value is %d", n, o.value)
	}
}

// What an unknown operation may have done is recorded, if its client knows more than it asked for.
func TestAnUnknownResultIsRecorded(t *testing.T) {
	asking(t, func(o *trial, c *clients.Client, _ *clients.Asker) {
		for _, known := range []any{nil, "perhaps"} {
			result, outcome := c.Do("x", "f", "asked", func() (any, clients.Outcome, error) {
				return known, clients.Unknown, errors.New("lost")
			})
			ops := o.record.Ops()
			info := ops[len(ops)-1]
			want := known
			if known == nil {
				want = "asked"
			}
			if result != want || outcome != clients.Unknown || info.Type != history.Info || info.Value != want {
				t.Errorf("%v was returned and %+v recorded, want %v", result, info, want)
			}
		}
	})
}
