// Package testbed puts a service on trial: a seed decides a world of machines, networks, clocks and disks, a nemesis
// breaks it, clients use the service, and checkers say whether what the clients saw was possible. It is the door for
// services of everybody; nothing in it knows what the service is.
//
// A service describes itself as a Service: its name, its workloads with their judges, and a function that makes an
// Instance of it for each trial, which says how a machine boots it (a host.Boot) and what its clients are (for most, a
// clients.Group). For one that is a set of registers this is little: see ModelWorkload, Stage.ClientConfig and
// clients.Registers. With no more than that it has campaigns in workers, replay, the trace hash, fault plans and the
// swarm, shrinking, explanations, sweeps, plots and pages, and tests. What else it says of itself buys more:
//
//   - Instance.Status: who leads, and how far a server is. Then faults can aim at leaders, the end of a trial
//     demands that all servers agree, and an explanation tells who led.
//   - Instance.Refuses: by which errors a server refuses to start from a damaged disk, as it must.
//   - Instance.Monitors: what must hold after every event (package monitor has invariants over statuses).
//   - Service.Bugs and Marks: failpoints as planted bugs, with a price list, and as places at which faults crash a
//     server.
//   - Service.Items: paths that a campaign should have gone.
//   - Service.Deeds and Scenarios: what has to line up, in a small language (package scenario).
//   - Service.Faults, Length and Settings: which faults it is to stand, how long trials last, and which variants there
//     are.
//   - Service.Drills: short trials in which every fault is tried at every point.
//   - Instance.Operator, Service.Asks and Tells: servers that join and leave, snapshots, leadership that is handed
//     over.
//
// A program of the service's own has all commands of ordeal:
//
//	func main() { testbed.Main(kv.Service()) }
//
// And a Go test plays trials, or one that once failed:
//
//	func TestTrials(t *testing.T) { testbed.Test(t, kv.Service().Campaign("", "swarm"), 1, 100) }
//
// Find and Play are for tests that hold that trials of a service that is known to be wrong do fail. The folder examples
// has whole services. The parts of the testbed stand below: package trial has the types,
// play plays one trial, campaign many, and shrink, sweep, pricing and coverage are what their names say.
package testbed
