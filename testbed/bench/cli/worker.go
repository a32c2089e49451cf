package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"

	"ordeal/testbed/bench"
	"ordeal/testbed/trial"
)

// A measurement claims its process, so several at once take several processes: this program, started again. A worker
// reads a setup from each line of its input, and answers each with a line.

type answer struct {
	Figures bench.Figures `json:"figures"`
	Error   string        `json:"error,omitempty"`
}

// serve is the life of a worker.
func serve(s *trial.Service, in io.Reader, out io.Writer) error {
	answers := json.NewEncoder(out)
	for d := json.NewDecoder(in); ; {
		var setup bench.Setup
		if err := d.Decode(&setup); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("worker: %w", err)
		}
		var a answer
		var err error
		if a.Figures, err = bench.Measure(s, setup); err != nil {
			a.Error = err.Error()
		}
		if err := answers.Encode(a); err != nil {
			return fmt.Errorf("worker: %w", err)
		}
	}
}

// crew measures setups in workers side by side.
type crew struct {
	ctx  context.Context
	args []string // that make this program a worker
	jobs int
	// told is called after every measurement, with how many of all are done.
	told func(done, all int)
}

// measure measures setups; what comes back is in their order.
func (c crew) measure(setups []bench.Setup) ([]bench.Figures, error) {
	ctx, cancel := context.WithCancelCause(c.ctx)
	defer cancel(nil)
	figures := make([]bench.Figures, len(setups))
	var mu sync.Mutex
	next, done := 0, 0
	take := func(finished bool) (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if finished {
			done++
			c.told(done, len(setups))
		}
		next++
		return next - 1, next <= len(setups) && ctx.Err() == nil
	}
	var all sync.WaitGroup
	for range min(c.jobs, len(setups)) {
		all.Go(func() {
			if err := c.work(ctx, setups, figures, take); err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	return figures, context.Cause(ctx)
}

// work lets one worker process measure, until there is nothing left to take.
func (c crew) work(ctx context.Context, setups []bench.Setup, figures []bench.Figures,
	take func(finished bool) (int, bool)) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("can't find this program to start workers from: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, c.args...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("a worker can't be started: %w", err)
	}
	defer func() {
		_ = in.Close()
		_ = cmd.Wait()
	}()
	requests, answers := json.NewEncoder(in), json.NewDecoder(bufio.NewReader(out))
	for i, ok := take(false); ok; i, ok = take(true) {
		var a answer
		if err := errors.Join(requests.Encode(setups[i]), answers.Decode(&a)); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return fmt.Errorf("the worker that measured %s over %s with seed %d ended: %w", setups[i].Load,
				setups[i].Network, setups[i].Seed, err)
		}
		if a.Error != "" {
			return errors.New(a.Error)
		}
		figures[i] = a.Figures
	}
	return nil
}
