package clients_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/sim"
	"ordeal/workloads/clients"
)

// store is a register that servers share, so that every one of them has the newest value: a service without a fault of
// its own. A server answers "get" and "put VALUE" with the value and its own name.
type store struct {
	value int64
	// mute servers carry requests out and do not answer. late ones answer that much later; double ones twice.
	mute, double map[host.Addr]bool
	late         map[host.Addr]time.Duration
}

// server is one of the machines that share a store.
type server struct {
	*store
	h       host.Host
	waiting []func() // answers that are late, and all so long
}

func (s *store) boot(h host.Host) (host.Program, error) { return &server{store: s, h: h}, nil }

func (s *server) Receive(host.Addr, []byte) {}
func (s *server) Accept(host.Conn)          {}
func (s *server) Closed(host.Conn)          {}

func (s *server) Frame(c host.Conn, payload []byte) {
	if text, ok := strings.CutPrefix(string(payload), "put "); ok {
		s.value, _ = strconv.ParseInt(text, 10, 64)
	}
	self := s.h.Self()
	if s.mute[self] {
		return
	}
	answer := fmt.Sprintf("%d %s", s.value, self)
	if late := s.late[self]; late > 0 {
		s.waiting = append(s.waiting, func() { c.Send([]byte(answer)) })
		s.h.Clock().SetAlarm(s.h.Clock().Now() + late)
		return
	}
	c.Send([]byte(answer))
	if s.double[self] {
		c.Send([]byte("again " + answer))
	}
}

func (s *server) Wake() {
	for _, answer := range s.waiting {
		answer()
	}
	s.waiting = nil
}

// user is a client of the store. What it does in a turn it draws, the values too.
type user struct {
	*clients.Asker
	drained *[]string
	bursts  int // operations of every turn, 0 for a few that chance draws
}

func (u user) Turn(c *clients.Client) {
	for range u.bursts {
		u.get(c)
	}
	if u.bursts > 0 {
		return
	}
	for range 1 + c.Rand().IntN(3) {
		if c.Chance(50) {
			u.get(c)
		} else {
			u.put(c, c.Rand().Int64N(1_000_000))
		}
		c.Sleep(c.UpTo(20 * time.Millisecond))
	}
}

func (u user) Probe(c *clients.Client) bool {
	return u.put(c, c.NewValue()) == clients.Done && u.get(c) == clients.Done
}

func (u user) Drain(c *clients.Client, i, n int) {
	for shares := []string{"a", "b", "c"}; i < len(shares); i += n {
		c.Insist(func() bool { return u.get(c) == clients.Done })
		*u.drained = append(*u.drained, shares[i])
	}
}

func (u user) get(c *clients.Client) clients.Outcome {
	_, outcome := c.Do("x", "read", nil, func() (any, clients.Outcome, error) {
		answer, err := u.Ask([]byte("get"), c.Patience())
		if err != nil {
			return nil, clients.NoEffect, err
		}
		return valueIn(answer), clients.Done, nil
	})
	return outcome
}

func (u user) put(c *clients.Client, v int64) clients.Outcome {
	_, outcome := c.Do("x", "write", v, func() (any, clients.Outcome, error) {
		_, err := u.Ask(fmt.Appendf(nil, "put %d", v), c.Patience())
		return v, clients.OutcomeOf(err), err
	})
	return outcome
}

// valueIn is the value in an answer.
func valueIn(answer []byte) int64 {
	number, _, _ := strings.Cut(string(answer), " ")
	v, _ := strconv.ParseInt(number, 10, 64)
	return v
}

// trial is a store and a group that uses it, in a simulated world.
type trial struct {
	*testing.T
	*sim.World
	*store
	group   *clients.Group
	record  *history.Recorder
	drained []string // the shares that were drained
	bursts  int
}

const stop = 10 * time.Second

var servers = []host.Addr{"n1", "n2"}

// newTrial makes a trial with a configuration, of which it fills in what is the trial's own.
func newTrial(t *testing.T, cfg clients.Config) *trial {
	t.Helper()
	o := &trial{T: t, World: sim.New(1, sim.Config{}), store: &store{
		mute: map[host.Addr]bool{}, double: map[host.Addr]bool{}, late: map[host.Addr]time.Duration{},
	}}
	t.Cleanup(o.World.Close)
	o.record = history.NewRecorder(o.Now)
	for _, name := range servers {
		o.AddMachine(name, o.boot)
	}
	cfg.Record, cfg.Now, cfg.Stop, cfg.Draws = o.record, o.Now, stop, 7
	o.group = clients.New(cfg, func(c *clients.Client) clients.Behaviour {
		return user{clients.NewAsker(c, servers), &o.drained, o.bursts}
	})
	return o
}

// run has n clients run, until the world's clock shows until.
func (o *trial) run(n int, until time.Duration) {
	o.Helper()
	for i := range n {
		o.Spawn(host.Addr(fmt.Sprintf("c%d", i+1)), o.group.Run)
	}
	o.until(until)
}

// until lets the world go on, and fails if anything in it panicked.
func (o *trial) until(at time.Duration) {
	o.Helper()
	o.RunUntil(at)
	for _, failure := range o.Failures() {
		o.Fatalf("%v\n%s", failure, failure.Stack)
	}
}

// asked is what was asked for, by client, turn and operation.
func (o *trial) asked() map[[3]int]string {
	all := map[[3]int]string{}
	for _, call := range o.group.Calls() {
		op := o.record.Ops()[call.Event]
		all[[3]int{call.Client, call.Turn, call.Op}] = fmt.Sprint(op.F, " ", op.Value)
	}
	return all
}
