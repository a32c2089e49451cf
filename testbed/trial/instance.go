package trial

import (
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/account"
	"ordeal/testbed/load"
	"ordeal/testbed/machines"
	"ordeal/workloads/clients"
)

// Stage is where a trial plays, as the service on trial sees it.
type Stage struct {
	Trial Trial
	// Settings is how the service is to be set up, and Plan what the nemesis is to do.
	Settings string
	Plan     nemesis.Plan
	// World is the simulated world. An instance looks at it freely, and changes it only on behalf of an operator that a
	// fault asks for.
	World    *sim.World
	Machines *machines.Machines
	// Record is the history. Clients write it; a service adds what it knows as the process history.Service.
	Record   *history.Recorder
	Breaches *Breaches
	// Covered notes that one of the service's items happened.
	Covered func(item string)
	// Did notes that a server has done one of the service's deeds.
	Did func(server host.Addr, deed string)
	// Faults are what the nemesis has done so far.
	Faults func() []nemesis.Event
}

// Instance is the service in one trial. Boot and Clients have to be there; without the others the testbed knows less.
type Instance struct {
	// Settings is how the service is set up in fact, if the plan has it set up otherwise than Stage.Settings says; a trial
	// that is told the settings and a part of the plan is set up as well then.
	Settings string
	// Boot is the program of a server.
	Boot    func(server host.Addr) host.Boot
	Clients Clients
	// Status is what a running program says of itself. With it there are leaders to aim at, liveness demands that all
	// servers get as far as each other, and an account tells who led.
	Status func(program host.Program) Status
	// Operator is what faults can ask of the service; by default nothing but who leads, by Status.
	Operator machines.Operator
	// Monitors observe the servers after every event.
	Monitors []Monitor
	// Waited, unless it is nil, is called every few milliseconds of virtual time, between events.
	Waited func()
	// Settled says whether all servers are well and agree, and Pending what a server is waiting for; by default by
	// Status.
	Settled func() bool
	Pending func(server host.Addr) string
	// Waits, unless it is nil, says in words what still waits somewhere in the service for an answer or its end, and ""
	// for nothing: in the end, when no client asks for anything any more, nothing may. Examine, unless it is nil, is a
	// client that comes behind that. It asks every server for everything that clients may ask for, and says what one of
	// them did not answer, or "".
	Waits   func() string
	Examine func(p host.Process) (missing string)
	// Refuses says by which errors a program refuses to start from a damaged disk.
	Refuses func(reason error) bool
	// Role is what a running program is to the service at present, such as "leader", for coverage and the page of a trial;
	// by default by Status. It is asked after every event.
	Role func(program host.Program) string
	// Leaders are who led when; by default by Status.
	Leaders func() []LeaderSpan
	// States makes what notes the states of the protocol for a guided campaign; by default by Status.
	States func() States
	// Teller makes what tells the story of a trial to whoever asks why it failed; by default by Status.
	Teller func(s *account.Story) Teller
	// Truth, unless it is nil, judges what the simulator knows beyond what clients saw, given the history and what the
	// workload's checkers said of it.
	Truth func(h history.History, seen []checker.Verdict) Truth
	// Message says in a few words what a message between servers is, whose bytes are as they were sent; Holds who held
	// what by the history's operations, which are not to be changed, and Standing which sessions and watches there were,
	// for the page on which a trial's events share one axis; all may be nil.
	Message  func(payload []byte) string
	Holds    func(pairs []history.Operation) []Hold
	Standing func(pairs []history.Operation) []Standing
	// Load, unless it is nil, makes a client that asks for what it is told to ask for, when the service is measured: see
	// Service.Bench.
	Load func(p host.Process, at load.Place) load.Client
	// Measures are counts for the report.
	Measures func() []checker.Measure
}

// Status is what a server's program says of itself, as far as a program of any service can.
type Status struct {
	// Leads says that the server believes itself to lead, and Epoch in which term, ballot or view.
	Leads bool
	Epoch uint64
	// Progress is how much the server has applied of what the service has decided: equal where servers agree.
	Progress uint64
	// Text says the rest to a person: what the program is doing or waiting for.
	Text string
}

// Clients are the clients of one trial. clients.Group is one. Those that draw from something else than their processes
// do well to be Redrawers too.
type Clients interface {
	// Run is a client, until the trial's length is over; every call is another one. Again is the client of Run that a
	// machine had, begun anew after a crash.
	Run(p host.Process)
	Again(p host.Process)
	// Probe is a new client that uses what was used before, and returns when that has worked. Drain is the i-th of n that
	// look at everything for the last time.
	Probe(p host.Process)
	Drain(p host.Process, i, n int)
	// Script is what the clients of Run have done so far, and Calls the operations that they began.
	Script() clients.Script
	Calls() []clients.Call
}

// Redrawer is what draws from numbers that it was given. It is given others when a trial branches off.
type Redrawer interface{ Redraw(draws uint64) }

// Monitor observes a trial. It changes nothing: the trial is the same with it and without.
type Monitor interface {
	// Event is called after every event of a server, with what runs on it; nil if the event has left it down.
	Event(server host.Addr, program host.Program)
	// Fault is called with what the nemesis does, before the world feels it.
	Fault(e nemesis.Event)
	// End is called once, when the trial is over and not yet judged.
	End()
}

// Unconcerned is a monitor's part that does not look at faults, nor at the end: for embedding.
type Unconcerned struct{}

// Fault does nothing.
func (Unconcerned) Fault(nemesis.Event) {}

// End does nothing.
func (Unconcerned) End() {}

// States is a monitor that notes in which states of the protocol the servers were.
type States interface {
	Monitor
	// List are hashes of the states, sorted.
	List() []uint32
}

// Teller is a monitor that writes an account.
type Teller interface {
	Monitor
	// Text is an operation in words, without its process; Shows says of an operation that no client asked for whether a
	// reader wants to see it.
	Text(op history.Operation) string
	Shows(op history.Operation) bool
	// Answered is called in the end for each operation that the account is about and that a client was answered.
	Answered(o account.Call)
	// Background is what else there is to tell of an instant, such as what was on the disks: whole lines, or "".
	Background(at time.Duration) string
}

// Hold is a time in which a lock or an office was held. To is negative if it lasted to the end.
type Hold struct {
	// What is held, and by whom.
	What, Who string
	From, To  time.Duration
}

// Standing is a time in which something stood that a client had asked for, as a session or a watch. Lane is what it is
// drawn with, such as "sessions"; Text says what it was. To is negative if nothing ended it. Odd says that it ended
// otherwise than its client wanted.
type Standing struct {
	Lane, Text string
	From, To   time.Duration
	Odd        bool
}

// LeaderSpan says that a machine believed itself the leader in an epoch. To is negative while it still does.
type LeaderSpan struct {
	Machine  host.Addr
	Epoch    uint64
	From, To time.Duration
}

// Truth is what the simulator knows of operations that ended unknown to their clients.
type Truth struct {
	// Resolved is how many operations' ends are known. History, unless it is nil, is the history with these ends, which
	// shows what the clients could not see.
	Resolved int
	History  history.History
	// Masked says that something is wrong that no client could have seen.
	Masked bool
	// Verdicts are what the service's checkers say of it.
	Verdicts []checker.Verdict
}
