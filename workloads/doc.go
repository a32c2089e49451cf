// Package workloads is what the clients of a trial do: for each of register, lock, election and queue a generator, and
// the client that carries out what it draws and writes down what it saw. It judges nothing.
//
// The shapes of the operations are those of the table in docs/ARCHITECTURE.md. What a history must be like so that it
// can be judged is settled here:
//
//   - A process that saw an info is never used again: whoever was it goes on under a new number, with a new session.
//   - Objects are many and short-lived. A few clients use an object, and when it has seen enough operations, or too
//     many of them ended unknown, they go on to the next one: deciding whether a history is linearizable takes
//     exponential time in both.
//   - Values are unique. (A register's go up by one over all registers.)
//   - What vanished is not passed over as an error: a register that is gone reads as version -1, which none can have.
//
// A trial makes one Env, runs Run in a process for each client, and after the faults Probe and Drain.
//
// An Env is shared by its clients without locks: they must run one at a time, as in the simulator.
package workloads
