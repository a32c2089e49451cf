package machines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"ordeal/cmd/bench/usage"
	"ordeal/testbed/campaign"
	"ordeal/testbed/fleet"
	"ordeal/testbed/play"
)

// answered is as long as the text of a trial's result is, about.
var answered = strings.Repeat("0123456789abcdef", 256)

// idle plays no trial, and answers at once.
type idle struct{}

func (idle) Run(_ context.Context, r campaign.Request) (play.Summary, error) {
	return play.Summary{Line: r.Line, Text: answered}, nil
}

func (idle) Close() {}

func newIdle() (campaign.Worker, error) { return idle{}, nil }

// asking measures the CPU time that it takes to have one of so many trials played far away: of a server, of who asks
// and of who answers, all in this process.
func asking(ctx context.Context, trials int) (time.Duration, error) {
	store, err := os.MkdirTemp("", "machines-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(store)
	s, err := fleet.StartServer(fleet.Serving{Listen: "127.0.0.1:0", Store: store})
	if err != nil {
		return 0, err
	}
	defer s.Close()
	place := fleet.Place{URL: s.URL(), Program: "bench", Memory: true}
	c, err := fleet.NewCoordinator(ctx, place, newIdle)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	ctx, stop := context.WithCancel(ctx)
	over := make(chan error, 1)
	go func() { over <- fleet.Workers{Place: place, Jobs: 2, NewWorker: newIdle}.Work(ctx) }()
	took, err := timed(ctx, c, trials)
	stop()
	return took, errors.Join(err, <-over)
}

func timed(ctx context.Context, c *fleet.Coordinator, trials int) (time.Duration, error) {
	w, err := c.Worker()
	if err != nil {
		return 0, err
	}
	before := usage.Own()
	for i := range trials {
		if _, err := w.Run(ctx, campaign.Request{Line: fmt.Sprint("trial ", i)}); err != nil {
			return 0, err
		}
	}
	return (usage.Own() - before) / time.Duration(trials), nil
}
