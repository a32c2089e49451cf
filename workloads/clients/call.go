package clients

import "ordeal/host"

// Call is an operation that a client began: the client's number and the turn's, both counted from 1, which operation
// of the turn it is, counted from 1 too, and the index of the event of the history that began it.
type Call struct {
	Client, Turn, Op, Event int
	// Session is the service's name for the client's session, 0 if it has none.
	Session int64 `json:"-"`
	// Server is the server to which the client was connected when the operation ended; if to none, the one when it
	// began; "" if neither is known.
	Server host.Addr `json:"-"`
}
