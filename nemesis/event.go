package nemesis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/host"
)

// EventType says what an event tells of its step.
type EventType uint8

const (
	// Fired begins a fault: it is carried out right after the event.
	Fired EventType = iota
	// Ended ends a fault that fired: its end came, or it was healed. A fault that happens at once has no such event.
	Ended
	// Skipped says that the step's time came and it could not be carried out.
	Skipped
	// NotReached says that the trial ended before the step's time.
	NotReached
)

var eventTypeNames = []string{"fired", "ended", "skipped", "not reached"}

func (t EventType) String() string { return eventTypeNames[t] }

// Event is what became of a step.
type Event struct {
	Time time.Duration // the world's
	Step int           // the step's place in the plan
	Type EventType
	For  time.Duration
	Fault
	// Machines are those that the target resolved to, sorted. Empty for a partition whose shape has no target.
	Machines []host.Addr
	// Ways are the directions of links that a network fault hits, sorted.
	Ways []Way
	// Turns are a Swizzle's: which machine is clogged when.
	Turns []Turn
	// Softened says what a merciful policy has taken from the fault, and why; "" for nothing.
	Softened string
	// Detail says in words whom the fault hits ("n1 | n2 n3"), and for Skipped and NotReached why it does not. For
	// Ended it is "" or says what was special: that it was healed, or that a trap never sprang.
	Detail string
}

// String is the event for a log: "9.2s fired crash minority: n1 n3".
func (e Event) String() string {
	text := fmt.Sprintf("%s %s %s", formatDuration(e.Time), e.Type, e.Fault)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Softened != "" && e.Type == Fired {
		text += " (softened: " + e.Softened + ")"
	}
	return text
}

func list(machines []host.Addr) string {
	return joinAddrs(slices.SortedFunc(slices.Values(machines), compareAddr), " ")
}

func joinAddrs(machines []host.Addr, separator string) string {
	names := make([]string, len(machines))
	for i, m := range machines {
		names[i] = string(m)
	}
	return strings.Join(names, separator)
}

func compareWay(a, b Way) int {
	return cmp.Or(compareAddr(a.From, b.From), compareAddr(a.To, b.To))
}
