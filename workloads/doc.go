// Package workloads is what the clients of a trial do with the service: for each of register, lock, election, queue and
// tree a generator of operations, and a client that carries them out and records what it saw. It judges nothing. How
// clients take turns and record operations is in package workloads/clients, which knows no service.
//
// The shapes of the operations are those of the table in docs/ARCHITECTURE.md, and for the tree of docs/HISTORIES.md.
// Histories are made so that they can be judged:
//
//   - A process that saw an info is never used again: its client goes on as another process, with a new session.
//   - Objects are many and short-lived. A few clients use an object. When it has seen enough operations, or too many of
//     them ended unknown, they go on to the next one: deciding whether a history is linearizable takes exponential time
//     in both. The tree is one object, because it is judged in linear time.
//   - Values are unique. (A register's go up by one over all registers.)
//   - Lost data is a result and not an error: a register that is gone reads as version -1, which none can have.
//
// A trial makes one Env, runs Run in a process for each client, and Probe and Drain after the faults.
//
// An Env is shared by its clients without locks: they must run one at a time, as in the simulator.
package workloads
