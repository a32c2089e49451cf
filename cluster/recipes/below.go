package recipes

import (
	"time"

	"ordeal/host"
)

// What recipes in the packages below need of this one.

// Deadline is the instant that lies timeout ahead, for ever with Forever.
func Deadline(p host.Process, timeout time.Duration) time.Duration { return deadline(p, timeout) }

// Passing says whether an error goes away when the client has found another connection.
func Passing(err error) bool { return passing(err) }

// Settle calls read again until it ends with something else than a passing error, or the time is up. read must change
// nothing.
func Settle(p host.Process, until time.Duration, read func() error) error {
	return settle(p, until, read)
}
