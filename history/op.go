// Package history is what happened: operations as clients saw them, in the world's one order of events.
//
// A history is a list of events. An operation is two of them: an invoke, and later its completion (ok, fail or info)
// by the same process. The package records, reads and writes histories; it judges nothing.
package history

import "time"

// Type says what an event tells of its operation.
type Type uint8

const (
	// Invoke begins an operation.
	Invoke Type = iota
	// OK ends one that took effect. A refusal that tells something of the state ("the lock is held") is an answer
	// too, and ok.
	OK
	// Fail ends one that certainly had no effect and saw nothing.
	Fail
	// Info ends one of which it is unknown, now and later, whether it took effect. The process that saw it is never
	// used again.
	Info
)

// Op is one event of a history.
type Op struct {
	// Index is the event's place in the history, from 0.
	Index int
	// Time is the world's time in nanoseconds. Order is by Index: equal times happen.
	Time time.Duration
	// Process is the logical process, which has at most one operation under way; Nemesis for a fault's events,
	// Service for what the service did of its own accord, and Anonymous where the file names none.
	Process int
	Type    Type
	// F names the operation: "read", "acquire", …; "" where the file names none.
	F string
	// Key is the object operated on ("r3", "lock1"); "" where there is only one. Objects are independent.
	Key string
	// Value is a tree (see value.go): the argument in an invoke, the result in a completion.
	Value any
	// Error says in words why the operation is fail or info; else "".
	Error string
}

const (
	// Nemesis is the process of events that record faults.
	Nemesis = -1
	// Service is the process of events that the service caused itself, such as the end of a session.
	Service = -2
	// Anonymous is the process of events of which a file says not who did them. Each completion is an operation of its
	// own, whose argument and result are both the event's value; so is an invoke that none seems to answer, as an info.
	// Nothing is known of when it began, nor which others were its client's: only checkers that go by values alone can
	// judge it.
	Anonymous = -3
)
