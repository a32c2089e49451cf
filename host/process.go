package host

import (
	"log/slog"
	"math/rand/v2"
	"time"
)

// Process is the machine as straight-line software sees it: a function that takes one runs from top to bottom and
// waits where it must. In the simulator it is a coroutine, elsewhere a goroutine; the code is the same.
//
// Everything that belongs to one process (the function itself, what After runs, a ConnHandler's methods) runs one at
// a time and switches only where the function waits, in Sleep and in Signal.Wait. So a process needs no locks. It ends
// when the function returns: connections that are open are closed then, and nothing of it is called any more.
type Process interface {
	// Self is the machine that the process runs on.
	Self() Addr
	// Now is the machine's monotonic clock.
	Now() time.Duration
	// Sleep waits for d.
	Sleep(d time.Duration)
	// After runs f once, d from now, unless cancel is called before. f must not wait.
	After(d time.Duration, f func()) (cancel func())
	// NewSignal makes a signal that is not set.
	NewSignal() Signal
	// Dial opens a connection to a program's client port. It returns at once: h hears what becomes of it. Frames that
	// are sent before it is open wait for that, and go out then even if it was closed meanwhile.
	Dial(to Addr, h ConnHandler) Conn
	// Rand is this process's own stream of chance.
	Rand() *rand.Rand
	Log() *slog.Logger
}

// Signal is what a process waits for: something else of the same process sets it.
type Signal interface {
	// Set wakes the wait that is under way, or the next one.
	Set()
	// Wait waits until the signal is set and clears it, and then reports true; or until timeout has passed, and then
	// reports false. A negative timeout waits for ever. Only one wait may be under way.
	Wait(timeout time.Duration) bool
}

// ConnHandler hears what becomes of a connection that a process dialled. Its methods must not wait.
type ConnHandler interface {
	// Opened says that the connection stands.
	Opened()
	// Frame takes one frame, in order. The handler owns payload.
	Frame(payload []byte)
	// Closed says that the connection is gone, or never came to be. It is the last call, and it is not made after
	// the process closed the connection itself.
	Closed()
}
