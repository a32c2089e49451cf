package workloads

import "time"

// Habits are what the clients of a trial do besides what the workload is about. What they draw for that they draw from
// streams of its own, so that all else stays as it is.
type Habits struct {
	// ReadOnly says that clients of Run make do with servers that have no leader.
	ReadOnly bool
	// Eager says that clients that come back send what waits with the handshake.
	Eager bool
	// Piles says that connections break at times while a client has much to ask for, which then waits for another one.
	Piles bool
	// Rude says that clients try to take sessions over without their password; and that one takes its own session over
	// while that is in use.
	Rude bool
	// Strangers says that others use the service besides, in ways of their own: see stranger.go.
	Strangers bool
	// Super says that one user may do everything, and is known by a password.
	Super bool
	// Reconfigures says that whoever is the user that may do everything may change the ensemble.
	Reconfigures bool
	// Known says that the service serves only who has said who it is.
	Known bool
	// Second says that clients speak through a codec that is not the service's.
	Second bool
	// Kin says that the znodes of the tree have names of which one begins another.
	Kin bool
	// Tail says that clients use many registers, and most of them seldom.
	Tail bool
	// Idle is how many sessions the first client has besides, on one server; they ask for nothing.
	Idle int
	// Watches is how many watches a client of the tree sets at once, now and then.
	Watches int
	// LateXids says that clients number their requests from near the end of what an xid has room for.
	LateXids bool
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
	asideTurn
	asideIntruder
	asideIdle
	asideKey
	asideStranger
	asideFlags
	asideClaim
)

// taps says whether something is to be done between clients and servers.
func (h Habits) taps() bool {
	return h.Asks || h.Eager || h.Piles || h.Second || h.Strangers || h.Watches > 0
}

// What Config.Saw is told.
const (
	SawIntruder  = "intruder-refused"
	SawTakeover  = "session-taken-over"
	SawPile      = "requests-piled"
	SawCrowd     = "watches-many"
	SawIdle      = "sessions-idle"
	SawForeign   = "foreign-among-members"
	SawOverreach = "change-refused"
	SawLate      = "handshake-late"
	SawDouble    = "address-refused"
	SawImpostor  = "impostor-known"
	SawMoved     = "recipe-over-reconnect"
	SawUnknown   = "unknown-turned-away"
)

func (e *Env) saw(item string) {
	if e.cfg.Saw != nil {
		e.cfg.Saw(item)
	}
}
