package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ordeal/testbed/kept"
	"ordeal/testbed/play"
	"ordeal/testbed/target"
)

// notWithTarget are flags of `ordeal run` that mean something in a simulated world only.
var notWithTarget = []string{"nodes", "faults", "plan", "bug", "settings", "twice", "jobs", "require", "guided",
	"scenario", "order"}

// runTarget puts a service that runs elsewhere on trial: each seed with each workload, one after the other.
func runTarget(cmd *cobra.Command, f runFlags) error {
	trials, err := f.targetTrials(cmd)
	if err != nil {
		return Usage(err)
	}
	_, missing := os.Stat(f.out)
	if err := kept.CheckOut(f.out); err != nil {
		return Usage(err)
	}
	t := &targetRun{flags: f, out: cmd.OutOrStdout(), text: cmd.OutOrStdout(), page: target.NewPage(f.app.service.Name+
		" run --target", f.app.commandLine())}
	if f.json {
		t.text = cmd.ErrOrStderr()
	}
	if err := t.all(cmd.Context(), trials); err != nil {
		if missing != nil {
			_ = os.Remove(f.out) // it goes if there is nothing in it
		}
		return err
	}
	if code := t.exit(cmd.Context()); code != exitValid {
		return exitError{Code: code}
	}
	return nil
}

// targetTrials are what the flags ask for.
func (f *runFlags) targetTrials(cmd *cobra.Command) (iter.Seq[target.Target], error) {
	for _, flag := range notWithTarget {
		if cmd.Flags().Changed(flag) {
			return nil, fmt.Errorf("--target and --%s: either one or the other, since a target runs in real time and "+
				"without faults", flag)
		}
	}
	servers, err := target.ParseServers(f.target)
	if err != nil {
		return nil, fmt.Errorf("--target %s: %w", f.target, err)
	}
	first, last, err := f.targetSeeds()
	if err != nil {
		return nil, err
	}
	if f.budget < 0 {
		return nil, fmt.Errorf("--budget %v: it must not be negative", f.budget)
	}
	if f.budget == 0 && last == noLast {
		f.budget = defaultBudget
	}
	names := f.app.service.PickWorkloads(splitList(f.workloads), "")
	one := func(workload string, seed uint64) target.Target {
		return target.Target{Service: f.app.service, Servers: servers, Workload: workload, Seed: seed, Length: f.length,
			Rate: f.rate}
	}
	for _, w := range names {
		if err := one(w, first).Check(); err != nil {
			return nil, err
		}
	}
	return func(yield func(target.Target) bool) {
		for seed := first; ; seed++ {
			for _, w := range names {
				if !yield(one(w, seed)) {
					return
				}
			}
			if seed == last {
				return
			}
		}
	}, nil
}

// targetSeeds is the first and the last seed: one that chance draws, if none is given.
func (f *runFlags) targetSeeds() (first, last uint64, err error) {
	if !f.oneSeed && f.seeds == "" {
		seed := rand.Uint64N(1_000_000)
		return seed, seed, nil
	}
	return f.seedRange()
}

// targetRun is a run of trials on a target.
type targetRun struct {
	flags runFlags
	// out is for what programs read, text for what people read.
	out, text io.Writer
	page      *target.Page
	// counts are trials by outcome.
	counts map[string]int
}

// all plays the trials until the budget is spent or it is interrupted.
func (t *targetRun) all(ctx context.Context, trials iter.Seq[target.Target]) error {
	begun := time.Now()
	t.counts = map[string]int{}
	for one := range trials {
		if ctx.Err() != nil || t.flags.budget > 0 && time.Since(begun) >= t.flags.budget {
			break
		}
		one.Begun = func() { fmt.Fprintf(t.text, "on trial  %s\n", one.Line()) }
		r, err := one.Run(ctx)
		if errors.Is(err, target.ErrRefused) && len(t.counts) == 0 {
			return Usage(err) // nothing was tried yet
		}
		if err == nil {
			t.counts[r.Summary.Outcome]++
			err = t.show(one, r)
		}
		if err != nil {
			return err
		}
	}
	if err := t.page.Write(kept.Folder(t.flags.out)); err != nil {
		return fmt.Errorf("the page over all trials can't be written: %w", err)
	}
	if ctx.Err() != nil {
		fmt.Fprintln(t.text, "interrupted")
	}
	fmt.Fprintf(t.text, "%d valid, %d unknown, %d invalid\n", t.counts[play.Valid], t.counts[play.Unknown],
		t.counts[play.Invalid])
	fmt.Fprintf(t.text, "page: %s\n", filepath.Join(t.flags.out, "index.html"))
	return nil
}

// show prints a trial and writes its files.
func (t *targetRun) show(one target.Target, r play.Result) error {
	fmt.Fprint(t.text, r.Summary.Text)
	dir := filepath.Join(t.flags.out, one.Folder())
	if err := r.Write(kept.Folder(dir)); err != nil {
		return err
	}
	fmt.Fprintf(t.text, "  files: %s\n", dir)
	result := r.Report.Result()
	t.page.Add(result, one.Folder())
	if !t.flags.json {
		return nil
	}
	line, err := result.JSON()
	if err == nil {
		_, err = t.out.Write(line)
	}
	return err
}

// exit is the exit code. What was cut short is no pass.
func (t *targetRun) exit(ctx context.Context) int {
	switch {
	case t.counts[play.Invalid] > 0:
		return exitInvalid
	case t.counts[play.Unknown] > 0 || t.counts[play.Valid] == 0 || ctx.Err() != nil:
		return exitUnknown
	}
	return exitValid
}
