// Package timeline makes the page of a trial on which everything shares one axis of virtual time: faults, what each
// server was, its disk, the messages between servers, what every client asked, who held what, and how long answers
// took.
//
// The page is one file: nothing is fetched, and the same timeline gives the same bytes. docs/RESULTS.md says how to
// read it.
package timeline

import (
	"time"

	"ordeal/reports"
)

// Timeline is a trial as the page shows it. Times are the world's, counted from its start.
type Timeline struct {
	// Trial is the head of the page, the faults, the leaders and the verdicts. Its history is not looked at: Ops is.
	Trial reports.Trial
	// Length is how long the axis is, and Moment the instant at which the page opens; negative for the whole axis.
	Length, Moment time.Duration
	Servers        []Server
	// Clients names the lanes of Ops, in their order.
	Clients []string
	Ops     []Op
	Holds   []Hold
	Story   []Line
	// Traffic is what went on between servers and on their disks; nil if it was not observed.
	Traffic *Traffic
	// Curve is how probable the violation was when; nil if it was not asked for.
	Curve *Curve
	// Standing are sessions, and watches from when they were set until they fired.
	Standing []Standing
	// Runs says that there are two runs on the axis; nil for the one of a trial.
	Runs *Runs
	// Missing says what the page can't show, and why.
	Missing []string
}

// Server is a lane: what a server was from when on, in the order of time.
type Server struct {
	Name   string
	States []State
}

// State is what a server is from an instant on: "leader", "follower", …, or Down.
type State struct {
	From time.Duration
	Role string
}

// Down is the role of a server that does not run.
const Down = "down"

// Op is an operation of a client.
type Op struct {
	// Index is the event that began it, and Client its lane.
	Index, Client int
	From          time.Duration
	// To is when it ended; negative if nothing ended it.
	To  time.Duration
	End End
	F   string
	// Text says the operation in words, with what it resulted in.
	Text string
	// Blamed says that the verdict is about it.
	Blamed bool
}

// End is how an operation ended.
type End byte

// The ends.
const (
	OK End = iota
	Info
	Fail
	Pending
)

// Hold is a time in which a lock or an office was held. To is negative if it lasted to the end.
type Hold struct {
	// What is held, and by whom.
	What, Who string
	From, To  time.Duration
}

// Standing is a time in which something stood that a client had asked for: a session, or a watch.
type Standing struct {
	// Lane is what it is drawn in, with others of its like, and Text what it was.
	Lane, Text string
	// To is when it ended; negative if nothing ended it.
	From, To time.Duration
	// Odd says that it ended otherwise than the client wanted: the session expired, the watch never fired.
	Odd bool
}

// Curve is how probable a violation was at moments of a trial, by branches of it.
type Curve struct {
	Kind string
	// Confidence is that of the bounds, in percent.
	Confidence int
	Points     []Chance
	// From and To are what the probability jumps between, and Story says in sentences what was found.
	From, To time.Duration
	Story    []string
}

// Chance is one moment: of so many branches so many failed, so the probability is from Low to High, in millionths.
type Chance struct {
	At               time.Duration
	Branches, Failed int
	Low, High        int
}

// Line is a sentence of the story.
type Line struct {
	At   time.Duration
	Text string
	// Odd says that it should not be.
	Odd bool
}
