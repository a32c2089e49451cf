package machines

import (
	"ordeal/host"
	"ordeal/nemesis"
)

// Operator is what a service tells the nemesis of itself, and what an operator can ask it for. Fixed is one for a
// service whose servers never change: embed it, and write the methods that the service has more to say to.
type Operator interface {
	// Members are the servers of the service as it is configured now, and Observers those of them that do not vote.
	Members() []host.Addr
	Observers() []host.Addr
	// Leader is who leads the service now, if that can be told.
	Leader() (host.Addr, bool)
	// Holders are the servers whose clients hold something for which others wait.
	Holders() []host.Addr
	// Core takes servers from the front of an order until they are enough for the service to serve.
	Core(order []host.Addr) []host.Addr
	// Await calls f once, as an event of its own, when the moment has come to some server, unless cancel is called before.
	Await(moment nemesis.Moment, f func(machine host.Addr)) (cancel func())
	// Transfer asks the leader to hand over to a server, and Snapshot a server for a snapshot.
	Transfer(to host.Addr)
	Snapshot(machine host.Addr)
	// Newcomer is the name that the next new server will have, and Reconfig asks for a change of who is in the service.
	Newcomer() host.Addr
	Reconfig(c nemesis.Change)
}

// Fixed is a service whose servers never change, of which a majority serves, and that an operator can ask for nothing:
// what is asked for does nothing, and a fault that waits for a moment waits in vain.
type Fixed struct{ Servers []host.Addr }

var _ Operator = Fixed{}

// Members are the servers.
func (f Fixed) Members() []host.Addr { return f.Servers }

// Observers are none.
func (f Fixed) Observers() []host.Addr { return nil }

// Leader is not known.
func (f Fixed) Leader() (host.Addr, bool) { return "", false }

// Holders are none.
func (f Fixed) Holders() []host.Addr { return nil }

// Core is a majority.
func (f Fixed) Core(order []host.Addr) []host.Addr { return order[:len(order)/2+1] }

// Await waits in vain.
func (f Fixed) Await(nemesis.Moment, func(host.Addr)) (cancel func()) { return func() {} }

// Transfer does nothing.
func (f Fixed) Transfer(host.Addr) {}

// Snapshot does nothing.
func (f Fixed) Snapshot(host.Addr) {}

// Newcomer is none.
func (f Fixed) Newcomer() host.Addr { return "" }

// Reconfig does nothing.
func (f Fixed) Reconfig(nemesis.Change) {}

// Members implements nemesis.World, as the methods below do.
func (m *Machines) Members() []host.Addr { return m.operator.Members() }

// Observers are the servers that do not vote.
func (m *Machines) Observers() []host.Addr { return m.operator.Observers() }

// Leader is who leads the service now.
func (m *Machines) Leader() (host.Addr, bool) { return m.operator.Leader() }

// Holders are the servers whose clients hold something.
func (m *Machines) Holders() []host.Addr { return m.operator.Holders() }

// Core is as many servers from the front of an order as the service needs to serve.
func (m *Machines) Core(order []host.Addr) []host.Addr { return m.operator.Core(order) }

// Await waits for a moment of the service.
func (m *Machines) Await(moment nemesis.Moment, f func(machine host.Addr)) (cancel func()) {
	return m.operator.Await(moment, f)
}

// Transfer asks the leader to hand over.
func (m *Machines) Transfer(to host.Addr) { m.operator.Transfer(to) }

// Snapshot asks a server for a snapshot.
func (m *Machines) Snapshot(machine host.Addr) { m.operator.Snapshot(machine) }

// Newcomer is the name of the next new server.
func (m *Machines) Newcomer() host.Addr { return m.operator.Newcomer() }

// Reconfig asks for a change of who is in the service.
func (m *Machines) Reconfig(c nemesis.Change) { m.operator.Reconfig(c) }
