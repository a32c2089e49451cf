package recipes

import (
	"errors"
	"math"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Outcome says what became of an operation.
type Outcome uint8

const (
	// Done says that it took effect.
	Done Outcome = iota
	// NoEffect says that it certainly did not, and never will.
	NoEffect
	// Unknown says that it is not known whether the operation took effect.
	Unknown
)

// String is "done", "no effect" or "unknown".
func (o Outcome) String() string { return [...]string{"done", "no effect", "unknown"}[o] }

var (
	// ErrGaveUp says that the time for the operation was up.
	ErrGaveUp = errors.New("recipes: the time was up")
	// ErrNotHeld says that there is nothing to give back.
	ErrNotHeld = errors.New("recipes: it is not held")
	// ErrHeld says that it is held already, by the same contender.
	ErrHeld = errors.New("recipes: it is held already")
	// ErrLost says that the contender's znode is gone: its session ended, or another client removed it.
	ErrLost = errors.New("recipes: the place in line is lost")
)

// Forever as a timeout means: as long as the session lives.
const Forever time.Duration = -1

// Deadline is the instant that lies timeout ahead, for ever with Forever.
func Deadline(p host.Process, timeout time.Duration) time.Duration {
	if timeout < 0 {
		return math.MaxInt64
	}
	return p.Now() + timeout
}

// timeLeft is the time until a deadline, as a wait takes it: negative for ever.
func timeLeft(p host.Process, until time.Duration) time.Duration {
	if until == math.MaxInt64 {
		return -1
	}
	return max(0, until-p.Now())
}

// Passing says whether an error goes away when the client has found another connection.
func Passing(err error) bool {
	return errors.Is(err, client.ErrConnectionLoss) || errors.Is(err, client.ErrNotSent) ||
		errors.Is(err, wire.SessionMoved)
}

// failed is the outcome of a write that ended with err and could not be settled; doubt says whether an earlier try of
// the same write may have taken effect.
func failed(err error, doubt bool) Outcome {
	if doubt || client.MaybeApplied(err) {
		return Unknown
	}
	return NoEffect
}

// Settle calls read again until it ends with something else than a passing error, or the time is up. read must change
// nothing.
func Settle(p host.Process, until time.Duration, read func() error) error {
	for {
		err := read()
		if err == nil || !Passing(err) || p.Now() >= until {
			return err
		}
	}
}
