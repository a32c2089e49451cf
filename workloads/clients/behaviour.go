package clients

import (
	"time"

	"ordeal/host"
)

// Behaviour is what one client does with a service. A Group makes one for each client, and a new one for a client that
// begins anew after a crash. Its methods run in the client's process and may wait. An Asker has Connect, Standing and
// Close for those that embed one.
type Behaviour interface {
	// Connect makes the client ready to ask, which takes a connection, and a session if the service has those. It is
	// called before every turn, so mostly there is nothing to do. It reports false if that was not possible before the
	// trial's clock (Client.Elapsed) showed until.
	Connect(c *Client, until time.Duration) bool
	// Turn does what a client does in one go. Which that is must depend on the client's number, on what the client
	// draws and on what the service answers, and on nothing that happened in earlier turns.
	Turn(c *Client)
	// Probe does the least that shows that the service can be used, and reports whether it worked.
	Probe(c *Client) bool
	// Drain looks for the last time at everything that is in the service, or at the i-th share of n, counted from 0. It
	// uses Client.Insist for each look, and so returns only when it has seen everything.
	Drain(c *Client, i, n int)
	// Standing says how the client stands with the service: the service's name for its session, 0 if it has none, and
	// the server that it is connected to, "" for none.
	Standing() (session int64, server host.Addr)
	// Close ends the session and the connection, if there are any.
	Close(c *Client)
}

// Role is what a client is there for.
type Role uint8

const (
	// Running clients take turns until the trial's stop.
	Running Role = iota + 1
	// Probing clients find out whether the service can be used.
	Probing
	// Draining clients look at everything for the last time.
	Draining
)

// String is "running", "probing" or "draining".
func (r Role) String() string { return [...]string{"", "running", "probing", "draining"}[r] }
