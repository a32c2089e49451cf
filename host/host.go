// Package host is what a program sees of its machine: a clock, a network, a disk, chance and a log.
//
// The package holds interfaces and plain data only. host/oshost makes a host of the real machine, sim makes one of
// a simulated machine, and host/hosttest is the suite that both must pass. A program that is written against this
// package runs, unchanged, in either.
//
// Two shapes of software run on a host. A Program is event-driven: the host calls it, one call at a time. A function
// that takes a Process is written straight down and waits where it must; tests and clients are written like this.
package host

import (
	"log/slog"
	"math/rand/v2"
	"time"
)

// Addr names a machine ("n1", "c3"). It is an identity, not a socket address: a host knows where to find it.
type Addr string

// Program is software that a host runs. A host calls it from one goroutine at a time, and every call runs to
// completion: these calls, and the done functions of disk jobs, are the only ways in.
type Program interface {
	// Receive takes a message from another machine. Messages may be lost, repeated, late and out of order. The
	// program owns payload.
	Receive(from Addr, payload []byte)
	// Accept takes a new connection from a client.
	Accept(c Conn)
	// Frame takes one frame from a client, in the order in which the client sent them. The program owns payload.
	Frame(c Conn, payload []byte)
	// Closed says that a connection is gone, and anything sent on it and not answered with it. It is not called for
	// a connection that the program closed itself.
	Closed(c Conn)
	// Wake says that the alarm which the program set is due.
	Wake()
}

// Boot starts a program on a host, from whatever the host's disk still holds. An error says why it can't start; the
// machine is then down.
type Boot func(h Host) (Program, error)

// Host is a machine, as the one program on it sees it.
type Host interface {
	Self() Addr
	Clock() Clock
	// Send hands a message to the network. It never blocks and never tells whether the message arrived. The caller
	// gives payload away.
	Send(to Addr, payload []byte)
	Disk() Disk
	// Rand is this machine's own stream of chance.
	Rand() *rand.Rand
	Log() *slog.Logger
	// Stop ends the program for a reason that it cannot go on from (a failed sync, say). The machine is then down
	// as after a crash. Stop does not return to its caller.
	Stop(reason error)
}

// Clock is a machine's two clocks and its alarm.
type Clock interface {
	// Now is the monotonic clock: time since an origin that differs by machine. Its rate may be a little wrong.
	Now() time.Duration
	// Wall is the time of day. It may jump either way: never order anything by it.
	Wall() time.Time
	// SetAlarm asks for one Wake at or after the instant at, on the monotonic clock. A program has one alarm: setting
	// it again replaces it, and a negative instant clears it.
	SetAlarm(at time.Duration)
}

// Conn is a client's connection, as either end sees it: frames, in order, until it breaks.
type Conn interface {
	// Send queues one frame. It never blocks. The caller gives payload away. On a connection that is gone it does
	// nothing.
	Send(payload []byte)
	// Close ends the connection after what was sent has gone out. Further calls do nothing.
	Close()
	// Peer names the other end, for logs.
	Peer() string
}
