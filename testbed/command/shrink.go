package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ordeal/testbed/campaign"
	"ordeal/testbed/emit"
	"ordeal/testbed/findings"
	"ordeal/testbed/kept"
	"ordeal/testbed/play"
	"ordeal/testbed/real/repeat"
	"ordeal/testbed/shrink"
	"ordeal/testbed/trial"
)

// shrinkFlags are the flags of `ordeal shrink`.
type shrinkFlags struct {
	app *app

	budget    time.Duration
	tries     int
	jobs      int
	kind, out string
	emit      string
	cluster   bool
	fleet     string
	findings  string
}

func (a *app) shrinkCommand() *cobra.Command {
	f := shrinkFlags{app: a}
	c := &cobra.Command{
		Use:   "shrink 'TRIAL LINE' | DIR",
		Short: "cuts a failing trial down to what it takes to fail",
		Long: `shrink looks for a smaller trial that fails in the same way: with fewer faults, operations, clients
and servers, in a shorter time, with smaller delays and errors of clocks. It tries smaller trials, several
side by side, until nothing more can go or the budget is spent. Which trial comes out depends on neither the
jobs nor the machine, unless the budget ends it.`,
		Args: ExactArgs(1, "a trial line in quotes, or a folder"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	flags := c.Flags()
	flags.BoolVar(&f.cluster, "cluster", false, "the argument is a file again.json of a trial on real processes: its "+
		"plan, operations and time are cut down by repetition")
	flags.DurationVar(&f.budget, "budget", time.Minute, "real time to spend; 0 is no bound")
	flags.IntVar(&f.tries, "tries", 0, "trials to play; 0 is no bound")
	flags.IntVar(&f.jobs, "jobs", runtime.NumCPU(), "trials side by side")
	flags.StringVar(&f.kind, "kind", "", "which violation is to stay; default the earliest")
	flags.StringVar(&f.out, "out", "ordeal-results", "folder for the files of the shrunk trial")
	flags.StringVar(&f.emit, "emit-test", "", "a new file, as x_test.go, for a Go test that fails as long as the bug "+
		"is there")
	flags.StringVar(&f.findings, "findings", "", "the folder in which campaigns remember what they found: of a finding "+
		"that is there it takes the smaller trial")
	a.addFleet(flags, &f.fleet)
	return c
}

func (f shrinkFlags) run(cmd *cobra.Command, arg string) error {
	if f.cluster {
		c := repeat.Clusters{Service: f.app.service, Dir: f.out, Budget: f.budget, Out: cmd.OutOrStdout()}
		return c.Shrink(cmd.Context(), arg)
	}
	t, err := f.app.trialOf(arg)
	if err != nil {
		return Usage(err)
	}
	switch {
	case f.jobs < 1:
		return Usage(fmt.Errorf("--jobs %d: it must be at least 1", f.jobs))
	case f.budget < 0:
		return Usage(fmt.Errorf("--budget %v: it must not be negative", f.budget))
	case f.tries < 0:
		return Usage(fmt.Errorf("--tries %d: it must not be negative", f.tries))
	}
	memory, err := f.remembered()
	if err := errors.Join(err, emit.Check(f.emit)); err != nil {
		return Usage(err)
	}
	_, err = os.Stat(f.out)
	made := errors.Is(err, fs.ErrNotExist)
	if err := kept.CheckOut(f.out); err != nil {
		return Usage(err)
	}
	err = f.shrink(cmd, t, memory)
	if made {
		_ = os.Remove(f.out) // it is there still if there is something in it
	}
	return err
}

func (f shrinkFlags) shrink(cmd *cobra.Command, t trial.Trial, memory *findings.Folder) error {
	crew, err := f.app.crew(cmd.Context(), cmd.Flags(), f.fleet, &f.jobs)
	if err != nil {
		return err
	}
	defer crew.Close()
	begun := time.Now()
	bar := newShrinkBar(cmd.ErrOrStderr(), f.budget)
	shrunk, err := shrink.Shrinker{
		NewWorker: crew.NewWorker, Jobs: f.jobs, Budget: f.budget, Tries: f.tries, Kind: f.kind, Progress: bar.progress,
	}.Run(cmd.Context(), t)
	bar.end()
	switch {
	case errors.Is(err, shrink.ErrPasses):
		return Usage(err)
	case errors.Is(err, shrink.ErrBudget):
		return Usage(fmt.Errorf("%s: %w", f.bounds(), err))
	case errors.Is(err, context.Canceled):
		return exitError{exitUnknown, errors.New("interrupted")}
	case err != nil:
		return err
	}
	dir := filepath.Join(f.out, shrunk.Trial.Name()+"-shrunk")
	if err := f.app.keepTrial(cmd.Context(), shrunk.Summary, dir); err != nil {
		return err
	}
	if err := emit.Write(f.emit, shrunk.Trial, shrunk.Kind, shrunk.Summary.Reason); err != nil {
		return err
	}
	paste, err := keepLine(shrunk.Trial.Line(), shrunk.Summary.TraceHash, dir)
	if err != nil {
		return err
	}
	fmt.Fprint(cmd.OutOrStdout(), shrunkText(shrunk, time.Since(begun), dir, paste))
	if f.emit != "" {
		fmt.Fprintf(cmd.OutOrStdout(), "  test: %s\n", f.emit)
	}
	if err := remember(cmd.OutOrStdout(), memory, shrunk.Summary); err != nil {
		return err
	}
	return exitError{Code: exitInvalid}
}

// remembered is the findings folder, nil for none.
func (f shrinkFlags) remembered() (*findings.Folder, error) {
	if f.findings == "" {
		return nil, nil
	}
	return findings.Open(f.findings, f.app.service)
}

// remember hands the shrunk trial to the findings folder, and says what it made of it.
func remember(out io.Writer, memory *findings.Folder, s play.Summary) error {
	if memory == nil {
		return nil
	}
	one, ok := memory.Of(campaign.Finding{Kind: campaign.FindingInvalid, Summary: s})
	switch {
	case !ok || memory.State(one.ID) == "":
		fmt.Fprintln(out, "  findings: no campaign has found this, so it is not remembered")
		return nil
	case !memory.Shrunk(one):
		fmt.Fprintf(out, "  findings: %s has a trial that is as small\n", one.ID)
		return nil
	}
	fmt.Fprintf(out, "  findings: %s has it\n", memory.File(one.ID))
	return memory.Write()
}

// bounds are the flags that bound a search.
func (f shrinkFlags) bounds() string {
	var words []string
	if f.budget > 0 {
		words = append(words, fmt.Sprintf("--budget %v", f.budget))
	}
	if f.tries > 0 {
		words = append(words, fmt.Sprintf("--tries %d", f.tries))
	}
	return strings.Join(words, " ")
}

// trialOf is the trial of a line or a folder.
func (a *app) trialOf(arg string) (trial.Trial, error) {
	line, _, err := WhatToReplay(a.service, arg)
	if err != nil {
		return trial.Trial{}, err
	}
	return a.service.Parse(line)
}

// keepTrial plays a trial once more to write its files. Where the tool itself perishes over it there are none.
func (a *app) keepTrial(ctx context.Context, s play.Summary, dir string) error {
	if s.TraceHash == "" {
		return nil
	}
	w, err := NewWorker(a.service)
	if err != nil {
		return err
	}
	defer w.Close()
	again, err := w.Run(ctx, campaign.Request{Line: s.Line, Dir: dir})
	switch {
	case err != nil:
		return Perished(err)
	case again.Unwritten != "":
		return errors.New(again.Unwritten)
	case again.TraceHash != s.TraceHash:
		return fmt.Errorf("the shrunk trial came out differently: its trace hash is %s, and before it was %s",
			again.TraceHash, s.TraceHash)
	}
	return nil
}

// keepLine is what to paste for a trial: its line in quotes, or, of one that is too long, its folder. Where there is no
// folder, since the tool itself perished over the trial, it makes one with the line in a file.
func keepLine(line, traceHash, dir string) (string, error) {
	switch {
	case len(line) <= shrink.LineMax:
		return "'" + line + "'", nil
	case traceHash != "":
		return dir, nil
	}
	file := filepath.Join(dir, "trial.txt")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(file, []byte(line+"\n"), 0o644)); err != nil {
		return "", fmt.Errorf("the shrunk trial can't be kept: %w", err)
	}
	return `"$(cat ` + file + `)"`, nil
}

func shrunkText(s shrink.Shrunk, took time.Duration, dir, paste string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "SHRUNK  %s\n", shrink.Shown(s.Trial.Line()))
	fmt.Fprintf(&b, "  kept: %s\n", s.Kind)
	if s.Summary.Reason != "" {
		fmt.Fprintf(&b, "  %s: %s\n", s.Summary.Checker, s.Summary.Reason)
	}
	fmt.Fprintf(&b, "  %s\n", changeText(s.Before, s.After))
	fmt.Fprintf(&b, "  %s in %v", count(s.Tried, "trial"), took.Round(100*time.Millisecond))
	if s.Spent {
		b.WriteString("; the budget ended it, and with more it may get smaller")
	}
	b.WriteByte('\n')
	what := paste
	if s.Summary.TraceHash != "" {
		what = dir
		fmt.Fprintf(&b, "  trace %s\n  files: %s\n", s.Summary.TraceHash, dir)
	}
	program, _, _ := strings.Cut(s.Summary.Command, " replay ")
	fmt.Fprintf(&b, "  again: %s replay %s\n", program, paste)
	if all := s.Summary.Violations; len(all) > 0 && all[0].Kind != s.Kind {
		what += fmt.Sprintf(" --kind %q", s.Kind)
	}
	fmt.Fprintf(&b, "  why: %s explain %s\n", program, what)
	return b.String()
}

