package say_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"ordeal/guest/say"
)

// TestInsist: what fails is called again, with a new time to do it in; and what takes longer than the caller waits goes
// on.
func TestInsist(t *testing.T) {
	calls := 0
	outcome, err := say.Insist(-1, 20*time.Millisecond, func(ctx context.Context) error {
		if calls++; calls == 1 {
			<-ctx.Done()
			return ctx.Err()
		}
		return ctx.Err()
	})
	if outcome != say.OK || err != nil || calls != 2 {
		t.Errorf("%s, %v after %d calls", outcome, err, calls)
	}
	over, came := make(chan struct{}), make(chan struct{})
	outcome, err = say.Insist(0, time.Minute, func(context.Context) error {
		select {
		case <-over:
			close(came)
			return nil
		case <-time.After(time.Minute):
			return errors.New("it was not let end")
		}
	})
	if outcome != say.Unknown || err == nil {
		t.Errorf("what goes on is %s, %v", outcome, err)
	}
	close(over)
	select {
	case <-came:
	case <-time.After(time.Minute):
		t.Error("it does not go on")
	}
}
