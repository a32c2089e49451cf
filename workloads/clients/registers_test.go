package clients_test

import (
	"fmt"
	"testing"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/host"
	"ordeal/workloads/clients"
)

// numbered is a value and how often it was written.
type numbered struct{ value, version int64 }

// newRegisters makes clients of registers that servers keep in one map. With late, a read shows what was there a write
// ago.
func newRegisters(o *trial, late bool) *clients.Group {
	now, before := map[int]numbered{}, map[int]numbered{}
	cfg := clients.Config{Record: o.record, Now: o.Now, Stop: stop, Draws: 3}
	return clients.New(cfg, func(c *clients.Client) clients.Behaviour {
		return &clients.Registers{
			Asker: clients.NewAsker(c, servers), Keys: 2,
			Op: func(c *clients.Client, op clients.RegisterOp) (value, version int64, err error) {
				c.Sleep(c.UpTo(20 * time.Millisecond))
				is := now[op.Key]
				switch {
				case op.Write && is.version == op.Expected:
					is, before[op.Key] = numbered{op.Value, is.version + 1}, is
					now[op.Key] = is
				case !op.Write && late:
					is = before[op.Key]
				}
				return is.value, is.version, nil
			},
		}
	})
}

func TestRegistersAreJudgedByTheModel(t *testing.T) {
	c, err := checker.ForModel("register")
	if err != nil {
		t.Fatal(err)
	}
	for late, want := range map[bool]checker.Outcome{false: checker.Valid, true: checker.Invalid} {
		o := newTrial(t, clients.Config{})
		group := newRegisters(o, late)
		for i := range 3 {
			o.Spawn(host.Addr(fmt.Sprintf("c%d", i+1)), group.Run)
		}
		o.until(stop + time.Second)
		o.Spawn("p1", group.Probe)
		o.Spawn("d1", func(p host.Process) { group.Drain(p, 0, 1) })
		o.until(stop + 2*time.Second)
		if v := c.Check(o.record.Ops()); v.Outcome != want {
			t.Errorf("registers that are late (%v) are %v: %s", late, v.Outcome, v.Reason)
		}
		keys := map[string]bool{}
		for _, op := range o.record.Ops() {
			keys[op.Key] = keys[op.Key] || op.Time > stop+time.Second && op.F == "read"
		}
		if len(keys) != 2 || !keys["r1"] || !keys["r2"] {
			t.Errorf("these registers were used, and read in the end: %v", keys)
		}
	}
}

// A read that may have been carried out changes nothing all the same; a write may have. A write is refused that finds
// another version than it expects, unless more than one write came between: then it may have been one of them.
func TestRegistersKnowWhatMayHaveHappened(t *testing.T) {
	for _, tt := range []struct {
		name string
		// is what the register has after a write over version 1, and err what the client is told instead.
		is   numbered
		err  error
		want history.Type
	}{
		{"no answer", numbered{}, clients.ErrNoAnswer, history.Info},
		{"not sent", numbered{}, clients.ErrNotSent, history.Fail},
		{"another's write", numbered{-1, 2}, nil, history.OK},
		{"another's write later", numbered{-1, 3}, nil, history.Info},
	} {
		o := newTrial(t, clients.Config{})
		config := clients.Config{Record: o.record, Now: o.Now, Stop: stop}
		group := clients.New(config, func(c *clients.Client) clients.Behaviour {
			return &clients.Registers{
				Asker: clients.NewAsker(c, servers),
				Op: func(c *clients.Client, op clients.RegisterOp) (int64, int64, error) {
					c.Sleep(time.Millisecond)
					switch {
					case !op.Write && c.Chance(50):
						return 0, 0, clients.ErrNoAnswer
					case !op.Write:
						return -2, 1, nil
					}
					return tt.is.value, tt.is.version, tt.err
				},
			}
		})
		o.Spawn("c1", group.Run)
		o.until(stop + time.Second)
		ends := map[string]map[history.Type]any{"read": {}, "set-if": {}}
		for _, op := range o.record.Ops() {
			if op.Type != history.Invoke {
				ends[op.F][op.Type] = op.Value
			}
		}
		if reads := ends["read"]; len(reads) != 2 || reads[history.Info] != nil {
			t.Errorf("%s: reads ended %v", tt.name, reads)
		}
		writes := ends["set-if"]
		if value, ok := writes[tt.want]; !ok || len(writes) != 1 || tt.want == history.OK && value != "refused" {
			t.Errorf("%s: writes ended %v, want %v", tt.name, writes, tt.want)
		}
	}
}
