package host

// Pauser is a Conn that a host can leave unread for a while: what its other end sends then waits there. A Conn that is
// not a Pauser hands over what comes.
type Pauser interface {
	// Pause stops reading, or goes on with it. A few frames that were read before may still come.
	Pause(paused bool)
}
