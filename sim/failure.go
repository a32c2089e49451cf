package sim

import (
	"fmt"
	"runtime/debug"
	"time"

	"ordeal/host"
)

// Failure is a program or a process that panicked, or a loop without end. The machine is down since.
type Failure struct {
	Machine host.Addr
	At      time.Duration // true virtual time
	Process string        // which process, as its stream is named ("c7/1"); "" for a program
	Message string
	Stack   string // for people: it is not the same in every run
}

// Error is the failure as one sentence, so that a Failure is an error.
func (f Failure) Error() string {
	who := string(f.Machine)
	if f.Process != "" {
		who = "process " + f.Process
	}
	return fmt.Sprintf("%s at %v: %s", who, f.At, f.Message)
}

// Stop is a program that stopped itself, by Host.Stop or because its Boot failed. The machine is down since.
type Stop struct {
	Machine host.Addr
	At      time.Duration
	Reason  error
	Boot    bool // its Boot failed
}

// CrashNow is what code within a machine's program panics with to crash that machine at that very point. A failpoint
// does it. It is a crash, not a failure.
type CrashNow struct{}

// stopped unwinds a program that called Host.Stop.
type stopped struct{ reason error }

// killed unwinds a process whose machine crashed or whose world closed.
type killed struct{}

// Failures lists what panicked so far, in order.
func (w *World) Failures() []Failure { return w.failures }

// Stops lists the programs that stopped themselves so far, in order.
func (w *World) Stops() []Stop { return w.stops }

// caught takes what a machine's software panicked with. The machine crashes.
func (m *machine) caught(cause any, process string) {
	m.doomed = true
	switch cause := cause.(type) {
	case CrashNow, killed:
	case stopped:
		m.w.stops = append(m.w.stops, Stop{Machine: m.name, At: m.w.now, Reason: cause.reason})
	default:
		m.w.failures = append(m.w.failures, Failure{
			Machine: m.name, At: m.w.now, Process: process, Message: fmt.Sprint(cause), Stack: stackOf(cause),
		})
	}
}

// stackOf is where a panic was: here, unless what it panicked with has been elsewhere and says so by a method Stack.
func stackOf(cause any) string {
	if s, ok := cause.(interface{ Stack() string }); ok {
		return s.Stack()
	}
	return string(debug.Stack())
}
