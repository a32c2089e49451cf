package trial

import (
	"context"
	"io"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/host"
)

// RemoteStage is where a service that runs already is tried: real servers, in real time.
type RemoteStage struct {
	// Servers are host:port each.
	Servers  []host.Addr
	Workload string
	Seed     uint64
	// Clients is how many clients there are to be, and Rate about how many operations they begin in a second.
	Clients, Rate int
	// SessionTimeout is that of the clients' sessions; 0 leaves it to the service.
	SessionTimeout time.Duration
	Record         *history.Recorder
	// Now is the time since the beginning.
	Now func() time.Duration
	// Run runs processes that take turns, each on a machine of its own, and waits until all have ended: for so long at
	// most, or less if the trial is to be cut short. Those that have not ended by then are stopped, and it reports false.
	Run func(limit time.Duration, processes ...func(p host.Process)) (ended bool)
	// Ask sends a server a few words on a connection of its own, and returns all that comes until the server closes it,
	// for so long at most.
	Ask func(server host.Addr, words string, patience time.Duration) (answer string, err error)
	// Dial connects a machine to an address, host:port, over whatever network there is between them. One that is no
	// client's looks around, and no fault is between it and the servers. The connection is a net.Conn.
	Dial func(ctx context.Context, from host.Addr, address string) (io.ReadWriteCloser, error)
	// Aside calls f for a process that Run runs, and waits for it while others take their turns. f may wait, must touch
	// nothing that they share, and is to return when its context is over: then the process has ended.
	Aside func(p host.Process, f func(ctx context.Context))
	// Do calls f while no process runs, for goroutines that are none. f must not wait.
	Do func(f func())
	// Find are the names of known differences of who serves that are to be found, and not to be let pass.
	Find []string
	// Logs ends the servers, if the trial has started them and the service itself can read what they leave, and returns
	// the folder of each; else it returns none.
	Logs func() []string
	// Hurried says that the trial is to be cut short.
	Hurried func() bool
	// Note adds something that a reader of the report has to know, and Measure a count to the report.
	Note    func(format string, args ...any)
	Measure func(m checker.Measure)
}

// MeasureExpired is what reports call how many sessions of clients have expired, as these were told.
const MeasureExpired = "sessions that expired"

// Remote is a service that runs already, in one trial. Its methods are called in the order in which they stand here.
type Remote interface {
	// Arrive finds out whether the service lets itself be tried, and prepares that. The error says why not.
	Arrive() error
	// Clients are those of the stage's workload, which begin nothing after an instant of the stage's clock.
	Clients(stop time.Duration) RemoteClients
	// Finish ends what the clients left open. It returns verdicts besides the workload's, and why the history can't be
	// judged, "" if it can.
	Finish() (verdicts []checker.Verdict, unjudged string)
	// Leave removes what Arrive and the clients have left behind.
	Leave()
}

// RemoteClients are clients that can be told to begin nothing more.
type RemoteClients interface {
	Clients
	Stop()
}
