// Package oshost makes a host of the real machine: its clock, its TCP, a directory on its disk, its chance.
//
// Run starts one program and keeps the promises of package host to it; StartProcess starts one straight-line process.
// host/hosttest is the proof that both behave as in the simulator. This package and the commands are the only ones
// that name os, net, the time of day and goroutines.
//
// A machine is one goroutine that calls the program, and others that feed it: a reader and a writer for each
// connection, a link to each peer, a disk. What they feed it waits in one bounded inbox, so that a machine which can't
// keep up pushes back on its clients instead of growing. An alarm is looked at after a batch of calls, so a program
// that sets one for the instant is woken when it has seen what came in together: under load that is its chance to write
// and answer for many at once. What it sends to clients meanwhile is written together, by the loop itself where that
// needs no waiting (flush.go).
//
// Between machines there is no secrecy and no proof of who is who, unless PeerTLS is given: otherwise the peer port
// belongs in a network that is trusted. Garbage on any port costs a connection and a log line, nothing else.
package oshost
