package clients_test

import (
	"fmt"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/sim"
	"ordeal/workloads/clients"
)

// registerClient is all that a trial has to know of a service that keeps one value. Its protocol is a frame "put VALUE"
// or "get", which is answered with the value and the server's name.
type registerClient struct{ *clients.Asker }

func (r registerClient) Turn(c *clients.Client) {
	if c.Chance(50) {
		r.write(c)
	} else {
		r.read(c)
	}
}

func (r registerClient) Probe(c *clients.Client) bool { return r.write(c) && r.read(c) }

func (r registerClient) Drain(c *clients.Client, i, _ int) {
	if i == 0 { // there is one value, and so one share of it
		c.Insist(func() bool { return r.read(c) })
	}
}

func (r registerClient) write(c *clients.Client) bool {
	v := c.NewValue()
	_, outcome := c.Do("", "write", v, func() (any, clients.Outcome, error) {
		_, err := r.Ask(fmt.Appendf(nil, "put %d", v), c.Patience())
		return v, clients.OutcomeOf(err), err
	})
	return outcome == clients.Done
}

func (r registerClient) read(c *clients.Client) bool {
	_, outcome := c.Do("", "read", nil, func() (any, clients.Outcome, error) {
		answer, err := r.Ask([]byte("get"), c.Patience())
		if err != nil {
			return nil, clients.NoEffect, err // whatever happened to it, a read changes nothing
		}
		return valueIn(answer), clients.Done, nil
	})
	return outcome == clients.Done
}

func Example() {
	world := sim.New(1, sim.Config{})
	defer world.Close()
	world.AddMachine("n1", new(store).boot)
	record := history.NewRecorder(world.Now)
	script, err := clients.ParseScript("c1 1@1s 2@2s; c2 4@1.5s", 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	group := clients.New(clients.Config{
		Script: script, Draws: 1, Stop: 5 * time.Second, Record: record, Now: world.Now,
	}, func(c *clients.Client) clients.Behaviour {
		return registerClient{clients.NewAsker(c, []host.Addr{"n1"})}
	})
	world.Spawn("c1", group.Run)
	world.Spawn("c2", group.Run)
	world.RunUntil(10 * time.Second)
	world.Spawn("p1", group.Probe)
	world.RunUntil(20 * time.Second)
	for _, op := range record.Ops() {
		fmt.Println(op.Process, op.Type, op.F, op.Value)
	}
	// Output:
	// 0 invoke read <nil>
	// 0 ok read 0
	// 1 invoke read <nil>
	// 1 ok read 0
	// 0 invoke write 1
	// 0 ok write 1
	// 2 invoke write 2
	// 2 ok write 2
	// 2 invoke read <nil>
	// 2 ok read 2
}