// changeText says what went: "faults 14 → 2, operations 5800 → 7, ...".
func changeText(before, after shrink.Size) string {
	return fmt.Sprintf("faults %d → %d, operations %d → %d, clients %d → %d, servers %d → %d, length %v → %v",
		before.Faults, after.Faults, before.Operations, after.Operations, before.Clients, after.Clients,
		before.Servers, after.Servers, before.Length, after.Length)
}

// shrinkBar shows how far a search is: a progress bar on a terminal, plain lines elsewhere.
type shrinkBar struct {
	out    io.Writer
	bar    *progressbar.ProgressBar
	begun  time.Time
	last   time.Time
	budget time.Duration
}

func newShrinkBar(out io.Writer, budget time.Duration) *shrinkBar {
	s := &shrinkBar{out: out, begun: time.Now(), last: time.Now(), budget: budget}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		most := budget.Milliseconds()
		if budget == 0 {
			most = -1 // it only shows that something goes on
		}
		s.bar = progressbar.NewOptions64(most,
			progressbar.OptionSetWriter(out), progressbar.OptionSetWidth(20), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond),
		)
		_ = s.bar.RenderBlank()
	}
	return s
}

// progress shows that a trial was played.
func (s *shrinkBar) progress(tried int, smallest shrink.Size) {
	elapsed := time.Since(s.begun)
	text := fmt.Sprintf("%s: %s, %s, %s, %s, %v", count(tried, "trial"), count(smallest.Faults, "fault"),
		count(smallest.Operations, "operation"), count(smallest.Clients, "client"), count(smallest.Servers, "server"),
		smallest.Length)
	switch {
	case s.bar != nil:
		s.bar.Describe(text)
		_ = s.bar.Set64(min(elapsed.Milliseconds(), max(s.budget.Milliseconds()-1, 0)))
	case time.Since(s.last) >= plainEvery:
		s.last = time.Now()
		fmt.Fprintf(s.out, "%s, %v\n", text, elapsed.Round(time.Second))
	}
}

func (s *shrinkBar) end() {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
}
