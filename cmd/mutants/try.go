package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"time"
)

// result is what became of a mutant, as a line of the file of results has it.
type result struct {
	Number int `json:"number"` // in the order in which they were drawn, from 1
	mutant
	Compiles bool `json:"compiles"`
	// Test is the first test that failed; empty if none did.
	Test string `json:"test,omitempty"`
	// Campaign is "caught", "missed", or "not run".
	Campaign string `json:"campaign,omitempty"`
	// Trials is how many trials the campaign played, the one that caught it included; Found is what that one said.
	Trials int    `json:"trials,omitempty"`
	Found  string `json:"found,omitempty"`
	// Seconds is the real time that it all took.
	Seconds float64 `json:"seconds"`
}

func (r result) caught() bool { return r.Test != "" || r.Campaign == "caught" }

// trier tries mutants as its flags say.
type trier struct {
	*workshop
	tests    []string      // patterns of packages whose tests are run
	cpu      time.Duration // that a process of theirs may use
	campaign string        // all, missed or none: which mutants a campaign tries
	trials   int
	seeds    int // the first seed of the campaign
	jobs     int
}

// try says what becomes of one mutant.
func (t *trier) try(ctx context.Context, number int, m mutant) (result, error) {
	r := result{Number: number, mutant: m, Campaign: "not run"}
	began := time.Now()
	err := t.with(m, func() error {
		built, err := t.run(ctx, 0, "go", "build", "./"+path.Dir(m.File))
		if r.Compiles = built.ok; err != nil || !built.ok {
			return err
		}
		if r.Test, err = t.unitTests(ctx, m); err != nil {
			return err
		}
		if t.campaign == "none" || t.campaign == "missed" && r.Test != "" {
			return nil
		}
		return t.trialsOf(ctx, &r)
	})
	r.Seconds = time.Since(began).Round(time.Second / 10).Seconds()
	return r, err
}

// unitTests returns the first test that fails, or "". The mutant's own package comes first: its tests are the
// likeliest.
func (t *trier) unitTests(ctx context.Context, m mutant) (string, error) {
	if len(t.tests) == 0 {
		return "", nil
	}
	for _, packages := range [][]string{{"./" + path.Dir(m.File)}, t.tests} {
		args := append([]string{"test", "-failfast", "-timeout", t.patience.String()}, packages...)
		tested, err := t.run(ctx, t.cpu, "go", args...)
		switch {
		case err != nil:
			return "", err
		case tested.late:
			return "the tests did not end", nil
		case !tested.ok:
			return why(tested.output), nil
		}
	}
	return "", nil
}

// trialsOf plays trials until one is invalid.
func (t *trier) trialsOf(ctx context.Context, r *result) error {
	built, err := t.run(ctx, 0, "go", "run", "./cmd/failpoint-build", "-o", "bin/ordeal", "./cmd/ordeal")
	if err != nil || !built.ok {
		return errors.Join(err, fmt.Errorf("the command does not build: %s", why(built.output)))
	}
	bounded, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	cmd := t.command(bounded, 0, "bin/ordeal", "run", "--require", "none", "--json", "--out", "ordeal-results",
		"--seeds", fmt.Sprintf("%d-%d", t.seeds, t.seeds+t.trials-1), "--jobs", fmt.Sprint(t.jobs))
	err = watch(cmd, r)
	if r.Campaign == "caught" {
		cancel()
	}
	if waited := cmd.Wait(); err == nil && r.Campaign == "missed" {
		err = t.ending(ctx, bounded, waited, r)
	}
	return err
}

// ending says what it means that a campaign ended without an invalid trial.
func (t *trier) ending(ctx, bounded context.Context, waited error, r *result) error {
	exit := (*exec.ExitError)(nil)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case bounded.Err() != nil:
		r.Campaign, r.Found = "caught", "the campaign did not end"
	case errors.As(waited, &exit) && exit.ExitCode() == 2, waited == nil:
		return nil // a campaign of which a trial is unknown has missed the mutant
	default:
		return fmt.Errorf("the campaign: %w", waited)
	}
	return nil
}

// watch starts a campaign and reads what it says of its trials, up to the first that is invalid.
func watch(cmd *exec.Cmd, r *result) error {
	said, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r.Campaign = "missed"
	lines := bufio.NewReaderSize(said, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil // how the campaign ended is the caller's to see
		}
		var summary struct{ Outcome, Reason string }
		if err := json.Unmarshal(line, &summary); err != nil {
			return fmt.Errorf("a trial's summary: %w", err)
		}
		r.Trials++
		if summary.Outcome == "invalid" {
			r.Campaign, r.Found = "caught", summary.Reason
			return nil
		}
	}
}
