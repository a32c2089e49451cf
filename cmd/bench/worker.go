package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"ordeal/cmd/bench/usage"
	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
)

// build is a program that plays trials, and the environment and arguments that it is given for it.
type build struct {
	program   string
	env, args []string
}

// batch is the result of trials that one worker process played one after another.
type batch struct {
	trials []play.Summary
	// cpu is all that the process used, its start included; peakBytes the most memory that it ever held.
	cpu       time.Duration
	peakBytes int64
}

// play plays trials in one worker process.
func (b build) play(ctx context.Context, lines []string) (batch, error) {
	var requests []campaign.Request
	for _, line := range lines {
		requests = append(requests, campaign.Request{Line: line})
	}
	return b.ask(ctx, requests)
}

// ask has one worker process do what is asked of it.
func (b build) ask(ctx context.Context, asked []campaign.Request) (batch, error) {
	var requests, answers, complaints bytes.Buffer
	for _, r := range asked {
		if err := json.NewEncoder(&requests).Encode(r); err != nil {
			return batch{}, err
		}
	}
	cmd := exec.CommandContext(ctx, b.program, append([]string{"worker"}, b.args...)...)
	cmd.Env = append(os.Environ(), b.env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &requests, &answers, &complaints
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(complaints.String(), "\n")
		return batch{}, fmt.Errorf("a worker of %s: %w: %s", b.program, err, first)
	}
	played, err := readAnswers(&answers)
	if err != nil {
		return batch{}, err
	}
	if len(played) != len(asked) {
		return batch{}, fmt.Errorf("a worker of %s answered %d trials of %d", b.program, len(played), len(asked))
	}
	return batch{
		trials:    played,
		cpu:       cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		peakBytes: usage.Peak(cmd.ProcessState),
	}, nil
}

func readAnswers(r io.Reader) ([]play.Summary, error) {
	var played []play.Summary
	for d := json.NewDecoder(r); ; {
		var answer struct {
			Summary play.Summary `json:"summary"`
			Error   string       `json:"error"`
		}
		switch err := d.Decode(&answer); {
		case errors.Is(err, io.EOF):
			return played, nil
		case err != nil:
			return nil, fmt.Errorf("a worker's answer: %w", err)
		case answer.Error != "":
			return nil, errors.New(answer.Error)
		}
		played = append(played, answer.Summary)
	}
}

// operations is how many the clients began in all trials.
func (b batch) operations() int {
	n := 0
	for _, s := range b.trials {
		n += s.Operations
	}
	return n
}

// virtual is how long the trials' worlds lived.
func (b batch) virtual() time.Duration {
	var d time.Duration
	for _, s := range b.trials {
		d += time.Duration(s.VirtualMs) * time.Millisecond
	}
	return d
}

// differences counts the trials that did not come out as in another batch, and names the first.
func (b batch) differences(other batch) (n int, first string) {
	for i, s := range b.trials {
		if o := other.trials[i]; s.TraceHash != o.TraceHash || s.HistoryHash != o.HistoryHash || s.Outcome != o.Outcome {
			if n++; n == 1 {
				first = s.Line
			}
		}
	}
	return n, first
}
