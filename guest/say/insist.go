package say

import (
	"context"
	"errors"
	"time"
)

var errInsists = errors.New("it is not answered yet, and is tried on")

// Insist calls f again and again until it returns nil, each time with a context that ends after so long. It waits for
// that as long as patience says, or for ever if that is negative. Then it returns Unknown, and f is tried on.
func Insist(patience, attempt time.Duration, f func(ctx context.Context) error) (Outcome, error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ; ; time.Sleep(attempt / 20) {
			ctx, cancel := context.WithTimeout(context.Background(), attempt)
			err := f(ctx)
			if cancel(); err == nil {
				return
			}
		}
	}()
	var late <-chan time.Time
	if patience >= 0 {
		late = time.After(patience)
	}
	select {
	case <-done:
		return OK, nil
	case <-late:
		return Unknown, errInsists
	}
}
