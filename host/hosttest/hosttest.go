// Package hosttest is the conformance suite of hosts: what package host promises, tried on a host.
//
// A program that runs on one host runs on every other one only if they keep the same promises, so the simulated
// machine and the real one both pass this suite. It asks for what a host without faults must do. What a host may do
// (lose a message, tear a write) it neither asks for nor forbids; what must never happen (an early alarm, a call from
// two sides at once) it provokes as well as it can.
//
// The suite knows no clock, network or disk of its own: it waits through the Harness, and it judges times by the
// clocks of the machines under test. It never fails for want of speed, short of the harness's own patience.
package hosttest

import (
	"testing"

	"ordeal/host"
)

// The machines of the suite. Programs run on Servers, processes on Clients, and the machine Absent is never booted.
var (
	Servers = []host.Addr{"n1", "n2", "n3"}
	Clients = []host.Addr{"c1", "c2"}
	Absent  = host.Addr("n9")
)

const (
	n1 = host.Addr("n1")
	n2 = host.Addr("n2")
	n3 = host.Addr("n3")
	c1 = host.Addr("c1")
	c2 = host.Addr("c2")
)

// Harness is a few machines that know each other by name: all that is special about one kind of host. Its methods are
// called by the test alone, never by a program or process.
type Harness interface {
	// Boot starts a program on a server that is down, as all are at first. When Boot returns, the boot function has
	// returned too, or ended in Host.Stop, or will do so before Wait returns.
	Boot(addr host.Addr, boot host.Boot)
	// Crash takes a server down at once, as a kill does. The disk remains.
	Crash(addr host.Addr)
	// Down says whether a server is down: not yet booted, failed to boot, stopped, or crashed.
	Down(addr host.Addr) bool
	// Go starts a process on a client.
	Go(addr host.Addr, f func(host.Process))
	// Wait lets time pass until the condition holds, or fails the test, which then names what it waited for.
	// Conditions read only what a lock guards: on a real machine the rest goes on meanwhile.
	Wait(what string, holds func() bool)
}

// Run runs the suite. Every test gets a harness of its own from newHarness, which cleans it up by t.Cleanup.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, h Harness)
	}{
		{"message/bytes", testMessageBytes},
		{"message/owned by the receiver", testMessageOwned},
		{"message/to an absent machine", testMessageToAbsent},
		{"alarm/never early", testAlarmNeverEarly},
		{"alarm/replaced", testAlarmReplaced},
		{"alarm/cleared", testAlarmCleared},
		{"alarm/long past", testAlarmPast},
		{"clock/monotonic", testClockMonotonic},
		{"turns/one call at a time", testTurns},
		{"conn/frames in order", testConnOrder},
		{"conn/frames owned by the receiver", testConnOwned},
		{"conn/closed by the program", testConnProgramCloses},
		{"conn/closed by the process", testConnProcessCloses},
		{"conn/server crashes", testConnServerCrashes},
		{"conn/to an absent machine", testConnToAbsent},
		{"conn/two at once", testConnTwo},
		{"disk/steps", testDiskSteps},
		{"disk/order", testDiskOrder},
		{"disk/done is an event of its own", testDiskDone},
		{"disk/error stops the job", testDiskError},
		{"disk/reading", testDiskReading},
		{"disk/reading in a job", testDiskReadSteps},
		{"disk/acknowledged survives a crash", testDiskCrash},
		{"disk/like a map of files", testDiskModel},
		{"stop/in a call", testStopInCall},
		{"stop/in a done", testStopInDone},
		{"stop/in boot", testStopInBoot},
		{"stop/boot error", testBootError},
		{"process/sleep", testProcessSleep},
		{"process/after", testProcessAfter},
		{"process/signal", testProcessSignal},
		{"process/one at a time", testProcessTurns},
		{"process/end", testProcessEnd},
		{"rand/streams", testRandStreams},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, newHarness(t)) })
	}
}
