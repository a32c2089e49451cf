package main

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// trial is one run, and everything that it depends on.
type trial struct {
	Seed   uint64
	Nodes  int
	Length time.Duration
	Retry  retry
	// Plan is what breaks; if it is nil, the seed draws one.
	Plan nemesis.Plan
}

// result is what came of a trial.
type result struct {
	Plan    nemesis.Plan
	Events  []nemesis.Event
	History history.History
	Verdict checker.Verdict
	Hash    uint64
}

// clientsEach is how many clients each server has.
const clientsEach = 6

// run plays a trial and judges it.
func (t trial) run() (result, error) {
	w := sim.New(t.Seed, sim.Config{})
	defer w.Close()
	defer seedEntropy(w.Rand("raft"))()
	g := &ground{world: w}
	addrs := make(map[uint64]host.Addr)
	for i := range t.Nodes {
		addr := host.Addr(fmt.Sprintf("n%d", i+1))
		g.servers, addrs[uint64(i+1)] = append(g.servers, addr), addr
	}
	for i, s := range g.servers {
		w.AddMachine(s, boot(uint64(i+1), addrs, t.Retry))
	}
	c := &crowd{record: history.NewRecorder(w.Now), servers: g.servers, over: func() bool { return w.Now() >= t.Length }}
	for i := range t.Nodes * clientsEach {
		name := host.Addr(fmt.Sprintf("c%d", i+1))
		g.clients = append(g.clients, name)
		w.Spawn(name, func(p host.Process) { c.run(p, g.servers[i%t.Nodes]) })
	}
	plan := t.Plan
	if plan == nil {
		plan = draw(w.Rand("plan"), t.Length)
	}
	runner := nemesis.Run(g, plan, nemesis.Merciful, w.Rand("nemesis"), nil)
	w.RunUntil(t.Length)
	if failed := w.Failures(); len(failed) > 0 {
		return result{}, failed[0]
	}
	if g.refused != nil {
		return result{}, g.refused
	}
	check, err := checker.ForModel("register")
	if err != nil {
		return result{}, err
	}
	h := c.record.Ops()
	return result{Plan: plan, Events: runner.Results(), History: h, Verdict: check.Check(h), Hash: w.TraceHash()}, nil
}

// draw draws a plan: again and again the network around the leader becomes slow and doubles messages, and for a moment
// holds everything back, for about as long as an election takes. A message is on its way for 20 ms to half a second.
func draw(rng *mathrand.Rand, length time.Duration) nemesis.Plan {
	leader, err := nemesis.ParsePlan("leader", []byte("at 0s for 1s clog leader"))
	if err != nil {
		panic(err)
	}
	aim := leader[0].Fault.Target
	ms := func(least, span int) time.Duration { return time.Duration(least+rng.IntN(span)) * time.Millisecond }
	const bout = 3 * time.Second
	var plan nemesis.Plan
	for at := 2 * time.Second; at+bout < length; at += bout + time.Second {
		delay := ms(20, 200)
		plan = append(plan,
			nemesis.Step{At: at, For: bout, Fault: nemesis.Fault{Kind: nemesis.Delay, Target: aim, Amount: delay, Jitter: delay}},
			nemesis.Step{At: at, For: bout, Fault: nemesis.Fault{Kind: nemesis.Duplicate, Target: aim, PPM: 100_000 * (1 + rng.IntN(5))}},
			nemesis.Step{At: at + time.Second + ms(0, 300), For: ms(300, 600), Fault: nemesis.Fault{Kind: nemesis.Clog, Target: aim}})
	}
	return plan
}

// seedEntropy makes crypto/rand a stream that the seed decides: raft draws its election jitter from there.
func seedEntropy(stream *mathrand.Rand) (restore func()) {
	was := rand.Reader
	rand.Reader = entropy{stream}
	return func() { rand.Reader = was }
}

type entropy struct{ stream *mathrand.Rand }

func (e entropy) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e.stream.Uint32())
	}
	return len(p), nil
}
