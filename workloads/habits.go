package workloads

import "time"

// Habits are what the clients of a trial do besides what the workload is about. What they draw for that they draw from
// streams of its own, so that all else stays as it is.
type Habits struct {
	// ReadOnly says that clients of Run make do with servers that have no leader.
	ReadOnly bool
	// Asks says that sessions ask for any timeout, and for another one at each reconnect.
	Asks bool
	// TimeoutMin and TimeoutMax bound what the service grants. They are asked for as well, and what lies beyond.
	TimeoutMin, TimeoutMax time.Duration
}

// Grant is the timeout that a client asked for in a handshake, in milliseconds, and the one that it was granted.
type Grant struct {
	Session        int64
	Asked, Granted int32
}

// Names of streams: see clients.Client.Aside.
const (
	asideTap uint64 = iota + 1
)

// taps says whether something is to be done between clients and servers.
func (h Habits) taps() bool { return h.Asks }
