package host

import (
	"errors"
	"time"
)

// Kerneled is a Host, or a Process, that has a Kernel. Every simulated one has; the real machine's has none, for there
// the operating system itself does all of this.
type Kerneled interface {
	Kernel() Kernel
}

// Kernel is to software what an operating system is to an ordinary program: to one that asks for things and waits,
// where a Program is called.
//
// Nothing of it waits. What can't be had yet is ErrWait, and a function that was given for that is called when it may
// be there, as an input of the machine.
type Kernel interface {
	// Spend takes CPU time of the machine, and returns what its monotonic clock shows then.
	Spend(d time.Duration) time.Duration
	// Wall is the time of day, once what was spent has passed.
	Wall() time.Time
	Sockets() Sockets
	Tree() Tree
}

// Errors of a Kernel, besides those of package io/fs.
var (
	ErrWait     = errors.New("not yet")
	ErrRefused  = errors.New("connection refused")
	ErrReset    = errors.New("connection reset by the other end")
	ErrTimeout  = errors.New("the connection timed out")
	ErrShut     = errors.New("the connection was shut down for writing")
	ErrInUse    = errors.New("the port is in use")
	ErrTooLong  = errors.New("the message is too long")
	ErrTooMany  = errors.New("too many sockets")
	ErrNotDir   = errors.New("not a directory")
	ErrIsDir    = errors.New("is a directory")
	ErrNotEmpty = errors.New("the directory is not empty")
	ErrFull     = errors.New("no space left on the disk")
	ErrDisk     = errors.New("the disk reports an error")
)
