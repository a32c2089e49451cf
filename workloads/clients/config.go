package clients

import (
	"time"

	"ordeal/history"
)

// Config says how many clients do how much. In Clients, Rate and Patience zero means the default.
type Config struct {
	Clients  int           // how many share Rate; default 10
	Rate     int           // operations a second that all clients of Run together aim at; default 100
	Patience time.Duration // for one operation of a client of Run, on its own clock; default 5s
	Stop     time.Duration // the instant, by Now, from which on clients of Run begin no turn
	// Draws is what everything that clients draw comes from.
	Draws uint64
	// Script, unless it is nil, is what the clients of Run do instead of taking turn after turn until Stop.
	Script Script
	// Record takes the history. It must not be nil.
	Record *history.Recorder
	// Now is the clock that Stop is on: the trial's, not a machine's. It must not be nil.
	Now func() time.Duration
}

func (c Config) filled() Config {
	preset(&c.Clients, 10)
	preset(&c.Rate, 100)
	preset(&c.Patience, 5*time.Second)
	return c
}

func preset[T ~int | ~int64](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}
