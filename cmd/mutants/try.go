package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"strings"
	"time"
)

// result is what became of a mutant, as a line of the file of results has it.
type result struct {
	Number int `json:"number"` // in the order in which they were drawn, from 1
	mutant
	Compiles bool `json:"compiles"`
	// Tests and Campaign are "caught", "missed", or "not run".
	Tests    string `json:"tests,omitempty"`
	Campaign string `json:"campaign,omitempty"`
	// Test is the first test that failed.
	Test string `json:"test,omitempty"`
	// Trials is how many trials the campaign played, the one that caught it included; Found is what that one said.
	Trials int    `json:"trials,omitempty"`
	Found  string `json:"found,omitempty"`
	// CPU is what it all took, in seconds of CPU time.
	CPU float64 `json:"cpu"`
}

const (
	caught = "caught"
	missed = "missed"
	notRun = "not run"
)

func (r result) caught() bool { return r.Tests == caught || r.Campaign == caught }

// trier tries mutants as its flags say.
type trier struct {
	*workshop
	by     []string      // campaign or tests, or both in either order
	each   bool          // the second tries those too that the first catches
	tests  []string      // patterns of packages whose tests are run
	cpu    time.Duration // that a process of theirs may use
	trials int
	seeds  int // the first seed of the campaign
	jobs   int
}

// try says what becomes of one mutant.
func (t *trier) try(ctx context.Context, number int, m mutant) (result, error) {
	r := result{Number: number, mutant: m, Tests: notRun, Campaign: notRun}
	t.spent = 0
	err := t.with(m, func() error {
		built, err := t.run(ctx, 0, "go", "build", "-trimpath", "./"+path.Dir(m.File))
		if r.Compiles = built.ok; err != nil || !built.ok {
			return err
		}
		for _, by := range t.by {
			if r.caught() && !t.each {
				break
			}
			if by == "tests" {
				err = errors.Join(err, t.unitTests(ctx, &r))
			} else {
				err = errors.Join(err, t.trialsOf(ctx, &r))
			}
		}
		return err
	})
	r.CPU = t.spent.Round(time.Second / 10).Seconds()
	return r, err
}

// unitTests runs the unit tests up to the first that fails. The mutant's own package comes first: its tests are the
// likeliest.
func (t *trier) unitTests(ctx context.Context, r *result) error {
	r.Tests = missed
	for _, packages := range [][]string{{"./" + path.Dir(r.File)}, t.tests} {
		args := append([]string{"test", "-trimpath", "-vet=off", "-failfast", "-timeout", t.patience.String()},
			packages...)
		tested, err := t.run(ctx, t.cpu, "go", args...)
		switch {
		case err != nil:
			return err
		case tested.late:
			r.Tests, r.Test = caught, "the tests did not end"
			return nil
		case !tested.ok:
			r.Tests, r.Test = caught, why(tested.output)
			return nil
		}
	}
	return nil
}

// trialsOf plays trials until one is invalid. Marks are of no use to mutants, so the command has none, and a profile
// would have to be applied anew to every package above the mutant: what is saved in building pays for slower trials.
func (t *trier) trialsOf(ctx context.Context, r *result) error {
	built, err := t.run(ctx, 0, "go", "build", "-trimpath", "-pgo=off", "-o", "bin/trials", "./cmd/mutants/trials")
	if err != nil || !built.ok {
		return errors.Join(err, fmt.Errorf("the command does not build: %s", why(built.output)))
	}
	bounded, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	args := []string{"run", "--require", "none", "--json", "--out", "ordeal-results",
		"--seeds", fmt.Sprintf("%d-%d", t.seeds, t.seeds+t.trials-1), "--jobs", fmt.Sprint(t.jobs)}
	if apart := workloadsFor(r.File); apart != nil {
		args = append(args, "--workloads", strings.Join(apart, ","))
	}
	cmd := t.command(bounded, 0, "bin/trials", args...)
	err = watch(cmd, r)
	if r.Campaign == caught {
		cancel()
	}
	waited := t.wait(cmd)
	if err == nil && r.Campaign == missed {
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
		r.Campaign, r.Found = caught, "the campaign did not end"
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
	r.Campaign = missed
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
			r.Campaign, r.Found = caught, summary.Reason
			return nil
		}
	}
}
